/** What administrators do (管理): staff, registered systems, the journal. Loaded with these pages alone. */
import { get, server } from '../../api/client'
import type { components } from '../../api/schema'

type Schemas = components['schemas']
export type Member = Schemas['MemberView']
export type Post = Schemas['PostIn']
export type Role = Post['roles'][number]
export type Started = Schemas['StartedView']
export type Reset = Schemas['ResetView']
export type Act = Schemas['ActView']
export type System = Schemas['ClientView']
export type Registration = Schemas['ClientBody']
export type Offices = Schemas['Offices']
export type Place = Schemas['EnrolledPlace']
export type PlaceBody = Schemas['PlaceIn']
export type Keys = NonNullable<Schemas['ClientKeys']['jwks']>

const at = (login: string) => ({ params: { path: { login } } })
const of = (client_id: string) => ({ params: { path: { client_id } } })

export const ROLES: Role[] = ['clerk', 'reviewer', 'approver', 'supervisor', 'administrator']
export const KINDS = ['kiosk', 'screen', 'window'] as const
export const SCOPES = ['profile', 'phone', 'real_name', 'birthdate', 'id_number', 'capacity', 'uscc'] as const
/** What only a law lets a system ask for. */
export const BY_LAW = ['id_number', 'uscc'] as const
export const ALGS = ['RS256', 'ES256'] as const
export const GRANTS = ['authorization_code', 'refresh_token', 'device_code', 'ciba'] as const
export const METHODS = ['client_secret', 'private_key_jwt', 'none'] as const

export const readOffices = () => get(server.GET('/api/offices'))
export const readMembers = (q: string, after = '') =>
  get(server.GET('/auth/staff/members', { params: { query: { q, after } } }))
export const readMember = (login: string) => get(server.GET('/auth/staff/members/{login}', at(login)))
export const addMember = (login: string, post: Post) => get(server.POST('/auth/staff/members', { body: { login, ...post } }))
export const changeMember = (login: string, post: Post) =>
  get(server.PUT('/auth/staff/members/{login}', { ...at(login), body: post }))
export const lockMember = (login: string, active: boolean) =>
  get(server.PUT('/auth/staff/members/{login}/state', { ...at(login), body: { active } }))
export const askReset = (login: string, reason: string) =>
  get(server.POST('/auth/staff/members/{login}/reset', { ...at(login), body: { reason } }))
export const readResets = () => get(server.GET('/auth/staff/resets'))
export const decideReset = (id: string, approve: boolean) =>
  get(server.POST('/auth/staff/resets/{id}/decision', { params: { path: { id } }, body: { approve } }))
export const readActs = (name = '', before?: string) =>
  get(server.GET('/auth/staff/acts', { params: { query: { name, before } } }))

const place = (id: string) => ({ params: { path: { id } } })
export const readPlaces = () => get(server.GET('/auth/staff/places'))
export const offerPlace = (body: PlaceBody) => get(server.POST('/auth/staff/places', { body }))
export const offerAgain = (id: string) => get(server.POST('/auth/staff/places/{id}/codes', place(id)))
export const revokePlace = (id: string) => get(server.DELETE('/auth/staff/places/{id}', place(id)))

export const readSystems = () => get(server.GET('/auth/staff/clients'))
export const readSystem = (id: string) => get(server.GET('/auth/staff/clients/{client_id}', of(id)))
export const registerSystem = (client_id: string, body: Registration, jwks?: Keys) =>
  get(server.POST('/auth/staff/clients', { body: { client_id, jwks, ...body } }))
export const changeSystem = (id: string, body: Registration) =>
  get(server.PUT('/auth/staff/clients/{client_id}', { ...of(id), body }))
export const rotateSystem = (id: string, jwks?: Keys) =>
  get(server.POST('/auth/staff/clients/{client_id}/secret', { ...of(id), body: { jwks } }))
export const switchSystem = (id: string, enabled: boolean) =>
  get(server.PUT('/auth/staff/clients/{client_id}/state', { ...of(id), body: { enabled } }))
