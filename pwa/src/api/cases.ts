import type { Values } from '../forms/model'
import { get, server } from './client'
import type { Case } from './models'

const by = (number: string) => ({ params: { path: { number } } })
const keyed = (number: string, key: string) => ({
  params: { path: { number }, header: { 'Idempotency-Key': key } },
})

export const readCases = (cursor?: string) =>
  get(server.GET('/api/cases', { params: { query: cursor ? { cursor } : {} } }))
export const readCase = (number: string) => 
  get(server.GET('/api/cases/{number}', by(number))) as Promise<Case>
export const readClock = (number: string) => get(server.GET('/api/cases/{number}/clock', by(number)))
export const readLog = (number: string) => get(server.GET('/api/cases/{number}/log', by(number)))
export const answerCorrection = (
  number: string,
  body: { values: Values; materials: Record<string, string[]> },
  key: string,
) => get(server.POST('/api/cases/{number}/correction', { ...keyed(number, key), body })) as Promise<Case>
export const withdraw = (number: string, reason: string, key: string) =>
  get(server.POST('/api/cases/{number}/withdrawal', { ...keyed(number, key), body: { reason } })) as Promise<Case>
