/** Dates as people in Foshan read them: always the city's own time zone (Asia/Shanghai). */
import { lang } from './index'

const zone = { timeZone: 'Asia/Shanghai' } as const
const makers = new Map<string, Intl.DateTimeFormat>()

function maker(options: Intl.DateTimeFormatOptions) {
  const key = lang.value + JSON.stringify(options)
  let made = makers.get(key)
  if (!made) {
    const locale = lang.value === 'zh-Hant' ? 'zh-HK' : lang.value
    made = new Intl.DateTimeFormat(locale, { ...zone, ...options })
    makers.set(key, made)
  }
  return made
}

const parse = (text: string) => new Date(text.length === 10 ? text + 'T12:00:00+08:00' : text)

export function day(text: string | null | undefined): string {
  if (!text) return ''
  return maker({ year: 'numeric', month: 'long', day: 'numeric' }).format(parse(text))
}
/** Without the year when it is this year: badges have little room. */
export function briefDay(text: string | null | undefined): string {
  if (!text) return ''
  const year = parse(text).getFullYear() === new Date().getFullYear() ? {} : ({ year: 'numeric' } as const)
  return maker({ ...year, month: 'long', day: 'numeric' }).format(parse(text))
}
export function shortDay(text: string | null | undefined): string {
  if (!text) return ''
  return maker({ month: 'long', day: 'numeric', weekday: 'short' })
    .format(parse(text))
    .replace(/日(?=[周週星])/, '日 ')
}
export function moment(text: string | null | undefined): string {
  if (!text) return ''
  const options = { month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit' } as const
  return maker({ ...options, hour12: false }).format(parse(text))
}
export function clock(text: string): string {
  return maker({ hour: '2-digit', minute: '2-digit', hour12: false }).format(parse(text))
}
/** Today in the city, as YYYY-MM-DD. */
export const cityToday = () => new Intl.DateTimeFormat('sv-SE', zone).format(new Date())
/** Whole days from today in the city until a date; negative when it is over. */
export function daysUntil(date: string): number {
  return Math.round((Date.parse(date.slice(0, 10)) - Date.parse(cityToday())) / 86_400_000)
}
