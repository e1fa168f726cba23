/** One-time correction (一次性告知补正): what was pointed out, and whether it may be sent. */
import type { StaffCase, Step, Target } from '../models'

export interface Issue {
  target: Target
  code: string
  label: string
  reason: string
}
export const MAX_REASON = 300
export const MAX_ISSUES = 50

const same = (a: { target: string; code: string }, b: { target: string; code: string }) =>
  a.target === b.target && a.code === b.code

export function find(issues: readonly Issue[], target: Target, code: string): Issue | undefined {
  return issues.find((issue) => same(issue, { target, code }))
}

/** Points something out, or takes it back when it was pointed out already. */
export function toggle(issues: readonly Issue[], target: Target, code: string, label: string): Issue[] {
  const one = { target, code, label, reason: '' }
  return issues.some((issue) => same(issue, one))
    ? issues.filter((issue) => !same(issue, one))
    : [...issues, one]
}

export function giveReason(issues: readonly Issue[], target: Target, code: string, reason: string): Issue[] {
  return issues.map((issue) => (same(issue, { target, code }) ? { ...issue, reason: reason.slice(0, MAX_REASON) } : issue))
}

/** In the order of the form, so that the citizen reads the notice from top to bottom. */
export function inFormOrder(issues: readonly Issue[], found: StaffCase): Issue[] {
  const codes = [
    ...found.sections.flatMap((section) => [...section.fields, ...(section.rows ?? []).flat()].map((field) => `field ${field.code}`)),
    ...found.materials.map((material) => `material ${material.code}`),
  ]
  const place = (issue: Issue) => {
    const at = codes.indexOf(`${issue.target} ${issue.code}`)
    return at < 0 ? codes.length : at
  }
  return [...issues].sort((a, b) => place(a) - place(b))
}

/** Whether the law asks for a justification: everything was to be said at once, and was not. */
export function isRepeated(found: Pick<StaffCase, 'timeline' | 'status'>): boolean {
  const kinds = found.timeline.filter((entry) => entry.state === 'done').map((entry) => entry.kind)
  const accepted = Math.max(kinds.lastIndexOf('accept'), kinds.lastIndexOf('deem_accept'))
  return kinds.slice(accepted + 1).includes('request_correction')
}

export type Fault = 'none' | 'reason' | 'justification'

/** What is still missing before the notice can be sent. */
export function faultOf(issues: readonly Issue[], repeated: boolean, justification: string): Fault | null {
  if (!issues.length) return 'none'
  if (issues.some((issue) => !issue.reason.trim())) return 'reason'
  return repeated && !justification.trim() ? 'justification' : null
}

export function itemsOf(issues: readonly Issue[]): NonNullable<Step['items']> {
  return issues.map(({ target, code, reason }) => ({ target, code, reason: reason.trim() }))
}
