/** What an officer can choose to do with a case (办理动作), and what must go with it. */
import type { TimelineEntry } from '../../api/models'
import type { Action, StaffCase, Step } from '../models'

export type Choice =
  | 'pass_pre_review' | 'accept' | 'request_correction' | 'refuse' | 'review' | 'approve' | 'deny' | 'close'

/** Steps that cannot be taken back are asked once more; so is what ends a case. */
export const FINAL: ReadonlySet<Choice> = new Set(['refuse', 'approve', 'deny', 'close'])
/** Against the applicant only with a reason in writing (行政许可法 art. 32, 38). */
export const NEEDS_REASON: ReadonlySet<Choice> = new Set(['refuse', 'deny'])
/** What is written is read by the applicant; the rest stays in the office. */
export const TOLD: ReadonlySet<Choice> = new Set(['refuse', 'approve', 'deny', 'accept', 'close', 'request_correction'])
/** How many ready-made wordings there are. */
export const PRESETS: Partial<Record<Choice, number>> = { refuse: 4, deny: 3, review: 3, approve: 1 }

const ORDER: Choice[] = ['pass_pre_review', 'accept', 'review', 'approve', 'close', 'request_correction', 'deny', 'refuse']

export function choicesOf(may: readonly Action[]): Choice[] {
  const offered = new Set<Choice>(may.flatMap((one) => (one === 'decide' ? (['approve', 'deny'] as const) : [one])))
  return ORDER.filter((choice) => offered.has(choice))
}

/** The step as the server wants it. */
export function stepOf(choice: Choice, seq: number, words: string, items?: Step['items']): Step {
  const said = words.trim()
  if (choice === 'approve' || choice === 'deny') {
    return { action: 'decide', seq, result: choice, ...(said ? { reason: said } : {}) }
  }
  if (choice === 'refuse') return { action: 'refuse', seq, reason: said }
  if (choice === 'request_correction') return { action: choice, seq, items, ...(said ? { reason: said } : {}) }
  return { action: choice, seq, ...(said ? { note: said } : {}) }
}

/** One key for one and the same request, however often it has to be sent. */
export function keyring(make: () => string = () => crypto.randomUUID()) {
  let of = ''
  let key = ''
  return {
    keyFor(step: Step): string {
      const text = JSON.stringify(step)
      if (text !== of || !key) {
        of = text
        key = make()
      }
      return key
    },
    used() {
      key = ''
    },
  }
}

/** What has been done to a case since it was last seen here. */
export function newsBetween(before: Pick<StaffCase, 'timeline'>, after: Pick<StaffCase, 'timeline'>): TimelineEntry[] {
  const done = (one: Pick<StaffCase, 'timeline'>) => one.timeline.filter((entry) => entry.state === 'done')
  return done(after).slice(done(before).length)
}
