/** The card's words (部门系统请求的说法). */
export const ELEMENTS: Record<string, string> = {
  profile: '称呼（只显示部分姓名）和是否已实名',
  phone: '手机号码',
  real_name: '真实姓名',
  birthdate: '出生日期和性别',
  id_number: '身份证号码',
  capacity: '您替谁办事：是替自己、替家人还是替单位',
  uscc: '您所代表的单位的统一社会信用代码',
}

/** What they learn of the capacity; `name` is empty for oneself. */
export const tells = (name: string, self: string) =>
  name ? `同意后，对方会知道您是替“${name}”来的。` : `同意后，对方会知道您（${self}）是为自己来的。`

export const UNSAID = { title: '请先选这次替谁办事', fix: '', offline: false }

export const AGREED = '已同意，请看窗口的屏幕'
export const REFUSED = '已拒绝，没有给出您的任何信息'
