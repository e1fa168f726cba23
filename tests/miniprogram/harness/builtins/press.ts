/** button and navigator (按钮、跳转). */
import { agreedBy } from '../wx/identity'
import { elementOf, type Caller } from '../runtime/framework'
import type { Builtin } from './define'

const WAYS: Record<string, string> = {
  navigate: 'navigateTo',
  redirect: 'redirectTo',
  switchTab: 'switchTab',
  reLaunch: 'reLaunch',
  navigateBack: 'navigateBack',
}

/** A press by keyboard has no touch behind it, so the framework would not see a tap. */
function tapByKeyboard(self: Caller) {
  elementOf(self).addEventListener('click', (event) => {
    if (event.detail === 0) self.triggerEvent('tap', {}, { bubbles: true, composed: true })
  })
}

export const button: Builtin = {
  properties: {
    type: String,
    size: String,
    disabled: Boolean,
    loading: Boolean,
    plain: Boolean,
    formType: String,
    openType: String,
    hoverClass: String,
  },
  observers: {
    disabled(disabled: boolean) {
      elementOf(this).toggleAttribute('disabled', disabled)
    },
  },
  attached() {
    tapByKeyboard(this)
    elementOf(this).addEventListener('click', () => {
      if (this.data.openType !== 'agreePrivacyAuthorization') return
      agreedBy(elementOf(this).dataset.id ?? '')
      this.triggerEvent('agreeprivacyauthorization', {})
    })
  },
}

export const navigator: Builtin = {
  properties: { url: String, openType: { type: String, value: 'navigate' }, hoverClass: String },
  attached() {
    const host = elementOf(this)
    host.tabIndex = 0
    this._$.addListener('tap', () => {
      const go = (globalThis as Caller).wx[WAYS[this.data.openType]!]
      void go({ url: this.data.url })
    })
    host.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.triggerEvent('tap', {}, { bubbles: true, composed: true })
    })
  },
}
