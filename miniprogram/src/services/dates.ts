/** Dates as people in Foshan read them (北京时间, UTC+8, no daylight saving). */

const OFFSET = 8 * 3600 * 1000

interface Moment {
  year: number
  month: number
  day: number
  hour: number
  minute: number
}

/** RFC 3339 UTC text -> the clock on the wall in China. Day-only text stays that day. */
function moment(text: string): Moment {
  const numbers = /^(\d+)-(\d+)-(\d+)(?:T(\d+):(\d+))?/.exec(text)
  const [year, month, day, hour, minute] = (numbers ?? []).slice(1).map((part) => Number(part ?? 0))
  const utc = Date.UTC(year ?? 1970, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0)
  const local = new Date(utc + (text.includes('T') ? OFFSET : 0))
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
  }
}

const two = (number: number) => String(number).padStart(2, '0')

/** 2026年11月23日 */
export function dateText(text: string | null | undefined): string {
  if (!text) return ''
  const { year, month, day } = moment(text)
  return `${year}年${month}月${day}日`
}

/** 11月23日 09:05; with the year when `text` is of another year than `now`. */
export function timeText(text: string | null | undefined, now: Date = new Date()): string {
  if (!text) return ''
  const { year, month, day, hour, minute } = moment(text)
  const start = year === now.getFullYear() ? '' : `${year}年`
  return `${start}${month}月${day}日 ${two(hour)}:${two(minute)}`
}

/** Today in the city, e.g. 2026-11-23. */
export function today(now: Date = new Date()): string {
  return new Date(now.getTime() + OFFSET).toISOString().slice(0, 10)
}
