/** aria-* attributes: properties in WeChat, attributes in the DOM. */
import { elementOf, type Caller } from '../runtime/framework'

const NAMES = [
  'role', 'label', 'live', 'hidden', 'checked', 'disabled', 'expanded', 'selected', 'required', 'invalid', 'modal', 'level',
]

const property = (name: string) => `aria${name[0]!.toUpperCase()}${name.slice(1)}`

export function ariaProperties(): Record<string, null> {
  return Object.fromEntries(NAMES.map((name) => [property(name), null]))
}

/** Writes each property to the host, unless the template passes it to an inner control. */
export function ariaObservers(inControl: boolean) {
  const observers: Record<string, (this: Caller, value: unknown) => void> = {}
  for (const name of NAMES) {
    observers[property(name)] = function (this: Caller, value: unknown) {
      if (inControl) return
      const host = elementOf(this)
      const attribute = name === 'role' ? 'role' : `aria-${name}`
      if (value === null || value === undefined || value === '') host.removeAttribute(attribute)
      else host.setAttribute(attribute, String(value))
      if (name === 'role' && value === 'heading') host.setAttribute('aria-level', '2')
    }
  }
  return observers
}
