import { beforeEach, expect, test } from 'vitest'
import type { Session } from '../src/api/models'
import { device } from '../src/offline/db'
import { findDraft, forgetEverything, forgetOthers, keepDraft, newDraft } from '../src/offline/drafts'
import { flush, listWaiting, putOff } from '../src/offline/outbox'

const body = { item: 'flexible', version: 1, values: { phone: '19900000001' }, materials: {}, declarations: ['truth'] }
const signedIn: Session = { signed_in: true, kind: 'person', name: '梁*欣', level: 'real_name', csrf_token: 'token', owner: '7f3a' }

/** A server on the wire: answers the session, then each submission with the given responses in turn. */
function server(session: Session, ...answers: (Response | Error)[]) {
  const seen: { key: string | null; csrf: string | null; acting: string | null; body: unknown }[] = []
  const send = async (input: RequestInfo | URL, init?: RequestInit) => {
    if (String(input) === '/auth/session') return Response.json(session)
    const headers = new Headers(init?.headers)
    seen.push({ key: headers.get('Idempotency-Key'), csrf: headers.get('X-CSRF-Token'), acting: headers.get('Yimen-Acting'), body: JSON.parse(String(init?.body)) })
    const answer = answers.shift()!
    if (answer instanceof Error) throw answer
    return answer
  }
  return { send: send as typeof fetch, seen }
}
const created = (number: string) => Response.json({ number }, { status: 201 })

beforeEach(() => forgetEverything())

test('a draft is found again by its owner only', async () => {
  await keepDraft({ ...newDraft('7f3a', 'flexible'), values: { phone: '1' } })
  expect((await findDraft('7f3a', 'flexible'))?.values).toEqual({ phone: '1' })
  expect(await findDraft('91bc', 'flexible')).toBeUndefined()
})

test('the next person on a shared phone finds nothing of the last one', async () => {
  await keepDraft(newDraft('7f3a', 'flexible'))
  await putOff({ key: 'k1', owner: '7f3a', title: 't', body })
  await forgetOthers('91bc')
  expect(await (await device()).count('drafts')).toBe(0)
  expect(await (await device()).count('outbox')).toBe(0)
})

test('a draft is forgotten after a week', async () => {
  await keepDraft(newDraft('7f3a', 'flexible'))
  await forgetOthers('7f3a', Date.now() + 6 * 24 * 3600 * 1000)
  expect(await findDraft('7f3a', 'flexible')).toBeDefined()
  await forgetOthers('7f3a', Date.now() + 8 * 24 * 3600 * 1000)
  expect(await findDraft('7f3a', 'flexible')).toBeUndefined()
})

test('a new draft brings a key that stays with it', async () => {
  const draft = newDraft('7f3a', 'flexible')
  await keepDraft(draft)
  expect((await findDraft('7f3a', 'flexible'))?.submitKey).toBe(draft.submitKey)
  expect(newDraft('7f3a', 'flexible').submitKey).not.toBe(draft.submitKey)
})

test('what waits is sent once with its key, and the draft goes', async () => {
  await keepDraft(newDraft('7f3a', 'flexible'))
  await putOff({ key: 'k1', owner: '7f3a', title: '参保', body })
  const { send, seen } = server(signedIn, created('FS1'))
  expect(await flush(send)).toEqual({ sent: [{ key: 'k1', number: 'FS1', title: '参保' }], waiting: 0, refused: 0 })
  expect(seen).toEqual([{ key: 'k1', csrf: 'token', acting: 'self', body }])
  expect(await listWaiting('7f3a')).toEqual([])
  expect(await findDraft('7f3a', 'flexible')).toBeUndefined()
  await flush(send)
  expect(seen).toHaveLength(1)
})

test('no network: it is kept, and the sync is asked to come again', async () => {
  await putOff({ key: 'k1', owner: '7f3a', title: 't', body })
  const { send } = server(signedIn, new TypeError('network'))
  await expect(flush(send)).rejects.toThrow()
  expect(await listWaiting('7f3a')).toHaveLength(1)
})

test('a server in trouble: it is kept under the same key', async () => {
  await putOff({ key: 'k1', owner: '7f3a', title: 't', body })
  const { send, seen } = server(signedIn, new Response('', { status: 503 }), created('FS1'))
  await expect(flush(send)).rejects.toThrow()
  await flush(send)
  expect(seen.map(({ key }) => key)).toEqual(['k1', 'k1'])
})

test('signed out: nothing is sent, nothing is lost', async () => {
  await putOff({ key: 'k1', owner: '7f3a', title: 't', body })
  const { send, seen } = server({ ...signedIn, signed_in: false, kind: null, name: null, owner: null })
  expect((await flush(send)).waiting).toBe(1)
  expect(seen).toEqual([])
})

test("another person's session never sends it, though the masked names are alike", async () => {
  await putOff({ key: 'k1', owner: '7f3a', title: 't', body })
  const { send, seen } = server({ ...signedIn, owner: '91bc' })
  await flush(send)
  expect(seen).toEqual([])
})

test('a refusal is kept with its words and not tried again', async () => {
  await putOff({ key: 'k1', owner: '7f3a', title: 't', body })
  const refusal = Response.json({ title: '表格已更新', fix: '请重新核对' }, { status: 422 })
  const { send, seen } = server(signedIn, refusal)
  expect((await flush(send)).refused).toBe(1)
  expect((await listWaiting('7f3a'))[0]).toMatchObject({ state: 'refused', refusal: { title: '表格已更新' } })
  await flush(send)
  expect(seen).toHaveLength(1)
})

const acting: Session['acting'] = {
  id: 'r1', kind: 'person', name: '陈*怡', role: 'guardian', relation: 'child', scope: ['view', 'apply'], items: null, until: null, over: false,
}
const forChild: Session = { ...signedIn, owner: '7f3a/c0de', acting }

test('what was filled in for a child stays the child’s, also after signing in again for oneself', async () => {
  await keepDraft({ ...newDraft('7f3a', 'flexible'), values: { phone: '1' } })
  await keepDraft({ ...newDraft('7f3a/c0de', 'flexible'), values: { phone: '2' } })
  await putOff({ key: 'k1', owner: '7f3a/c0de', title: 't', behalf: '陈*怡', body })
  await forgetOthers('7f3a')
  expect((await findDraft('7f3a', 'flexible'))?.values).toEqual({ phone: '1' })
  expect((await findDraft('7f3a/c0de', 'flexible'))?.values).toEqual({ phone: '2' })
  expect(await listWaiting('7f3a')).toHaveLength(1)
})

test('what was written for a child goes out in the child’s name and in no other', async () => {
  await putOff({ key: 'k1', owner: '7f3a/c0de', title: 't', behalf: '陈*怡', body })
  const own = server(signedIn)
  expect((await flush(own.send)).waiting).toBe(1)
  expect(own.seen).toEqual([])
  const child = server(forChild, created('FS1'))
  expect((await flush(child.send)).sent).toHaveLength(1)
  expect(child.seen[0]).toMatchObject({ key: 'k1', acting: 'r1' })
})

test('turned to somebody else in between: it waits, and is not taken for refused', async () => {
  await putOff({ key: 'k1', owner: '7f3a/c0de', title: 't', body })
  const { send } = server(forChild, Response.json({ code: 'acting_changed' }, { status: 409 }))
  expect(await flush(send)).toEqual({ sent: [], waiting: 1, refused: 0 })
  expect((await listWaiting('7f3a/c0de'))[0]).toMatchObject({ state: 'waiting' })
})
