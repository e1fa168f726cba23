/** From a form and its values to what the page draws (表单视图). Pure; the rules decide, this shows. */
import type { Application } from '../services/types'
import type { Field, Row, Section, Value, Values } from './model'
import { badgeOf, vouched, type Badge } from './provenance'
import { isDoubtfulUscc, isEmpty, type Examined, type Place } from './rules'
import { DOUBTFUL_USCC } from './wording'

export interface OptionView {
  value: string
  label: string
  on: boolean
}

export interface FieldView {
  /** Place below /values/, e.g. `phone` or `children/0/name`. */
  key: string
  /** Element id for scrolling to it. */
  id: string
  label: string
  type: Field['type']
  required: boolean
  hint: string
  error: string
  /** What to look at again; it stops nobody. */
  doubt: string
  badge: Badge | null
  /** A register vouches for it: shown as plain text with a 修改 button. */
  settled: boolean
  /** What an input holds and what a settled field shows. */
  text: string
  /** The value as a date picker wants it. */
  raw: string
  options: OptionView[]
  maxLength: number
  start: string
  end: string
}

export interface RowView {
  title: string
  fields: FieldView[]
}

export interface SectionView {
  code: string
  id: string
  title: string
  hint: string
  error: string
  badge: Badge | null
  repeat: boolean
  rowName: string
  canAdd: boolean
  canRemove: boolean
  rows: RowView[]
}

export interface Shown {
  examined: Examined
  application: Application
  /** Answers as written, before the rules tidied them. */
  values: Values
  /** Pointer -> sentence. */
  errors: Readonly<Record<string, string>>
  /** Keys of vouched fields the person opened for editing. */
  opened: ReadonlySet<string>
  /** Answering a correction shows only these; null shows everything. */
  only: ReadonlySet<string> | null
  /** Today in the city, e.g. 2026-11-23. */
  today: string
}

export function sectionViews(shown: Shown): SectionView[] {
  return shown.examined.sections
    .map((section) => (section.repeat ? repeatedView(shown, section) : plainView(shown, section)))
    .filter((view) => (view.repeat ? wanted(shown, view.code, view.code) : view.rows[0].fields.length > 0))
}

function wanted(shown: Shown, code: string, key: string): boolean {
  return shown.only === null || shown.only.has(code) || `/values/${key}` in shown.errors
}

function plainView(shown: Shown, section: Section): SectionView {
  const fields = shown.examined.places
    .filter((place) => place.section === section && wanted(shown, place.field.code, place.field.code))
    .map((place) => fieldView(shown, place, shown.values[place.field.code]))
  return { ...sectionView(shown, section), rows: [{ title: '', fields }] }
}

function repeatedView(shown: Shown, section: Section): SectionView {
  const { min, max, row_name } = section.repeat!
  const written = shown.values[section.code]
  const rows = Array.isArray(written) ? (written as Row[]) : []
  const name = row_name || section.title
  const places = shown.examined.places.filter((place) => place.section === section)
  return {
    ...sectionView(shown, section),
    badge: badgeOf(shown.application, section.code, written),
    repeat: true,
    rowName: name,
    canAdd: typeof max !== 'number' || rows.length < max,
    canRemove: rows.length > (min ?? 0),
    rows: rows.map((row, index) => ({
      title: `${name} ${index + 1}`,
      fields: places
        .filter((place) => place.index === index)
        .map((place) => fieldView(shown, place, row[place.field.code])),
    })),
  }
}

function sectionView(shown: Shown, section: Section): SectionView {
  return {
    code: section.code,
    id: elementId(section.code),
    title: section.title,
    hint: section.hint ?? '',
    error: shown.errors[`/values/${section.code}`] ?? '',
    badge: null,
    repeat: false,
    rowName: '',
    canAdd: false,
    canRemove: false,
    rows: [],
  }
}

function fieldView(shown: Shown, place: Place, value: Value): FieldView {
  const { field, pointer, required } = place
  const key = pointer.slice('/values/'.length)
  const error = shown.errors[pointer] ?? ''
  const top = place.index === undefined
  const trusted = top && !isEmpty(value) && vouched(shown.application.prefill[field.code], value)
  return {
    key,
    id: elementId(key),
    label: field.label,
    type: field.type,
    required,
    hint: field.hint ?? '',
    error,
    doubt: field.type === 'uscc' && !error && !trusted && isDoubtfulUscc(String(place.value ?? '')) ? DOUBTFUL_USCC : '',
    badge: top ? badgeOf(shown.application, field.code, value) : null,
    settled: trusted && !error && shown.only === null && !shown.opened.has(key),
    text: textOf(field, value),
    raw: isEmpty(value) ? '' : String(value),
    options: optionViews(field, value),
    maxLength: field.max_length ?? (field.type === 'textarea' ? 1000 : 100),
    start: day(field.min, shown.today, '1900-01-01'),
    end: day(field.max, shown.today, '2099-12-31'),
  }
}

function day(bound: Field['min'], today: string, otherwise: string): string {
  return bound === 'today' ? today : typeof bound === 'string' ? bound : otherwise
}

/** A pointer or key as an element id that a selector can find. */
export function elementId(key: string): string {
  return `at-${key.replace(/\W/g, '-')}`
}

function optionViews(field: Field, value: Value): OptionView[] {
  const options =
    field.type === 'yes_no'
      ? [{ value: 'true', label: '是' }, { value: 'false', label: '否' }]
      : field.options ?? []
  const chosen = Array.isArray(value) ? (value as string[]) : [String(value ?? '')]
  const on = (option: string) => chosen.includes(option) || (field.type === 'region' && option === around(options, chosen[0]))
  return options.map(({ value: option, label }) => ({ value: option, label, on: on(option) }))
}

/** The offered region that contains a finer one: a register knows the street, a form asks for the district. */
function around(options: { value: string }[], code: string): string | undefined {
  const wider = [code, code.slice(0, 9), code.slice(0, 6), `${code.slice(0, 4)}00`, `${code.slice(0, 2)}0000`]
  return wider.find((one) => options.some((option) => option.value === one))
}

function textOf(field: Field, value: Value): string {
  if (isEmpty(value)) return ''
  const labels = optionViews(field, value).filter((option) => option.on).map((option) => option.label)
  if (labels.length) return labels.join('、')
  const parts = String(value).split('-')
  if (field.type === 'month') return `${parts[0]}年${Number(parts[1])}月`
  if (field.type === 'date') return `${parts[0]}年${Number(parts[1])}月${Number(parts[2])}日`
  return String(value)
}
