/** The page's side of the outbox: when to send, and how many letters wait. */
import { ref } from 'vue'
import { kept } from '../stores/prefs'
import { flush, listWaiting, putOff, type Flushed } from './outbox'

export const waitingCount = ref(0)
/** The last submissions that went out by themselves, for the page to tell about. */
export const justSent = ref<Flushed['sent']>([])

interface SyncManager {
  register(tag: string): Promise<void>
}

export async function countWaiting() {
  const owner = kept('owner')
  waitingCount.value = owner ? (await listWaiting(owner).catch(() => [])).length : 0
}

export async function sendLater(entry: Parameters<typeof putOff>[0]) {
  await putOff(entry)
  await countWaiting()
  const registration = await navigator.serviceWorker?.getRegistration()
  const sync = (registration as unknown as { sync?: SyncManager } | undefined)?.sync
  await sync?.register('outbox').catch(() => undefined) // not granted: the page sends when it is online
}

let flushing: Promise<void> | undefined

export function flushOutbox(): Promise<void> {
  flushing ??= flush()
    .then((done) => {
      if (done.sent.length) justSent.value = done.sent
    })
    .catch(() => undefined)
    .then(countWaiting)
    .finally(() => (flushing = undefined))
  return flushing
}
