/** Two accounts of one person (账号合并). */
import { get, server } from '../../api/client'
import type { components } from '../../api/schema'

export type OtherAccount = components['schemas']['OtherAccount']
export type Merge = components['schemas']['MergeView']

const at = (id: string) => ({ params: { path: { id } } })

export const giveCode = () => get(server.POST('/auth/merges/codes'))
export const readOther = (code: string) => get(server.POST('/auth/merges/preview', { body: { code } }))
export const mergeAccounts = (code: string, wechat: boolean) => get(server.POST('/auth/merges', { body: { code, wechat } }))
export const readMerges = () => get(server.GET('/auth/merges'))

export const readWindowMerges = () => get(server.GET('/auth/staff/merges'))
export const askUndo = (id: string) => get(server.POST('/auth/staff/merges/{id}/undo', at(id)))
export const decideUndo = (id: string, approve: boolean) =>
  get(server.POST('/auth/staff/merges/{id}/decision', { ...at(id), body: { approve } }))
