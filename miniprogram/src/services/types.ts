/** Shapes of the platform's answers (接口数据), as far as the mini-program reads them. */
import type { Form, Values } from '../forms/model'

export interface Session {
  signed_in: boolean
  kind: 'person' | 'staff' | null
  name: string | null
  /** The same for every session of one account that acts for the same one; tells nothing of either. */
  owner: string | null
  level: 'registered' | 'real_name' | 'verified' | null
  /** For keeping; the server gives it only when the session begins. */
  token: string | null
  /** Whom the session acts for (代办); null in one's own capacity. */
  acting: Capacity | null
  /** For how many others one may act. */
  capacities: number
  /** Links this WeChat account to whoever signs in next. */
  link_ticket: string | null
}

/** On whose behalf somebody may act (办事身份). */
export interface Capacity {
  id: string
  kind: 'person' | 'legal_person'
  name: string
  role: 'guardian' | 'family' | 'legal_representative' | 'manager' | 'agent' | 'viewer'
  scope: ('view' | 'apply' | 'manage')[]
}

/** How sure the city is of the person (实名认证). */
export interface Standing {
  level: 'registered' | 'real_name' | 'verified'
  document: string
  name: string
  number: string
  proof: { way: string; at: string; until: string } | null
  troubles: string[]
  ways: { way: string; gives: string }[]
}

/** Who asks something of the person (待确认的请求); one of `numbers` stands on the other side. */
export interface Prompt {
  id: string
  kind: 'scan' | 'window'
  numbers: string[]
  /** Seconds. */
  expires_in: number
  /** Whether the other side shares this phone's network. */
  near: boolean
  device: string
  place: string
  address: string
  officer: string
  department: string
  window: string
  purpose: string
}

/** A department's own system at a window (部门系统的请求), with what it would get. */
export interface Approval {
  id: string
  client: { name: string; department: string; purpose: string; place: string | null }
  elements: { name: string; legal_basis: string | null }[]
  /** Those for whom the person may answer besides themselves; null when it is not asked. */
  capacities: Capacity[] | null
  /** Stands on the clerk's screen as well. */
  message: string | null
  code: string | null
}

/** How the account is secured (账号安全). */
export interface Account {
  phone: string
  password: boolean
  pin: 'none' | 'set' | 'resting'
  passkeys: number
}

/** One place where the account is signed in (登录的设备). */
export interface Place {
  id: string
  device: string
  via: 'web' | 'miniprogram'
  seen_at: string
  this: boolean
}

export interface Department {
  code: string
  name: string
  item_count?: number
}

export interface ItemCard {
  code: string
  name: string
  summary: string
  department: Department
  audience: 'person' | 'legal_person'
  online: boolean
  /** Times one has to come in person. */
  visits: number
  /** Working days. */
  promised_days: number
  fee: string
  icon: string
}

export interface ThemeCard {
  code: string
  name: string
  summary: string
  icon: string
  item_count: number
}

export interface Home {
  city: { name: string }
  themes: ThemeCard[]
  popular: ItemCard[]
  departments: Department[]
}

export interface Theme extends ThemeCard {
  items: (ItemCard & { why?: string })[]
}

export interface ItemMaterial {
  code: string
  type: string
  name: string
  required: unknown
  source: string
  standard: string
  waived_by: string[]
}

export interface Item extends ItemCard {
  version: string | number
  legal_basis: { title: string; article: string }[]
  conditions: string[]
  steps: { name: string; days: number; who: string }[]
  materials: ItemMaterial[]
  result: { name: string; kind: string }
  statutory_days: number
  time_note: string
  phones: { consult: string; complain: string }
  faq: { q: string; a: string }[]
  scope: string
}

export interface Document {
  id: string
  type: string
  type_name: string
  name: string
  content_type: string
  size: number
  source_name: string
  created_at: string
  scan: 'unchecked' | 'waiting' | 'clean' | 'infected'
  /** What its owner should know of the safety check, in words; mostly nothing. */
  scan_note: string
}

export interface Prefill {
  value: unknown
  source: string
  source_name: string
  verified_at: string | null
  grade: 'A' | 'B' | 'C' | 'D'
  state: 'verified' | 'to_verify'
}

export interface MaterialState {
  state: 'satisfied' | 'needed'
  by: 'fact' | 'document' | null
  note: string
  documents: Document[]
}

export type Attachments = Record<string, string[]>

export interface Draft {
  revision: number
  values: Values
  materials: Attachments
  updated_at: string
}

export interface Application {
  form?: Form
  version: string | number
  draft: Draft | null
  prefill: Record<string, Prefill>
  down: { source: string; source_name: string; fields: string[] }[]
  materials: Record<string, MaterialState>
  summary: { fields: number; prefilled: number; materials: number; waived: number }
}

export interface CaseCard {
  number: string
  item: { code: string; name: string }
  department: Department
  status: string
  status_text: string
  submitted_at: string
  updated_at: string
  due_on: string | null
  needs_you: boolean
}

export interface CorrectionItem {
  target: 'field' | 'material'
  code: string
  label: string
  reason: string
}

export interface Case extends CaseCard {
  values: Values
  materials: Record<string, Document[]>
  timeline: { kind: string; title: string; note: string; at: string | null; by: string; state: 'done' | 'current' | 'waiting' }[]
  correction: { asked_at: string; due_on: string; items: CorrectionItem[] } | null
  result: { decision: 'approved' | 'denied'; reason: string; at: string; documents: Document[] } | null
  may: string[]
  deliveries: { channel: 'inbox' | 'webpush' | 'wechat'; state: 'queued' | 'sent' | 'delivered' | 'failed'; at: string; title: string }[]
}

export interface Clock {
  due_on: string | null
  status: string
  lines: { date: string; text: string; days_left: number | null; counts: boolean }[]
}

export interface Space {
  person: { name: string; level: string }
  /** `supplied`: what the citizen still had to give by hand. */
  savings: { fields_supplied: number; fields_total: number; papers_waived: number; papers_total: number }
  drafts: { item: ItemCard; revision: number; updated_at: string; filled: number; total: number }[]
}
