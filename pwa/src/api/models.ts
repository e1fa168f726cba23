/** What the app relies on in the server's answers. Paths and bodies live in schema.d.ts. */
import type { Form, Scalar, Value, Values } from '../forms/model'

export type Lang = 'zh-CN' | 'zh-Hant' | 'en'

export interface Named {
  code: string
  name: string
}
export interface ItemCard extends Named {
  summary: string
  department: Named
  audience: 'person' | 'legal_person'
  online: boolean
  visits: number
  promised_days: number
  fee: string
  icon: string
}
export interface ThemeCard extends Named {
  summary: string
  icon: string
  item_count: number
}
export interface Home {
  city: { name: string }
  themes: ThemeCard[]
  popular: ItemCard[]
  departments: (Named & { item_count: number })[]
}
export interface ItemMaterial extends Named {
  type?: string
  required?: unknown
  when?: unknown
  copies?: number
  source?: string
  accept?: string[]
  max_bytes?: number
  reusable?: boolean
  waived_by?: string[]
  sample?: string | null
  standard?: string | null
}
export interface Item extends ItemCard {
  version: string | number
  base_code?: string
  implementation_code?: string
  legal_basis: { title: string; article?: string | null; text?: string | null }[]
  conditions: string[]
  steps: { name: string; days?: number | null; who?: string | null }[]
  materials: ItemMaterial[]
  result: { name: string; kind?: string; sample?: string | null } | null
  statutory_days?: number | null
  time_note?: string | null
  fees?: unknown[]
  channels?: string[]
  phones: { consult: string; complain: string }
  faq: { q: string; a: string }[]
  scope?: string
  special_procedures?: unknown[]
  remedies?: { review?: string; litigation?: string } | null
  declarations: { code: string; text: string }[]
}
export interface Theme extends ThemeCard {
  items: (ItemCard & { why?: string })[]
}
export interface ItemPage {
  items: ItemCard[]
  total: number
  next: string | null
}

export interface Session {
  signed_in: boolean
  kind: 'person' | 'staff' | null
  name: string | null
  level: 'registered' | 'real_name' | null
  csrf_token: string | null
  owner?: string | null
  expires_at?: string | null
  idle_seconds?: number
  staff?: { name: string; login: string; department: Named; roles: string[] } | null
  links?: { wechat: boolean } | null
}

/** Whose data a device keeps: the account's opaque mark. */
export const ownerOf = (session: Session): string => session.owner ?? session.name ?? ''

export type Grade = 'A' | 'B' | 'C' | 'D'
export interface Prefilled {
  value: Value
  source: string
  source_name: string
  verified_at: string | null
  valid_until?: string | null
  grade: Grade
  state: 'verified' | 'to_verify'
}
export interface Doc {
  id: string
  type: string
  type_name: string
  name: string
  content_type: string
  size: number
  grade: Grade
  source_name: string
  created_at: string
  valid_until: string | null
}
export interface MaterialState {
  state: 'satisfied' | 'needed'
  by: 'fact' | 'document' | null
  note: string | null
  documents: Doc[]
}
export interface ServerDraft {
  revision: number
  values: Values
  materials: Record<string, string[]>
  updated_at: string
}
export interface Application {
  form?: Form | null
  version: string | number
  draft: ServerDraft | null
  prefill: Record<string, Prefilled>
  down: { source: string; source_name: string; fields: string[] }[]
  materials: Record<string, MaterialState>
  summary: { fields: number; prefilled: number; materials: number; waived: number }
}
export interface DraftCard {
  item: ItemCard
  revision: number
  updated_at: string
  filled: number
  total: number
}

export interface CaseCard {
  number: string
  item: Named
  department: Named
  status: string
  status_text: string
  submitted_at: string
  updated_at: string
  due_on: string | null
  needs_you: boolean
}
export interface TimelineEntry {
  kind: string
  title: string
  note: string | null
  at: string | null
  by: string | null
  state: 'done' | 'current' | 'waiting'
}
export interface CorrectionItem {
  target: 'field' | 'material'
  code: string
  label: string
  reason: string
}
export interface Case extends CaseCard {
  values: Values
  materials: Record<string, Doc[]>
  timeline: TimelineEntry[]
  correction: { asked_at: string; due_on: string | null; items: CorrectionItem[] } | null
  result: { decision: 'approved' | 'denied'; reason: string | null; at: string; documents: Doc[] } | null
  may: string[]
  deliveries: {
    channel: 'inbox' | 'webpush' | 'wechat'
    state: 'queued' | 'sent' | 'delivered' | 'failed'
    at: string | null
    title: string
  }[]
}
export interface CaseClock {
  due_on: string | null
  status: string
  lines: { date: string; text: string; days_left: number | null; counts: boolean }[]
}
export interface CaseLog {
  actions: { seq: number; kind: string; at: string; actor: string; hash: string }[]
  valid: boolean
}

export interface Fact {
  element: string
  name: string
  value?: Scalar | unknown
  display: string
  source: string
  source_name: string
  verified_at: string | null
  valid_until: string | null
  grade: Grade
  sensitive: boolean
}
export interface Read {
  at: string
  reader: string
  purpose: string
  elements: string[]
  case: string | null
}
export interface Space {
  person: { name: string; level: string; since: string }
  savings: {
    fields_supplied: number
    fields_total: number
    papers_waived: number
    papers_total: number
  }
  facts: { group: string; group_name: string; facts: Fact[] }[]
  documents: Doc[]
  drafts: DraftCard[]
  cases: CaseCard[]
  reads: Read[]
  sources: { source: string; name: string; state: 'ok' | 'waiting' | 'down'; at: string | null }[]
  unread: number
}
export interface Notice {
  id: string
  kind: string
  title: string
  body: string
  case: string | null
  at: string
  read: boolean
}
export interface NoticePage {
  notices: Notice[]
  unread: number
  next: string | null
}

export interface Submission {
  item: string
  version: string | number
  values: Values
  materials: Record<string, string[]>
  declarations: string[]
}
