/** What happened to the person's account (账号记录). Loaded by its page alone. */
import { get, server } from './client'
import type { components } from './schema'

export type Happening = components['schemas']['EventView']

export const readHistory = (before?: string) => get(server.GET('/auth/events', { params: { query: { before } } }))
export const readReceipt = (id: string) => get(server.GET('/auth/events/{id}/receipt', { params: { path: { id } } }))
export const notMe = (id: string) => get(server.POST('/auth/events/{id}/disown', { params: { path: { id } } }))
