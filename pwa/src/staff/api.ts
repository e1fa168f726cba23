/** The office's side of the server. Loaded with the console, never by a citizen's phone. */
import { get, server } from '../api/client'
import type { QueueQuery, StaffCase, Step } from './models'

const by = (number: string) => ({ params: { path: { number } } })

export const signInStaff = (login: string, password: string, otp?: string, new_password?: string) =>
  get(server.POST('/auth/staff/sessions', { body: { login, password, otp, new_password } }))
export const readSummary = () => get(server.GET('/api/staff/summary'))
/** A search goes in a body: it may be somebody's ID number, and addresses are written down. */
export const readQueue = ({ q, ...query }: QueueQuery) =>
  q
    ? get(server.POST('/api/staff/cases/search', { body: { q, cursor: query.cursor } }))
    : get(server.GET('/api/staff/cases', { params: { query } }))
export const readStaffCase = (number: string) => 
  get(server.GET('/api/staff/cases/{number}', by(number))) as Promise<StaffCase>
export const act = (number: string, step: Step, key: string) =>
  get(
    server.POST('/api/staff/cases/{number}/actions', {
      params: { path: { number }, header: { 'Idempotency-Key': key } },
      body: step,
    }),
  ) as Promise<StaffCase>
export const documentAddress = (number: string, id: string) =>
  `/api/staff/cases/${encodeURIComponent(number)}/documents/${encodeURIComponent(id)}`
