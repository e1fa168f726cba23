/** Paths of the server's interface, in the shape openapi-typescript writes (`npm run types`). */
import type { Values } from '../forms/model'
import type * as staff from '../staff/models'
import type * as m from './models'

type Json<T> = { content: { 'application/json': T } }
type Params<Q, P, H> = {
  parameters: { query?: Q; path: P; header?: H; cookie?: never }
}
type Op<T, B = never, P = Record<string, never>, Q = never, H = never> = Params<Q, P, H> &
  ([B] extends [never] ? { requestBody?: never } : { requestBody: Json<B> }) & {
    responses: { 200: Json<T> }
  }
type Free<T, B = never, Q = never> = {
  parameters: { query?: Q; path?: never; header?: never; cookie?: never }
} & ([B] extends [never] ? { requestBody?: never } : { requestBody: Json<B> }) & {
    responses: { 200: Json<T> }
  }
type Keyed<T, B, P> = {
  parameters: { query?: never; path: P; header: { 'Idempotency-Key': string }; cookie?: never }
  requestBody: Json<B>
  responses: { 200: Json<T> }
}
type ByCode = { code: string }
type ByNumber = { number: string }
type Registration = {
  name: string
  id_number: string
  phone: string
  code: string
  password?: string
  consent: boolean
  link_ticket?: string
}
type SignIn = { phone: string; code: string } | { account: string; password: string }

export interface paths {
  '/auth/codes': {
    post: Free<{ resend_after: number; expires_in: number }, { phone: string; purpose: 'register' | 'sign_in' }>
  }
  '/auth/registrations': { post: Free<m.Session, Registration> }
  '/auth/sessions': { post: Free<m.Session, SignIn> }
  '/auth/staff/sessions': { post: Free<m.Session, { login: string; password: string }> }
  '/auth/session': { get: Free<m.Session>; delete: Free<undefined> }
  '/auth/links/wechat': { post: Free<{ authorize_url: string }>; delete: Free<undefined> }
  '/api/home': { get: Free<m.Home> }
  '/api/items': {
    get: Free<m.ItemPage, never, { q?: string; theme?: string; department?: string; audience?: string; cursor?: string }>
  }
  '/api/items/{code}': { get: Op<m.Item, never, ByCode> }
  '/api/items/{code}/form': { get: Op<import('../forms/model').Form, never, ByCode> }
  '/api/themes/{code}': { get: Op<m.Theme, never, ByCode> }
  '/api/items/{code}/application': { get: Op<m.Application, never, ByCode, { form?: number }> }
  '/api/drafts': { get: Free<{ drafts: m.DraftCard[] }> }
  '/api/drafts/{item}': {
    put: Op<
      { revision: number; updated_at: string },
      { revision: number; values: Values; materials: Record<string, string[]> },
      { item: string }
    >
    delete: Op<undefined, never, { item: string }>
  }
  '/api/cases': {
    get: Free<{ cases: m.CaseCard[]; next: string | null }, never, { cursor?: string }>
    post: {
      parameters: { query?: never; path?: never; header: { 'Idempotency-Key': string }; cookie?: never }
      requestBody: Json<{
        item: string
        version: string | number
        values: Values
        materials: Record<string, string[]>
        declarations: string[]
      }>
      responses: { 201: Json<m.Case> }
    }
  }
  '/api/cases/{number}': { get: Op<m.Case, never, ByNumber> }
  '/api/cases/{number}/correction': {
    post: Keyed<m.Case, { values: Values; materials: Record<string, string[]> }, ByNumber>
  }
  '/api/cases/{number}/withdrawal': { post: Keyed<m.Case, { reason: string }, ByNumber> }
  '/api/cases/{number}/clock': { get: Op<m.CaseClock, never, ByNumber> }
  '/api/cases/{number}/log': { get: Op<m.CaseLog, never, ByNumber> }
  '/api/space': { get: Free<m.Space> }
  '/api/space/facts/{element}': { get: Op<m.Fact, never, { element: string }> }
  '/api/space/reads': { get: Free<{ reads: m.Read[]; next: string | null }, never, { cursor?: string }> }
  '/api/space/refresh': { post: Free<undefined> }
  '/api/documents': { get: Free<{ documents: m.Doc[] }> }
  '/api/documents/{id}': { delete: Op<undefined, never, { id: string }> }
  '/api/notices': { get: Free<m.NoticePage, never, { cursor?: string }> }
  '/api/notices/read': { post: Free<undefined, { ids: string[] | 'all' }> }
  '/api/push': { get: Free<{ public_key: string; subscribed_devices: number }> }
  '/api/push/subscriptions': {
    post: Free<undefined, { endpoint: string; keys: { p256dh: string; auth: string } }>
    delete: Free<undefined, { endpoint: string }>
  }
  '/api/staff/summary': { get: Free<staff.Summary> }
  '/api/staff/cases': { get: Free<staff.QueuePage, never, staff.QueueQuery> }
  '/api/staff/cases/{number}': { get: Op<staff.StaffCase, never, ByNumber> }
  '/api/staff/cases/{number}/actions': { post: Keyed<staff.StaffCase, staff.Step, ByNumber> }
}
