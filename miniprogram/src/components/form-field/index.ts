/** One question of a form (表单项), whatever its type.
 *
 * Events: `answer` {key, type, said} when the person changed it, `edit` {key} to open a settled one.
 */
import type { FieldView } from '../../forms/view'

type Said = string | string[] | number

const KEYBOARDS: Record<string, string> = {
  number: 'digit',
  money: 'digit',
  bank_card: 'number',
  id_number: 'idcard',
}
/** Up to this many options are all shown; more go into a picker. */
const OPEN_OPTIONS = 4

Component({
  properties: {
    field: { type: Object, value: {} as FieldView },
  },
  data: { widget: '', keyboard: 'text', labels: [] as string[], chosen: 0, plain: '' },
  observers: {
    field(field: FieldView) {
      this.setData({
        widget: widgetOf(field),
        keyboard: KEYBOARDS[field.type] ?? 'text',
        labels: field.options.map((option) => option.label),
        chosen: Math.max(field.options.findIndex((option) => option.on), 0),
        plain: `${field.label}${field.required ? '，必填' : '，选填'}`,
      })
    },
  },
  methods: {
    tell(said: Said) {
      const { key, type } = this.data.field as FieldView
      this.triggerEvent('answer', { key, type, said })
    },
    typed(event: WechatMiniprogram.Input) {
      this.tell(event.detail.value)
    },
    chose(event: WechatMiniprogram.CustomEvent<{ value: string | string[] }>) {
      this.tell(event.detail.value)
    },
    picked(event: WechatMiniprogram.PickerChange) {
      const option = (this.data.field as FieldView).options[Number(event.detail.value)]
      if (option) this.tell(option.value)
    },
    pickedRegion(event: WechatMiniprogram.CustomEvent<{ code?: string[] }>) {
      const codes = event.detail.code ?? []
      this.tell(codes[codes.length - 1] ?? '')
    },
    edit() {
      this.triggerEvent('edit', { key: (this.data.field as FieldView).key })
    },
  },
})

function widgetOf(field: FieldView): string {
  if (field.settled) return 'settled'
  switch (field.type) {
    case 'yes_no':
      return 'radio'
    case 'choice':
      return field.options.length > OPEN_OPTIONS ? 'picker' : 'radio'
    case 'choices':
      return 'checks'
    case 'region':
      return field.options.length ? 'picker' : 'region'
    case 'date':
    case 'month':
    case 'textarea':
      return field.type
    default:
      return 'input'
  }
}
