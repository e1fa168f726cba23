/** What somebody is allowed, and until when: the part that every invitation has. */
import { reactive } from 'vue'

const LENGTHS = { month: [1, 0], quarter: [3, 0], half: [6, 0], year: [12, 0] } as const
export type Length = keyof typeof LENGTHS
export const LENGTH_NAMES = Object.keys(LENGTHS) as Length[]

/** The last day of so many months from a day (YYYY-MM-DD); a year is 365 days at most, today included. */
export function lastDay(length: Length, today: string): string {
  const [year, month, day] = today.split('-').map(Number) as [number, number, number]
  const [months] = LENGTHS[length]
  const lastOfMonth = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate()
  const end = new Date(Date.UTC(year, month - 1 + months, Math.min(day, lastOfMonth)))
  const longest = Date.UTC(year, month - 1, day) + 365 * 86_400_000
  return new Date(Math.min(end.getTime(), longest)).toISOString().slice(0, 10)
}

export interface Terms {
  may: 'apply' | 'view'
  all: 'all' | 'some'
  items: string[]
  length: Length
}
export const newTerms = (length: Length = 'quarter') => reactive<Terms>({ may: 'apply', all: 'all', items: [], length })
