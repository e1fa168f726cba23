/** Keys of intent (幂等键): pressing a button twice, or again after a lost answer, does the thing once. */
import { current } from './session'
import { read, remove, write } from './storage'
import { Problem } from './problem'

/** A random identifier of 32 hexadecimal digits; unique, not secret. */
export function newKey(): string {
  let digits = ''
  while (digits.length < 32) digits += Math.floor(Math.random() * 0x10000).toString(16).padStart(4, '0')
  return digits
}

/** Runs `send` with the key kept for `intent`; the key is dropped only once the outcome is known.
 *
 * A lost answer (offline, timeout, 5xx) leaves the key in storage, so the next try, even after
 * WeChat was closed, repeats the same request and the server returns its first result. A session
 * that ran out keeps it too: nothing was done, and the person is about to try again.
 */
export async function once<T>(intent: string, send: (key: string) => Promise<T>): Promise<T> {
  const slot = `key:${current()?.owner ?? ''}:${intent}` as const
  const key = read<string>(slot) ?? newKey()
  write(slot, key)
  try {
    const result = await send(key)
    remove(slot)
    return result
  } catch (fault) {
    if (fault instanceof Problem && fault.settled) remove(slot)
    throw fault
  }
}
