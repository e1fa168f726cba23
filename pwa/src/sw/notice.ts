/** What a push says and where a tap leads. Pure functions, tested. */

export interface PushNotice {
  title: string
  body: string
  tag: string | undefined
  url: string
  lang: string
}

const text = (value: unknown, longest: number) =>
  typeof value === 'string' ? value.slice(0, longest) : ''

/** Reads the push body leniently: a broken one still says that there is something new. */
export function noticeFrom(body: string): PushNotice {
  let told: Record<string, unknown> = {}
  try {
    const parsed: unknown = JSON.parse(body)
    if (parsed && typeof parsed === 'object') told = parsed as Record<string, unknown>
  } catch {
    told = { body }
  }
  const number = text(told.case, 60)
  return {
    title: text(told.title, 60) || '办件进度有更新',
    body: text(told.body, 160) || '点开查看详情',
    tag: text(told.tag, 80) || number || undefined,
    url: text(told.url, 300) || (number ? `/cases/${encodeURIComponent(number)}` : '/notices'),
    lang: text(told.lang, 10) || 'zh-CN',
  }
}

/** Only pages of this site; anything else in a push leads to the inbox. */
export function pageFor(url: unknown, origin: string): string {
  const inbox = origin + '/notices'
  if (typeof url !== 'string' || !url) return inbox
  try {
    const found = new URL(url, origin)
    if (found.origin !== origin) return inbox
    return /^\/(api|auth|sandbox|wechat)(\/|$)/.test(found.pathname) ? inbox : found.href
  } catch {
    return inbox
  }
}
