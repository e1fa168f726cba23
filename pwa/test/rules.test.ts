/** The shared vectors: the same file is run by the server and by the mini-program. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { FieldError, Form, Values } from '../src/forms/model'
import { check, isDoubtfulUscc } from '../src/forms/rules'

interface Vector {
  name: string
  today: string
  form: Form
  values: Values
  materials: Record<string, string[]>
  declarations: string[]
  expect: { visible: string[]; required: string[]; errors: FieldError[] }
}
const file = new URL('../../tests/vectors/forms.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[]

describe('shared form vectors', () => {
  test('there are plenty', () => expect(vectors.length).toBeGreaterThan(100))

  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const seen = check(vector.form, vector.values, vector.materials, vector.declarations, vector.today)
    expect(seen.places.map((place) => place.pointer)).toEqual(vector.expect.visible)
    const required = seen.places.filter((place) => place.required).map((place) => place.pointer)
    expect(required).toEqual(vector.expect.required)
    expect(seen.errors).toEqual(vector.expect.errors)
  })
})

const codes = new URL('../../tests/vectors/credit_codes.json', import.meta.url)
test.each(JSON.parse(readFileSync(codes, 'utf8')) as { code: string; doubtful: boolean }[])(
  'a credit code: $code',
  ({ code, doubtful }) => expect(isDoubtfulUscc(code)).toBe(doubtful),
)

const card = {
  code: 'card', type: 'card', name: 'card', required: true, when: null, copies: 1, source: '', accept: [],
  max_bytes: 1, reusable: false, waived_by: [], standard: '',
}
const hidden: Form = {
  item: 'x', version: 1, title: 'x', materials: [card], declarations: [],
  sections: [
    {
      code: 's', title: 's', when: null, repeat: null,
      fields: [
        { code: 'has', element: 'has', label: 'has', type: 'yes_no', required: false, when: null },
        { code: 'what', element: 'what', label: 'what', type: 'text', required: true, when: { field: 'has', op: 'eq', value: true } },
      ],
    },
  ],
}

test('what is hidden is not sent', () => {
  expect(check(hidden, { has: false, what: 'x' }, {}, [], '2026-11-23').values).toEqual({ has: false })
})

test('a waived paper is not missed', () => {
  expect(check(hidden, {}, {}, [], '2026-11-23', ['card']).errors).toEqual([])
})
