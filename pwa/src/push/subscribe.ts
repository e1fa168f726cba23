/** Turning notifications on and off (推送). Every way it can fail has plain words of its own. */
import { addSubscription, dropSubscription, readPush } from '../api/space'
import { asProblem } from '../api/client'

export type Support = 'on' | 'ask' | 'blocked' | 'wechat' | 'install' | 'none'
export type Outcome = 'on' | 'off' | 'blocked' | 'unreachable' | 'offline' | 'none' | 'failed'
const PATIENCE = 20_000

/** What this browser can do, as far as it can be known without asking the person. */
export function pushSupport(agent = navigator.userAgent): Support {
  if (/MicroMessenger|AlipayClient/i.test(agent)) return 'wechat'
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) {
    return /iPhone|iPad/.test(agent) ? 'install' : 'none'
  }
  return Notification.permission === 'denied' ? 'blocked' : 'ask'
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  const found = await navigator.serviceWorker?.getRegistration()
  return found ? navigator.serviceWorker.ready : undefined
}

export async function isSubscribed(): Promise<boolean> {
  const found = await registration()
  return Boolean(await found?.pushManager?.getSubscription().catch(() => null))
}

export function keyBytes(key: string): Uint8Array<ArrayBuffer> {
  const padded = key.replace(/-/g, '+').replace(/_/g, '/').padEnd(Math.ceil(key.length / 4) * 4, '=')
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0))
}

/** Some networks swallow the request to the push service without an answer: give up after a while. */
function withPatience<T>(asked: Promise<T>): Promise<T> {
  return Promise.race([
    asked,
    new Promise<never>((_, reject) => setTimeout(() => reject(new DOMException('', 'TimeoutError')), PATIENCE)),
  ])
}

export async function subscribe(): Promise<Outcome> {
  const support = pushSupport()
  if (support !== 'ask') return support === 'blocked' ? 'blocked' : 'none'
  if ((await Notification.requestPermission()) !== 'granted') return 'blocked'
  const worker = await registration()
  if (!worker) return 'none'
  try {
    const { public_key } = await readPush()
    const options = { userVisibleOnly: true, applicationServerKey: keyBytes(public_key) }
    const made = await withPatience(worker.pushManager.subscribe(options))
    const { endpoint, keys } = made.toJSON()
    if (!endpoint || !keys?.p256dh || !keys.auth) return 'failed'
    await addSubscription({ endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } })
    return 'on'
  } catch (error) {
    if (error instanceof DOMException) {
      return error.name === 'NotAllowedError' ? 'blocked' : 'unreachable'
    }
    return asProblem(error).offline ? 'offline' : 'failed'
  }
}

export async function unsubscribe(): Promise<Outcome> {
  const worker = await registration()
  const found = await worker?.pushManager.getSubscription()
  if (!found) return 'off'
  const endpoint = found.endpoint
  await found.unsubscribe().catch(() => false)
  // the server drops a subscription that answers 404 or 410 by itself, should this not reach it
  await dropSubscription(endpoint).catch(() => undefined)
  return 'off'
}
