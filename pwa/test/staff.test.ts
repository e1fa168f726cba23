import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { TimelineEntry } from '../src/api/models'
import { usePack } from '../src/i18n'
import { faultOf, find, giveReason, inFormOrder, isRepeated, itemsOf, MAX_REASON, toggle, type Issue } from '../src/staff/case/correction'
import { choicesOf, FINAL, keyring, NEEDS_REASON, newsBetween, PRESETS, stepOf } from '../src/staff/case/steps'
import { daysLeft, LIGHTS, ruleOf } from '../src/staff/lights'
import type { StaffCase, StaffField } from '../src/staff/models'
import { askedOf, countOf, filtersFrom, nextAfter, queryOf, stagesOf, type View } from '../src/staff/queue/queue'
import { isShortcut } from '../src/staff/shell/keys'
import { safeNext } from '../src/staff/shell/office'

vi.hoisted(() => Object.assign(globalThis, { document: { documentElement: { lang: 'zh-CN' }, createElement: () => ({}) } }))
await usePack('staff')
const CHIEF = ['clerk', 'reviewer', 'approver']

describe('the queue’s address', () => {
  test('says what is shown, and nothing that goes without saying', () => {
    expect(queryOf(filtersFrom({}))).toEqual({})
    const filters = filtersFrom({ view: 'review', light: 'red', q: ' 4406 ' })
    expect(filters).toEqual({ view: 'review', light: 'red', q: '4406' })
    expect(filtersFrom(queryOf(filters))).toEqual(filters)
  })
  test('bends to nobody’s nonsense', () => {
    expect(filtersFrom({ view: 'x', light: ['pink'], q: 'y'.repeat(99) })).toEqual({ view: 'mine', light: '', q: 'y'.repeat(50) })
    expect(filtersFrom({ view: ['close', 'all'], q: null })).toEqual({ view: 'close', light: '', q: '' })
  })
  test.each([
    [['clerk'], 'submitted,pre_reviewed,approved,denied'],
    [['reviewer'], 'accepted'],
    [['approver'], 'reviewed'],
    [CHIEF, 'submitted,pre_reviewed,accepted,reviewed,approved,denied'],
    [['supervisor'], 'submitted,pre_reviewed,accepted,reviewed,approved,denied'],
  ])('%j is asked to work on %s', (roles, status) => {
    expect(askedOf(filtersFrom({}), roles)).toEqual({ status })
  })
  test('a search looks everywhere; overdue means red; a cursor goes along', () => {
    expect(askedOf(filtersFrom({ view: 'review', light: 'red', q: '44' }), CHIEF)).toEqual({ q: '44' })
    expect(askedOf(filtersFrom({ view: 'overdue', light: 'green' }), CHIEF)).toEqual({ light: 'red' })
    expect(askedOf(filtersFrom({ view: 'all' }), CHIEF, 'c')).toEqual({ cursor: 'c' })
  })
  test('the counts are those of the summary', () => {
    const summary = { to_pre_review: 1, to_accept: 2, in_review: 4, to_decide: 8, to_close: 16, waiting_citizen: 32, overdue: 64, done_today: 128 }
    expect(countOf('mine', summary, ['clerk'])).toBe(19)
    expect((['review', 'waiting', 'overdue', 'all'] as View[]).map((view) => countOf(view, summary, []))).toEqual([4, 32, 64, null])
    expect(stagesOf(['nobody'])).toEqual([])
  })
  test('the next case is further down, then from the top, and never one just done', () => {
    const list = ['a', 'b', 'c', 'd']
    expect(nextAfter('b', list, new Set())).toBe('c')
    expect(nextAfter('b', list, new Set(['c']))).toBe('d')
    expect(nextAfter('d', list, new Set(['a']))).toBe('b')
    expect(nextAfter('x', list, new Set(['a']))).toBe('b')
    expect(nextAfter('a', ['a'], new Set())).toBeNull()
    expect(nextAfter('a', [], new Set())).toBeNull()
  })
})

describe('lights', () => {
  test.each([
    [3, 'green', '剩 3 个工作日'],
    [0, 'yellow', '今天到期'],
    [-2, 'red', '超 2 个工作日'],
    [0, 'red', '超 1 个工作日'],
    [null, 'none', '不计时'],
    [4, 'none', '不计时'],
  ] as const)('%s days, %s: %s', (days_left, light, words) => {
    expect(daysLeft({ days_left, light })).toBe(words)
  })
  test('every status has its rule', () => {
    const statuses = ['submitted', 'pre_reviewed', 'correcting', 'accepted', 'reviewed', 'approved', 'denied', 'closed', 'refused', 'withdrawn']
    expect(statuses.map(ruleOf)).toEqual(['accept', 'accept', 'answer', 'decide', 'decide', 'deliver', 'deliver', 'over', 'over', 'over'])
  })
})

const done = (...kinds: string[]) => kinds.map((kind) => ({ kind, title: kind, note: '', at: 'x', by: '', state: 'done' }) as TimelineEntry)
const field = (code: string) => ({ code, label: code, value: '', display: '', source_name: null, grade: null, changed: false }) as StaffField
const found = {
  sections: [
    { title: '1', fields: [field('name'), field('phone')] },
    { title: '2', fields: [], rows: [[field('child')]] },
  ],
  materials: [{ code: 'lease', name: '合同', state: 'attached', documents: [] }],
} as unknown as StaffCase

describe('the one-time correction', () => {
  const lease: Issue = { target: 'material', code: 'lease', label: '合同', reason: '看不清' }

  test('a second press takes a point back; a field and a paper of one code are two points', () => {
    const once = toggle([], 'field', 'lease', '合同')
    expect(toggle(once, 'material', 'lease', '合同')).toHaveLength(2)
    expect(toggle(once, 'field', 'lease', '合同')).toEqual([])
    expect(find(once, 'material', 'lease')).toBeUndefined()
  })
  test('reasons stay within what the server takes', () => {
    expect(find(giveReason([lease], 'material', 'lease', '长'.repeat(400)), 'material', 'lease')?.reason).toHaveLength(MAX_REASON)
  })
  test('the notice follows the form, papers last, unknown points at the end', () => {
    const points = [lease, ...['gone', 'child', 'name'].map((code) => ({ target: 'field', code, label: code, reason: 'r' }) as Issue)]
    expect(inFormOrder(points, found).map((point) => point.code)).toEqual(['name', 'child', 'lease', 'gone'])
  })
  test('is not sent empty, without reasons, or a second time without a justification', () => {
    expect(faultOf([], false, '')).toBe('none')
    expect(faultOf([{ ...lease, reason: ' ' }], false, '')).toBe('reason')
    expect(faultOf([lease], true, ' ')).toBe('justification')
    expect(faultOf([lease], true, '新交的还是看不清')).toBeNull()
    expect(itemsOf([{ ...lease, reason: ' 看不清 ' }])).toEqual([{ target: 'material', code: 'lease', reason: '看不清' }])
  })
  test('counts once before acceptance and once after it', () => {
    const repeated = (...kinds: string[]) => isRepeated({ timeline: done(...kinds), status: 'submitted' })
    expect(repeated('submit')).toBe(false)
    expect(repeated('submit', 'request_correction', 'answer_correction')).toBe(true)
    expect(repeated('submit', 'request_correction', 'answer_correction', 'accept')).toBe(false)
    expect(repeated('submit', 'deem_accept', 'request_correction')).toBe(true)
  })
})

describe('steps', () => {
  test('only what may be done is offered, the way forward first', () => {
    expect(choicesOf(['refuse', 'request_correction', 'accept', 'pass_pre_review'])).toEqual(['pass_pre_review', 'accept', 'request_correction', 'refuse'])
    expect(choicesOf(['decide'])).toEqual(['approve', 'deny'])
    expect(choicesOf([])).toEqual([])
  })
  test('each goes out in the words of the interface', () => {
    expect(stepOf('deny', 3, ' 不符合 ')).toEqual({ action: 'decide', seq: 3, result: 'deny', reason: '不符合' })
    expect(stepOf('approve', 3, '')).toEqual({ action: 'decide', seq: 3, result: 'approve' })
    expect(stepOf('accept', 1, ' ')).toEqual({ action: 'accept', seq: 1 })
    expect(stepOf('review', 2, '齐全')).toEqual({ action: 'review', seq: 2, note: '齐全' })
    expect(stepOf('request_correction', 1, '', [])).toEqual({ action: 'request_correction', seq: 1, items: [] })
  })
  test('what needs a reason is also asked once more', () => {
    expect([...NEEDS_REASON].every((choice) => FINAL.has(choice) && PRESETS[choice])).toBe(true)
  })
  test('the same request keeps its key until it is done; another has its own', () => {
    let made = 0
    const keys = keyring(() => `key-${++made}`)
    const accept = stepOf('accept', 1, '')
    expect([keys.keyFor(accept), keys.keyFor({ ...accept })]).toEqual(['key-1', 'key-1'])
    expect(keys.keyFor(stepOf('accept', 2, ''))).toBe('key-2')
    keys.used()
    expect(keys.keyFor(stepOf('accept', 2, ''))).toBe('key-3')
  })
  test('what happened meanwhile is what is new and done', () => {
    const after = [...done('submit', 'accept'), { kind: 'examination', state: 'current' } as TimelineEntry]
    expect(newsBetween({ timeline: done('submit') }, { timeline: after }).map((entry) => entry.kind)).toEqual(['accept'])
  })
})

describe('the console’s frame', () => {
  test('goes back only into the console', () => {
    expect(['/staff/cases/1', '/staff?view=all', '/staff'].map(safeNext)).toEqual(['/staff/cases/1', '/staff?view=all', '/staff'])
    for (const bad of ['/staffing', '//staff', 'https://x/staff', '/staff/sign-in?next=/staff', '/', undefined]) {
      expect(safeNext(bad)).toBe('/staff')
    }
  })
  test('letters are shortcuts only where nobody writes', () => {
    const j = { key: 'j', ctrlKey: false, metaKey: false, altKey: false, defaultPrevented: false }
    expect(isShortcut(j, { tagName: 'A' })).toBe(true)
    expect(isShortcut(j, { tagName: 'INPUT', type: 'radio' })).toBe(true)
    expect(isShortcut(j, { tagName: 'INPUT', type: 'text' })).toBe(false)
    expect(isShortcut(j, { tagName: 'TEXTAREA' })).toBe(false)
    expect(isShortcut({ ...j, ctrlKey: true }, { tagName: 'A' })).toBe(false)
  })
  test('every text that is put together from parts exists', () => {
    const texts = JSON.parse(readFileSync(join(import.meta.dirname, '../src/i18n/zh-CN/staff.json'), 'utf8')) as Record<string, string>
    const choices = ['pass_pre_review', 'accept', 'request_correction', 'refuse', 'review', 'approve', 'deny', 'close']
    const wanted = [
      ...choices.flatMap((one) => [`act.${one}`, `act.${one}.why`, `act.${one}.do`, `taken.${one}`]),
      ...[...FINAL].flatMap((one) => [`confirm.${one}`, `confirm.${one}.why`, `confirm.${one}.do`]),
      ...Object.entries(PRESETS).flatMap(([one, count]) => Array.from({ length: count }, (_, n) => [`preset.${one}.${n + 1}`, `preset.${one}.${n + 1}.short`]).flat()),
      ...LIGHTS.flatMap((light) => [`light.${light}`, `light.${light}.short`]),
      ...['accept', 'answer', 'decide', 'deliver', 'over'].flatMap((rule) => [`clock.rule.${rule}`, `clock.until.${rule}`]),
      ...['A', 'B', 'C', 'D'].flatMap((grade) => [`trust.${grade}`, `trust.${grade}.why`]),
    ]
    expect(wanted.filter((key) => !(key in texts))).toEqual([])
  })
  test('no page of it holds Chinese words of its own, nor more than 400 lines', () => {
    const pages = readdirSync(join(import.meta.dirname, '../src/staff'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const page of pages) {
      const text = readFileSync(join(page.parentPath, page.name), 'utf8')
      expect(text.split('\n').length, page.name).toBeLessThanOrEqual(400)
      if (page.name.endsWith('.vue')) expect(text.slice(text.indexOf('<template>')), page.name).not.toMatch(/[\u4e00-\u9fff]/)
    }
  })
})
