import { describe, expect, test } from 'vitest'
import { noticeFrom, pageFor } from '../src/sw/notice'
import { isPublicRead, notPages } from '../src/sw/routes'

const origin = 'https://yimen.example'

describe('where a tap on a notification leads', () => {
  test.each([
    ['/cases/FS1', '/cases/FS1'],
    ['/space?x=1#y', '/space?x=1#y'],
    [origin + '/cases/FS1', '/cases/FS1'],
    [undefined, '/notices'],
    ['', '/notices'],
    [7, '/notices'],
    ['https://evil.example/cases/FS1', '/notices'],
    ['//evil.example/x', '/notices'],
    ['javascript:alert(1)', '/notices'],
    ['/api/space', '/notices'],
    ['/sandbox/sms', '/notices'],
    ['http://[bad', '/notices'],
  ])('%s', (url, path) => expect(pageFor(url, origin)).toBe(origin + path))
})

describe('what a push says', () => {
  test('a case leads to its page and replaces the older notice of it', () => {
    expect(noticeFrom('{"title":"已受理","body":"请查看","case":"FS1"}')).toEqual({
      title: '已受理', body: '请查看', tag: 'FS1', url: '/cases/FS1', lang: 'zh-CN',
    })
  })
  test('its own address comes first', () => expect(noticeFrom('{"url":"/space","case":"FS1"}').url).toBe('/space'))
  test('a broken body still says that there is news', () => {
    expect(noticeFrom('not json')).toMatchObject({ title: '办件进度有更新', body: 'not json', url: '/notices' })
    expect(noticeFrom('')).toMatchObject({ body: '点开查看详情' })
    expect(noticeFrom('null')).toMatchObject({ url: '/notices' })
  })
  test('never longer than a notification', () => {
    expect(noticeFrom(JSON.stringify({ title: '长'.repeat(500) })).title).toHaveLength(60)
  })
})

describe('what the service worker keeps', () => {
  test.each(['/api/home', '/api/items', '/api/items/ga-birth', '/api/items/ga-birth/form', '/api/themes/newborn'])(
    'keeps %s', (path) => expect(isPublicRead('GET', path)).toBe(true),
  )
  test.each(['/api/space', '/api/cases', '/api/cases/FS1', '/api/items/ga-birth/application', '/api/drafts', '/api/notices',
    '/api/documents/1/content', '/auth/session', '/api/staff/cases'])(
    'never keeps %s', (path) => expect(isPublicRead('GET', path)).toBe(false),
  )
  test('only reading', () => expect(isPublicRead('POST', '/api/home')).toBe(false))
  test.each(['/api/home', '/auth/links/wechat/callback', '/sandbox/', '/wechat/official', '/healthz', '/openapi.json', '/assets/x.js'])(
    '%s is not a page', (path) => expect(notPages.some((one) => one.test(path))).toBe(true),
  )
  test.each(['/', '/items', '/items/ga-birth', '/cases/FS2026', '/space/settings', '/staff/cases', '/authors'])(
    '%s is a page', (path) => expect(notPages.some((one) => one.test(path))).toBe(false),
  )
})
