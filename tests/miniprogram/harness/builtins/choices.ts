/** radio, checkbox, their groups, and switch (单选、多选、开关). */
import { callerOf, elementOf, type Caller } from '../runtime/framework'
import type { Builtin } from './define'

const native = (self: Caller) => elementOf(self).querySelector('input')!

/** Tells the group what is chosen now, in the shape WeChat gives. */
function tellGroup(self: Caller, kind: 'radio' | 'checkbox') {
  const group = elementOf(self).closest(`.wx-${kind}-group`)
  if (!group) return
  const members = [...group.querySelectorAll(`.wx-${kind}`)]
  if (kind === 'radio') {
    for (const other of members) if (other !== elementOf(self)) callerOf(other).setData({ checked: false })
    callerOf(group).triggerEvent('change', { value: self.data.value })
  } else {
    const chosen = members.filter((member) => member.querySelector('input')!.checked)
    callerOf(group).triggerEvent('change', { value: chosen.map((member) => callerOf(member).data.value) })
  }
}

function choice(kind: 'radio' | 'checkbox'): Builtin {
  return {
    properties: { value: String, checked: Boolean, disabled: Boolean, color: String },
    observers: {
      checked(checked: boolean) {
        native(this).checked = checked
      },
    },
    methods: {
      changed() {
        this.setData({ checked: native(this).checked })
        tellGroup(this, kind)
      },
    },
  }
}

/** A group shows its members as one question; its name comes from aria-label. */
const group = (role: string): Builtin => ({
  properties: { name: String },
  attached() {
    elementOf(this).setAttribute('role', role)
  },
})

export const radio = choice('radio')
export const checkbox = choice('checkbox')
export const radioGroup = group('radiogroup')
export const checkboxGroup = group('group')

export const toggle: Builtin = {
  control: 'input',
  properties: { checked: Boolean, disabled: Boolean, color: String, name: String },
  methods: {
    changed() {
      const { checked } = native(this)
      this.setData({ checked })
      this.triggerEvent('change', { value: checked })
    },
  },
}
