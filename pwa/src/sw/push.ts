/** Web Push (推送): a short general sentence without personal data; the case itself is read after a tap. */
import { noticeFrom, pageFor } from './notice'

export async function showPush(worker: ServiceWorkerGlobalScope, text: string): Promise<void> {
  const notice = noticeFrom(text)
  await worker.registration.showNotification(notice.title, {
    body: notice.body,
    tag: notice.tag,
    icon: '/icons/icon-192.png',
    badge: '/icons/badge-96.png',
    lang: notice.lang,
    data: { url: notice.url },
  })
  for (const client of await worker.clients.matchAll({ type: 'window' })) {
    client.postMessage({ type: 'NOTICE' })
  }
}

export async function openNotice(worker: ServiceWorkerGlobalScope, notification: Notification) {
  notification.close()
  const url = pageFor((notification.data as { url?: unknown } | null)?.url, worker.location.origin)
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const open = windows.find((client) => client.url === url)
  if (open) return open.focus()
  const any = windows.find((client) => new URL(client.url).origin === worker.location.origin)
  if (any) {
    await any.focus()
    return any.navigate(url)
  }
  return worker.clients.openWindow(url)
}
