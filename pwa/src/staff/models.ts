/** What the office's endpoints answer. */
import type { CaseCard, Doc, Grade, Named, TimelineEntry } from '../api/models'

export type Light = 'green' | 'amber' | 'yellow' | 'red' | 'none'
export type Action =
  | 'pass_pre_review' | 'accept' | 'refuse' | 'request_correction' | 'review' | 'decide' | 'close'
export type Target = 'field' | 'material'

export interface Summary {
  to_pre_review: number
  to_accept: number
  in_review: number
  to_decide: number
  to_close: number
  waiting_citizen: number
  overdue: number
  done_today: number
}
export interface QueueLine {
  number: string
  item: Named
  applicant: string
  status: string
  status_text: string
  submitted_at: string
  due_on: string | null
  days_left: number | null
  light: Light
}
export interface QueuePage {
  cases: QueueLine[]
  total: number
  next: string | null
}
export interface QueueQuery {
  status?: string
  q?: string
  light?: Light
  cursor?: string
}

export interface StaffField {
  code: string
  label: string
  value: unknown
  display: string
  source_name: string | null
  grade: Grade | null
  changed: boolean
}
export interface StaffSection {
  title: string
  fields: StaffField[]
  rows?: StaffField[][] | null
}
export interface StaffPaper {
  code: string
  name: string
  state: 'attached' | 'waived' | 'missing'
  documents: Doc[]
}
export interface Clock {
  due_on: string | null
  days_left: number | null
  light: Light
}
export interface StaffCase extends CaseCard {
  applicant: { name: string; id_number: string; phone: string }
  sections: StaffSection[]
  materials: StaffPaper[]
  timeline: TimelineEntry[]
  may: Action[]
  seq: number
  clock: Clock
}
export interface Step {
  action: Action
  seq: number
  note?: string
  reason?: string
  result?: 'approve' | 'deny'
  items?: { target: Target; code: string; reason: string }[]
}
