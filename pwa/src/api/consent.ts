import { get, server } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
export type Asking = Schemas['AskingClient']
export type AskedElement = Schemas['AskedElement']
export type Authorization = Schemas['AuthorizationView']
export type Approval = Schemas['Approval']
export type GivenConsent = Schemas['GivenConsent']

const at = (request: string) => ({ params: { path: { request } } })

export const readAuthorization = (request: string) =>
  get(server.GET('/auth/authorizations/{request}', at(request)))
export const agreeTo = (request: string, elements: AskedElement[], acting?: string) =>
  get(
    server.POST('/auth/authorizations/{request}/agreement', {
      ...at(request),
      body: { elements: elements.map(({ name }) => name), acting: acting ?? null },
    }),
  )
export const refuse = (request: string) =>
  get(server.POST('/auth/authorizations/{request}/refusal', at(request)))
export const listConsents = () => get(server.GET('/auth/consents'))
export const withdraw = (client_id: string) =>
  get(server.DELETE('/auth/consents/{client_id}', { params: { path: { client_id } } }))
export const findDevice = (code: string) =>
  get(server.POST('/auth/approvals/codes', { body: { code } }))
export const listApprovals = () => get(server.GET('/auth/approvals'))
/** Yes to what was shown, by a representation or (null) for oneself. */
export const agreeToApproval = ({ id, elements }: Approval, acting: string | null) =>
  get(
    server.POST('/auth/approvals/{id}/answer', {
      params: { path: { id } },
      body: { agree: true, elements: elements.map(({ name }) => name), acting },
    }),
  )
export const refuseApproval = ({ id }: Approval) =>
  get(server.POST('/auth/approvals/{id}/answer', { params: { path: { id } }, body: { agree: false, elements: [] } }))
