import { expect, test } from 'vitest'
import type { Application } from '../src/api/models'
import { awaitsRegisters, differing, sameAnswers, startFrom, unanswered } from '../src/features/apply/merging'
import { newDraft } from '../src/offline/drafts'

const known = (value: string) => ({ value, source: 'population', source_name: '公安人口库', verified_at: '2026-11-23T00:00:00Z', valid_until: null, grade: 'A', state: 'verified' }) as const
const application = (draft: Application['draft'] = null): Application => ({
  version: 1, draft, down: [], summary: { fields: 2, prefilled: 1, materials: 0, waived: 0 },
  prefill: { name: known('梁嘉欣'), address: known('福宁路 66 号') },
  materials: {
    photo: { state: 'satisfied', by: 'document', note: '', documents: [{ id: 'd1' } as never] },
    id_card: { state: 'satisfied', by: 'fact', note: '', documents: [] },
  },
})
const draft = (revision: number, values: Record<string, string | null>) => ({ revision, values, materials: {}, updated_at: '2026-11-23T00:00:00Z' })
const local = (revision: number, values: Record<string, string | null>, unsent = true) => ({ ...newDraft('o', 'i'), revision, values, unsent })

test('a first opening starts from what the city knows', () => {
  const start = startFrom(application(), undefined)
  expect(start).toMatchObject({ values: { name: '梁嘉欣', address: '福宁路 66 号' }, materials: { photo: ['d1'] }, revision: 0, conflict: null })
})
test("the person's own answers win over the registers'", () => {
  expect(startFrom(application(draft(3, { address: '江湾路' })), undefined).values).toEqual({ name: '梁嘉欣', address: '江湾路' })
})
test('an answer that was cleared stays cleared', () => {
  expect(startFrom(application(draft(3, { address: null })), undefined).values.address).toBeNull()
})
test('what never reached the server is taken from this device', () => {
  const start = startFrom(application(draft(3, { phone: '1' })), local(3, { phone: '2' }))
  expect(start).toMatchObject({ values: { phone: '2' }, revision: 3, conflict: null })
})
test("a sent local copy gives way to the server's newer one", () => {
  expect(startFrom(application(draft(5, { phone: '9' })), local(3, { phone: '2' }, false)).values.phone).toBe('9')
})
test('both changed: the person is asked, and sees what differs', () => {
  const server = draft(5, { phone: '9', name: '梁嘉欣' })
  const start = startFrom(application(server), local(3, { phone: '2', name: '梁嘉欣' }))
  expect(start.conflict).toEqual(server)
  expect(start.values.phone).toBe('2')
  expect(differing({ phone: '2', name: 'a', extra: '' }, { phone: '9', name: 'a' })).toEqual(['phone'])
})
test('both changed to the same: nobody is asked', () => {
  expect(startFrom(application(draft(5, { phone: '2' })), local(3, { phone: '2' })).conflict).toBeNull()
})
test('the order of keys and empty answers are no difference', () => {
  expect(sameAnswers({ a: 1, b: null, c: [{ x: '', y: 2 }] }, { c: [{ y: 2 }], a: 1 })).toBe(true)
})
test('what a register answers later fills only what nobody has answered or cleared', () => {
  expect(unanswered(application(), { name: '梁 嘉欣' })).toEqual({ address: '福宁路 66 号' })
  expect(unanswered(application(), { name: null, address: '' })).toEqual({})
})
test('a first opening waits for the registers, a later one does not', () => {
  expect(awaitsRegisters({ ...application(), prefill: { name: { ...known('梁嘉欣'), source: 'identity' } } })).toBe(true)
  expect(awaitsRegisters(application())).toBe(false)
})
test('what comes from a device or a server changes no prototype', () => {
  const evil = JSON.parse('{"__proto__": {"polluted": "1"}, "constructor": "x", "name": "y"}')
  startFrom(application(draft(3, evil)), local(2, evil))
  differing(evil, { name: 'z' })
  sameAnswers(evil, { name: 'y' })
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(Object.getPrototypeOf({})).toBe(Object.prototype)
})
