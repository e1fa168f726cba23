import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const src = join(import.meta.dirname, '../src')
const texts = join(src, 'i18n')
const read = (lang: string, name: string) => JSON.parse(readFileSync(join(texts, lang, name), 'utf8')) as Record<string, string>
const packs = readdirSync(join(texts, 'zh-CN'))
const params = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort()

describe.each(packs)('%s', (pack) => {
  const source = read('zh-CN', pack)
  test.each(['en', 'zh-Hant'])('%s has every text with the same blanks to fill', (lang) => {
    const other = read(lang, pack)
    expect(Object.keys(other).sort()).toEqual(Object.keys(source).sort())
    for (const [key, text] of Object.entries(source)) {
      if (key !== 'title.home') expect(other[key], key).toBeTruthy()
      expect(params(other[key]!), key).toEqual(params(text))
    }
  })
})

test('Traditional texts are traditional', () => {
  expect(read('zh-Hant', 'common.json')['home.question']).toBe('今天要辦什麼事？')
})

test('every text that a page names exists', () => {
  const known = new Set(packs.flatMap((pack) => Object.keys(read('zh-CN', pack))))
  const files = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(vue|ts)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  const named = files.flatMap((text) => [...text.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1]!))
  expect(named.length).toBeGreaterThan(150)
  expect([...new Set(named)].filter((key) => !known.has(key))).toEqual([])
})

test('no page holds Chinese words of its own', () => {
  const wrong = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.vue') && !entry.parentPath.includes('staff'))
    .flatMap((entry) => {
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
      const template = text.slice(text.indexOf('<template>')).split('<style')[0]!.replace(/<!--.*?-->/gs, '')
      return /[\u4e00-\u9fff]{2,}/.test(template) ? [entry.name] : []
    })
  expect(wrong).toEqual([])
})
