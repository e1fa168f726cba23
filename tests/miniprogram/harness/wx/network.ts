/** request, uploadFile, downloadFile (网络): real HTTP to the server this page came from. */
import { blobOf, keep } from './files'
import { interfaces, type Options } from './define'

/** The app names its own server; the test decides which one really answers. */
const here = (url: string) => location.origin + new URL(url).pathname + new URL(url).search

async function send(url: string, init: RequestInit, timeout = 60000): Promise<Response> {
  return fetch(here(url), { ...init, credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(timeout) })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const network = interfaces({
  async request({ url, method = 'GET', data, header, timeout }: Options) {
    const body = data === undefined ? undefined : JSON.stringify(data)
    const answer = await send(url, { method, headers: header, body }, timeout)
    return {
      statusCode: answer.status,
      data: parsed(await answer.text()),
      header: Object.fromEntries(answer.headers.entries()),
    }
  },

  async uploadFile({ url, filePath, name, formData, header, timeout }: Options) {
    const file = blobOf(filePath)
    const body = new FormData()
    body.append(name, file, file.name)
    for (const [field, value] of Object.entries(formData ?? {})) body.append(field, String(value))
    const answer = await send(url, { method: 'POST', headers: header, body }, timeout)
    return { statusCode: answer.status, data: await answer.text() }
  },

  async downloadFile({ url, header, timeout }: Options) {
    const answer = await send(url, { headers: header }, timeout)
    const type = answer.headers.get('content-type') ?? ''
    const file = new File([await answer.blob()], 'download', { type })
    return { statusCode: answer.status, tempFilePath: keep(file) }
  },
})

type Listener = (status: { isConnected: boolean; networkType: string }) => void

const listeners = new Set<Listener>()
for (const [event, isConnected] of [['online', true], ['offline', false]] as const) {
  addEventListener(event, () => {
    for (const listener of listeners) listener({ isConnected, networkType: isConnected ? 'wifi' : 'none' })
  })
}

export const connection = {
  onNetworkStatusChange: (listener: Listener) => void listeners.add(listener),
  offNetworkStatusChange: (listener: Listener) => void listeners.delete(listener),
}
