import { expect, test } from 'vitest'
import { landing, safeNext } from '../src/features/auth/landing'

test('whoever was let in is back where they were', () => {
  expect(landing({ level: 'real_name', capacities: 0 }, '/cases/1?a=b')).toBe('/cases/1?a=b')
  expect(landing({ level: 'verified', capacities: 0 }, undefined)).toBe('/')
})

test('who has proven nothing is shown how, and who may stand for others is asked for whom', () => {
  expect(landing({ level: 'registered', capacities: 0 }, '/space')).toEqual({ path: '/space/real-name', query: { next: '/space' } })
  expect(landing({ level: 'registered', capacities: 2 }, '/')).toEqual({ path: '/space/real-name', query: {} })
  expect(landing({ level: 'real_name', capacities: 1 }, '/space')).toEqual({ path: '/acting', query: { next: '/space' } })
})

test('no address from outside leads away, and no door leads back to itself', () => {
  for (const evil of ['https://evil.example', '//evil.example', '/\\evil', 'javascript:0', null, ['/space']]) {
    expect(safeNext(evil)).toBe('/')
  }
  for (const door of ['/sign-in', '/register?x=1', '/entered?next=/entered', '/acting', '/recover']) {
    expect(safeNext(door)).toBe('/')
  }
})
