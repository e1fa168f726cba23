import { get, server } from './client'

const page = (cursor?: string) => ({ params: { query: cursor ? { cursor } : {} } })

export const readSpace = () => get(server.GET('/api/space'))
export const revealFact = (element: string) =>
  get(server.GET('/api/space/facts/{element}', { params: { path: { element } } }))
export const readReads = (cursor?: string) => get(server.GET('/api/space/reads', page(cursor)))
export const refreshSpace = () => get(server.POST('/api/space/refresh'))
export const readNotices = (cursor?: string) => get(server.GET('/api/notices', page(cursor)))
export const markRead = (ids: string[] | 'all') => get(server.POST('/api/notices/read', { body: { ids } }))
export const readPush = () => get(server.GET('/api/push'))
export const addSubscription = (body: { endpoint: string; keys: { p256dh: string; auth: string } }) =>
  get(server.POST('/api/push/subscriptions', { body }))
export const dropSubscription = (endpoint: string) =>
  get(server.DELETE('/api/push/subscriptions', { body: { endpoint } }))
