/** What the frame offers to the pages in it. */
import { inject, ref, watch, type InjectionKey, type Ref } from 'vue'

export const SAY: InjectionKey<(words: string) => void> = Symbol('say')
export const REENTERED: InjectionKey<Ref<number>> = Symbol('reentered')

export const useSay = () => inject(SAY, () => {})

/** After signing in again over the page, what could not be read before is read. */
export function onReentered(read: () => void) {
  watch(inject(REENTERED, ref(0)), read)
}

/** Only pages of the console: an address from outside must not lead away. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/staff(?![\w-])(?!\/sign-in)/.test(next) ? next : '/staff'
}
