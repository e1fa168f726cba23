/** How a test steers the harness: `window.harness = {...}` before load, `window.harness` after. */

export interface Control {
  /** WeChat's font size, 1 = standard, about 1.4 in 关怀模式. */
  fontSizeScaleFactor: number
  /** Whose phone this is: `wx.login` gives a fresh code of this account; null makes it fail. */
  account: string | null
  /** Whether the person has already agreed to the privacy guide. */
  privacyAgreed: boolean
  /** What the person does before the camera; `never` closes the page at once. */
  face: 'pass' | 'cancel' | 'timeout' | 'stranger' | 'never'
  /** What the camera reads when a code is scanned; null when the person closes it. */
  scan: string | null
  /** What was copied last. */
  clipboard: string
  /** Every wx call: name and argument. */
  readonly calls: [string, unknown][]
  /** Everything that went wrong in app or framework; a passing test finds it empty. */
  readonly errors: string[]
  /** Fires what WeChat fires when the person pulls the page down. */
  pullDown: () => void
}

declare global {
  interface Window {
    harness: Control
  }
}

const wanted = (window.harness ?? {}) as Partial<Control>

export const control: Control = {
  fontSizeScaleFactor: 1,
  account: 'passer',
  privacyAgreed: true,
  face: 'pass',
  scan: null,
  clipboard: '',
  ...wanted,
  calls: [],
  errors: [],
  pullDown: () => undefined,
}
window.harness = control

export function reportError(fault: unknown): void {
  control.errors.push(fault instanceof Error ? String(fault.stack) : String(fault))
  console.error(fault)
}
