/** What a built-in component is made of, besides its template. */
import type { Caller } from '../runtime/framework'

export interface Builtin {
  properties?: Record<string, unknown>
  data?: Record<string, unknown>
  methods?: Record<string, (this: Caller, event: Caller) => void>
  observers?: Record<string, (this: Caller, ...values: Caller[]) => void>
  attached?: (this: Caller) => void
  /** Selector of the inner element that carries role and aria-*; the host itself when absent. */
  control?: string
}
