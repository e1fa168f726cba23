/** input and textarea (输入框). */
import { elementOf, type Caller } from '../runtime/framework'
import type { Builtin } from './define'

const INPUT_MODES: Record<string, string> = { number: 'numeric', digit: 'decimal', idcard: 'text', text: 'text' }

const control = (self: Caller) => elementOf(self).querySelector<HTMLInputElement>('.wx-control')!

const shared: Builtin = {
  control: '.wx-control',
  properties: {
    value: String,
    name: String,
    placeholder: String,
    placeholderClass: String,
    disabled: Boolean,
    maxlength: { type: Number, value: 140 },
    focus: Boolean,
  },
  observers: {
    value(value: string) {
      control(this).value = value
    },
  },
  methods: {
    typed() {
      const { value } = control(this)
      this.setData({ value })
      this.triggerEvent('input', { value, cursor: value.length })
    },
    focused() {
      this.triggerEvent('focus', { value: this.data.value })
    },
    blurred() {
      this.triggerEvent('blur', { value: this.data.value })
    },
  },
}

export const input: Builtin = {
  ...shared,
  properties: {
    ...shared.properties,
    type: { type: String, value: 'text' },
    password: Boolean,
    confirmType: String,
  },
  data: { inputMode: 'text' },
  observers: {
    ...shared.observers,
    type(type: string) {
      this.setData({ inputMode: INPUT_MODES[type] ?? 'text' })
    },
  },
  methods: {
    ...shared.methods,
    pressed(event) {
      if (event.detail?.key === 'Enter') this.triggerEvent('confirm', { value: this.data.value })
    },
  },
}

export const textarea: Builtin = {
  ...shared,
  properties: { ...shared.properties, autoHeight: Boolean },
}
