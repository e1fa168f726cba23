/** What two officers change about an account (窗口账号变更). */
import { asProblem, get, inWords, server } from '../../api/client'
import type { components } from '../../api/schema'
import { t } from '../../i18n'

export type Card = components['schemas']['DocumentRead']
export type Found = components['schemas']['AccountAtWindow']
export type Change = components['schemas']['ChangeView']
export type Kind = components['schemas']['ChangeAsked']['kind']

const at = (id: string) => ({ params: { path: { id } } })

export const newCard = (document: Card['document'] = 'id_card'): Card => ({ document, number: '', name: '' })
export const look = (card: Card) => get(server.POST('/auth/staff/changes/look', { body: { card } }))
export const askMerge = (body: components['schemas']['MergeAsked']) => get(server.POST('/auth/staff/changes/merges', { body }))
export const askChange = (body: components['schemas']['ChangeAsked']) => get(server.POST('/auth/staff/changes', { body }))
export const readChange = (id: string) => get(server.GET('/auth/staff/changes/{id}', at(id)))
export const readChanges = () => get(server.GET('/auth/staff/changes'))
export const decideChange = (id: string, approve: boolean) =>
  get(server.POST('/auth/staff/changes/{id}/decision', { ...at(id), body: { approve } }))

/** What to say of a refusal: by field (`card/number`), and as a whole. */
export function told(error: unknown): { whole: string; fields: Record<string, string> } {
  const refused = asProblem(error)
  const fields = Object.fromEntries(refused.errors.map(({ pointer, detail }) => [pointer.slice(1), detail ?? t('verify.error.check')]))
  if (refused.errors.length || refused.code === 'prove_again') return { whole: '', fields }
  return { whole: inWords(refused, 'staff.offline'), fields }
}

/** What is missing on a document, by field. */
export function missing(side: string, card: Card): Record<string, string> {
  const empty = (['number', 'name'] as const).filter((one) => !card[one].trim())
  return Object.fromEntries(empty.map((one) => [`${side}/${one}`, t('verify.error.empty')]))
}
