/** Registers the service worker and offers a new release; it never reloads while someone is typing. */
import { ref } from 'vue'

export const updateReady = ref(false)
let waiting: ServiceWorker | null = null

function offer(worker: ServiceWorker | null) {
  if (!worker || !navigator.serviceWorker.controller) return
  waiting = worker
  updateReady.value = true
}

/** What came inside the first page is kept like any answer, so that the next start needs no network for it. */
async function keepFirstPage() {
  const script = document.getElementById('home')
  if (!script) return
  const asked = new Request('/api/home', { headers: { 'Accept-Language': script.lang } })
  const headers = { 'Content-Type': 'application/json', Vary: 'Accept-Language' }
  await (await caches.open('catalogue')).put(asked, new Response(script.textContent, { headers }))
}

export async function keepUpdated() {
  try {
    await keepFirstPage().catch(() => undefined)
    const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })
    offer(registration.waiting)
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed') offer(worker)
      })
    })
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void registration.update().catch(() => undefined)
    })
  } catch {
    // without a service worker the site works as an ordinary one
  }
}

export function applyUpdate() {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  waiting?.postMessage({ type: 'SKIP_WAITING' })
}
