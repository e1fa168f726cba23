/** The page's words (实名认证的说法): why somebody is not verified yet, and how each proof is called. */

interface Said {
  heading: string
  text: string
}

export const LEVELS: Record<string, string> = {
  registered: '还没有实名',
  real_name: '已实名',
  verified: '已实名并验证本人',
}

export const PROOFS: Record<string, string> = {
  registers: '公安、运营商和社保核对一致',
  bank_card: '公安和银行卡核对一致',
  face: '微信刷脸',
  counter: '窗口查验证件',
  counter_override: '窗口查验证件，两名工作人员确认',
}

const WINDOW = '请本人带身份证到就近的政务服务大厅窗口。'

export const TROUBLES: Record<string, Said> = {
  registers_silent: { heading: '有部门的系统暂时没有回应', text: '我们每 10 分钟自动再核对一次，结果用短信告诉您。不想等，可以现在刷脸。' },
  phone_of_another: { heading: '这个手机号码不是用您的身份证办的', text: '家人帮忙办的号码也没关系，刷脸就能完成实名。' },
  third_missing: { heading: '没有查到您的社保登记', text: '刚毕业、没参保都可能查不到，刷脸就能完成实名。' },
  bank_card_wrong: { heading: '银行卡没有核对上', text: '可以改用刷脸，或带身份证到窗口。' },
  identity_mismatch: { heading: '姓名和身份证号码对不上', text: `填错了，请退出后用这个手机号码重新注册；没有填错，${WINDOW}` },
  identity_not_found: { heading: '公安没有查到这个身份证号码', text: `填错了，请退出后用这个手机号码重新注册；没有填错，${WINDOW}` },
  identity_window_only: { heading: '这个身份证号码要到窗口核实', text: WINDOW },
  identity_has_account: { heading: '这个身份证号码已有另一个账号', text: `请用原来的手机号码登录；号码不用了，${WINDOW}` },
  lapsed: { heading: '上次的认证已经到期', text: '刷一次脸就好，您的资料和办件都在。' },
}
