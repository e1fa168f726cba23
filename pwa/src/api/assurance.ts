/** How sure the city is of the person (实名认证). */
import { get, server } from './client'
import type { components } from './schema'

export type Standing = components['schemas']['StandingView']
export type Way = Standing['ways'][number]['way']

export const readStanding = () => get(server.GET('/auth/assurance'))
export const askRegisters = (bank_card = '') =>
  get(server.POST('/auth/assurance/checks', { body: { bank_card } }))
/** The police's own hall; nothing when the city does not offer the item. */
export const readHall = () =>
  get(server.GET('/api/items/{code}', { params: { path: { code: 'residence-permit' } } }))
    .then(({ office }) => office)
    .catch(() => undefined)
