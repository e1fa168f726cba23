/** Checks at a window (窗口核验). */
import { get, server } from '../../api/client'
import type { components } from '../../api/schema'

export type Check = components['schemas']['CounterView']
export type Card = components['schemas']['CounterDocument']

const at = (id: string) => ({ params: { path: { id } } })

export const DOCUMENTS = [
  'id_card', 'hk_macao_permit', 'taiwan_permit', 'residence_permit', 'passport', 'permanent_resident',
] as const
export const openCheck = (body: Card) => get(server.POST('/auth/staff/verifications', { body }))
export const readCheck = (id: string) => get(server.GET('/auth/staff/verifications/{id}', at(id)))
export const readWaiting = () => get(server.GET('/auth/staff/verifications'))
export const decide = (id: string, approve: boolean) =>
  get(server.POST('/auth/staff/verifications/{id}/decision', { ...at(id), body: { approve } }))
export const confirm = (id: string, how: { code: string } | { signed: true }) =>
  get(server.POST('/auth/staff/verifications/{id}/confirmation', { ...at(id), body: how }))
