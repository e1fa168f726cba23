/** What is wrong with an answer, in words a grandmother understands (错误说明). */
import type { Field, FieldError, Form } from './model'

const PICKED = ['choice', 'choices', 'yes_no', 'date', 'month', 'region']

const FORMATS: Record<string, string> = {
  phone: '请填写 11 位手机号，或带区号的固定电话',
  id_number: '身份证号码是 18 位，最后一位可以是 X，请检查',
  bank_card: '银行卡号是 12 到 19 位数字，请检查',
  uscc: '统一社会信用代码是 18 位，请检查',
  region: '请重新选择地区',
  date: '请重新选择日期',
  month: '请重新选择年月',
}

/** Said, never held against the person. */
export const DOUBTFUL_USCC = '最后一位对不上，可能有一位填错了。请对照营业执照再看一遍，没有错就可以继续。'

/** The sentence for a code found on the phone; the server's own sentence wins when there is one. */
export function errorText(code: string, field: Field | null): string {
  const label = field ? field.label : '这一项'
  switch (code) {
    case 'required':
      return `${field && PICKED.includes(field.type) ? '请选择' : '请填写'}${label}`
    case 'format':
      return field?.pattern_hint || FORMATS[field?.type ?? ''] || `${label}的格式不对，请检查`
    case 'type':
      return field?.type === 'number' || field?.type === 'money' ? '请填写数字' : `请重新填写${label}`
    case 'checksum':
      return '号码有一位不对，请对照证件检查'
    case 'too_long':
      return `最多写 ${field?.max_length ?? (field?.type === 'textarea' ? 1000 : 100)} 个字`
    case 'too_small':
      return field?.type === 'date' || field?.type === 'month' ? '这个日期太早了，请检查' : `不能小于 ${field?.min ?? 0}`
    case 'too_large':
      return field?.type === 'date' || field?.type === 'month' ? '这个日期太晚了，请检查' : `不能大于 ${field?.max ?? 0}`
    case 'not_an_option':
      return `请重新选择${label}`
    case 'too_few_rows':
      return '请至少填写一位'
    case 'too_many_rows':
      return '填写的人数太多了，请删去几位'
    case 'material_missing':
      return '请上传这份材料'
    case 'declaration_missing':
      return '请阅读并勾选'
    default:
      return `请检查${label}`
  }
}

function fieldAt(form: Form, pointer: string): Field | null {
  const parts = pointer.split('/').slice(2)
  const code = parts[parts.length - 1]
  const inRow = parts.length === 3
  for (const section of form.sections) {
    if (inRow && section.code !== parts[0]) continue
    for (const field of section.fields) if (field.code === code) return field
  }
  return null
}

/** Pointer -> sentence, for everything that is wrong. */
export function errorTexts(form: Form, errors: readonly FieldError[]): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const { pointer, code, detail } of errors) {
    texts[pointer] = detail || errorText(code, fieldAt(form, pointer))
  }
  return texts
}
