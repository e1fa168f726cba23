import { get, server } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
export type Asking = Schemas['AskingClient']
export type AskedElement = Schemas['AskedElement']
export type Authorization = Schemas['AuthorizationView']
export type GivenConsent = Schemas['GivenConsent']

const at = (request: string) => ({ params: { path: { request } } })

export const readAuthorization = (request: string) =>
  get(server.GET('/auth/authorizations/{request}', at(request)))
export const agreeTo = (request: string, elements: AskedElement[]) =>
  get(
    server.POST('/auth/authorizations/{request}/agreement', {
      ...at(request),
      body: { elements: elements.map(({ name }) => name) },
    }),
  )
export const refuse = (request: string) =>
  get(server.POST('/auth/authorizations/{request}/refusal', at(request)))
export const listConsents = () => get(server.GET('/auth/consents'))
export const withdraw = (client_id: string) =>
  get(server.DELETE('/auth/consents/{client_id}', { params: { path: { client_id } } }))
export const askProofCode = () => get(server.POST('/auth/session/codes'))
export const proveAgain = (way: 'sms' | 'pwd', secret: string) =>
  get(server.POST('/auth/session/proofs', { body: { way, secret } }))
