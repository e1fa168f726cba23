/** The card's words (部门系统请求的说法). */
export const ELEMENTS: Record<string, string> = {
  profile: '称呼（只显示部分姓名）和是否已实名',
  phone: '手机号码',
  real_name: '真实姓名',
  birthdate: '出生日期和性别',
  id_number: '身份证号码',
}

export const AGREED = '已同意，请看窗口的屏幕'
export const REFUSED = '已拒绝，没有给出您的任何信息'
