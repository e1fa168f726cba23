/** The queue's filters (待办筛选) as an address: shareable, and kept by the back button. */
import type { Light, QueueQuery, Summary } from '../models'

export type View =
  | 'mine' | 'pre_review' | 'accept' | 'review' | 'decide' | 'close' | 'waiting' | 'overdue' | 'all'

export interface Filters {
  view: View
  q: string
  light: Light | ''
}

const STATUSES: Record<Exclude<View, 'mine' | 'all' | 'overdue'>, string[]> = {
  pre_review: ['submitted'],
  accept: ['pre_reviewed'],
  review: ['accepted'],
  decide: ['reviewed'],
  close: ['approved', 'denied'],
  waiting: ['correcting'],
}
/** The stages of a case in their order, with the number that the summary holds for each. */
export const STAGES = [
  { view: 'pre_review', count: 'to_pre_review' },
  { view: 'accept', count: 'to_accept' },
  { view: 'review', count: 'in_review' },
  { view: 'decide', count: 'to_decide' },
  { view: 'close', count: 'to_close' },
] as const satisfies readonly { view: View; count: keyof Summary }[]

/** At which stages somebody with a role has the next step. */
const WORK: Record<string, View[]> = {
  clerk: ['pre_review', 'accept', 'close'],
  reviewer: ['review'],
  approver: ['decide'],
  supervisor: ['pre_review', 'accept', 'review', 'decide', 'close'],
}
const VIEWS: string[] = ['mine', 'all', 'overdue', ...Object.keys(STATUSES)]
const LIGHTS: string[] = ['green', 'amber', 'yellow', 'red', 'none']

export function stagesOf(roles: readonly string[]): View[] {
  const mine = new Set(roles.flatMap((role) => WORK[role] ?? []))
  return STAGES.map((stage) => stage.view).filter((view) => mine.has(view))
}

const one = (value: unknown) => (Array.isArray(value) ? String(value[0] ?? '') : String(value ?? ''))

export function filtersFrom(query: Record<string, unknown>): Filters {
  const view = one(query.view)
  const light = one(query.light)
  return {
    view: VIEWS.includes(view) ? (view as View) : 'mine',
    q: one(query.q).trim().slice(0, 50),
    light: LIGHTS.includes(light) ? (light as Light) : '',
  }
}

/** Whether somebody's number is searched for (all but a case's), which must stand in no address. */
export const isPersonal = (q: string) => q.trim() !== '' && !/^\d{20}$/.test(q.replace(/\s/g, ''))

/** The shortest address that means the same: what is as usual is left out. */
export function queryOf(filters: Filters): Record<string, string> {
  return {
    ...(filters.view === 'mine' ? {} : { view: filters.view }),
    ...(filters.q ? { q: filters.q } : {}),
    ...(filters.light ? { light: filters.light } : {}),
  }
}

/** What the server is asked. A search looks at every case: who searches knows what they want. */
export function askedOf(filters: Filters, roles: readonly string[], cursor?: string | null): QueueQuery {
  const { view, q, light } = filters
  const stages = view === 'mine' ? stagesOf(roles) : [view]
  const statuses = stages.flatMap((stage) => STATUSES[stage as keyof typeof STATUSES] ?? [])
  const shining = view === 'overdue' ? 'red' : light
  return {
    ...(q ? { q } : statuses.length ? { status: statuses.join(',') } : {}),
    ...(shining && !q ? { light: shining } : {}),
    ...(cursor ? { cursor } : {}),
  }
}

export function countOf(view: View, summary: Summary, roles: readonly string[]): number | null {
  if (view === 'all') return null
  if (view === 'waiting') return summary.waiting_citizen
  if (view === 'overdue') return summary.overdue
  const wanted = view === 'mine' ? stagesOf(roles) : [view]
  return STAGES.filter((stage) => wanted.includes(stage.view)).reduce((sum, stage) => sum + summary[stage.count], 0)
}

/** The case to open after this one: further down first, then from the top; never one just done. */
export function nextAfter(number: string, numbers: readonly string[], done: ReadonlySet<string>): string | null {
  const place = numbers.indexOf(number)
  const order = [...numbers.slice(place + 1), ...numbers.slice(0, Math.max(place, 0))]
  return order.find((other) => other !== number && !done.has(other)) ?? null
}
