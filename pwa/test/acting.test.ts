import { expect, test } from 'vitest'
import { beyond, isOwnPage } from '../src/features/acting/pages'
import { LENGTH_NAMES, lastDay } from '../src/features/acting/terms'

test('a permission ends on the same day of a later month, or on its last one', () => {
  expect(lastDay('month', '2026-11-23')).toBe('2026-12-23')
  expect(lastDay('quarter', '2026-11-23')).toBe('2027-02-23')
  expect(lastDay('quarter', '2026-11-30')).toBe('2027-02-28')
  expect(lastDay('half', '2026-08-31')).toBe('2027-02-28')
})

test('never later than 365 days from today, which is the longest the city allows', () => {
  expect(lastDay('year', '2026-11-23')).toBe('2027-11-23')
  expect(lastDay('year', '2027-11-23')).toBe('2028-11-22') // 29 February lies between
  for (const today of ['2024-02-29', '2027-02-28', '2027-12-31', '2028-02-29']) {
    for (const length of LENGTH_NAMES) {
      const days = (Date.parse(lastDay(length, today)) - Date.parse(today)) / 86_400_000
      expect(days).toBeGreaterThan(27)
      expect(days).toBeLessThanOrEqual(365)
    }
  }
})

test('pages of the account are the person’s own, whomever she acts for', () => {
  for (const path of ['/space/security', '/space/acting', '/space/real-name', '/device', '/scan']) expect(isOwnPage(path)).toBe(true)
  for (const path of ['/', '/space', '/space/documents', '/space/reads', '/cases/FS1', '/items/devices']) expect(isOwnPage(path)).toBe(false)
})

test('who may only look, or was given other services, is told before filling anything in', () => {
  expect(beyond(null, 'a')).toBeUndefined()
  expect(beyond({ scope: ['view', 'apply'], items: null }, 'a')).toBeUndefined()
  expect(beyond({ scope: ['view', 'apply'], items: ['a'] }, 'a')).toBeUndefined()
  expect(beyond({ scope: ['view', 'apply'], items: ['b'] }, 'a')).toBe('item')
  expect(beyond({ scope: ['view'], items: null }, 'a')).toBe('look')
})
