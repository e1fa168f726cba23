/** An answer as people read it. */
import { lang, t } from '../i18n'
import { day } from '../i18n/dates'
import type { Field, Value } from './model'
import { regionName } from './regions'
import { isEmpty } from './rules'

export function display(field: Field, value: Value): string {
  if (isEmpty(value)) return t('form.empty')
  const label = (code: unknown) => field.options?.find((option) => option.value === code)?.label ?? String(code)
  switch (field.type) {
    case 'choice':
      return label(value)
    case 'choices':
      return (value as string[]).map(label).join('、')
    case 'yes_no':
      return t(value ? 'form.yes' : 'form.no')
    case 'money':
      return t('form.yuan', { n: Number(value).toLocaleString(lang.value) })
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(String(value)) ? day(String(value)) : String(value)
    case 'month': {
      const [year, month] = String(value).split('-')
      return t('form.month', { year, month: Number(month) })
    }
    case 'region':
      return field.options?.length ? label(value) : regionName(String(value))
    case 'bank_card':
      return String(value).replace(/(\d{4})(?=\d)/g, '$1 ')
    default:
      return String(value)
  }
}

/** The words for a field error; limits come from the field itself. */
export function errorText(code: string, field?: Field): string {
  if (code === 'format' && field?.pattern_hint) return field.pattern_hint
  const kind = field ? `err.${code}.${field.type}` : ''
  const words = t(kind)
  const params = { label: field?.label ?? '', min: bound(field?.min), max: bound(field?.max), n: field?.max_length ?? 100 }
  return words === kind ? t(`err.${code}`, params) : t(kind, params)
}
const bound = (value: unknown) => (value === 'today' ? t('form.today') : (value ?? ''))

/** The id of a control, from its place in the form. */
export const idOf = (pointer: string) => 'f' + pointer.replace(/[^\w]/g, '-')
