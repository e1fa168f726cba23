import { expect, test, vi } from 'vitest'

vi.stubGlobal('document', { documentElement: { lang: 'en' }, createElement: () => ({}) })
vi.stubGlobal('location', { origin: 'https://city.example' })
const { inWords, Problem } = await import('../src/api/client')
const { lang } = await import('../src/i18n')

test('a refusal is one line, with the full stop of its language', () => {
  const refused = new Problem(409, 'taken', 'Taken', 'Choose another')
  expect(inWords(refused)).toBe('Taken. Choose another')
  lang.value = 'zh-CN'
  expect(inWords(refused)).toBe('Taken。Choose another')
  expect(inWords(new Problem(409, 'taken', 'Taken'))).toBe('Taken')
})

test('a lost network is no error of the city, and what is not said has words', () => {
  expect(inWords(new TypeError('Failed to fetch'))).toBe('没有连上网络')
  expect(inWords(new Problem(500, 'failed'))).toBe('系统出了点问题')
})
