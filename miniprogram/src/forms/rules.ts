/**
 * Form rules (表单规则): what is visible, what is required, what is wrong.
 *
 * Pure functions over a form and its answers, ES2017 syntax, no browser: the same file runs in the
 * mini-program, and the server says the same in Python. All three obey tests/vectors/forms.json.
 * One pass in document order decides everything; a condition only sees what stands before it.
 */
import type { Cond, Field, FieldError, Form, Material, Row, Section, Value, Values } from './model'

const DEFAULT_LENGTH: { [type: string]: number } = { text: 100, textarea: 1000 }
const DEFAULT_DECIMALS: { [type: string]: number } = { number: 0, money: 2 }
const LARGEST = 1e15 // beyond this a double no longer holds cents
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const USCC_SYMBOLS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const USCC = new RegExp('^[' + USCC_SYMBOLS + ']{18}$')
// control characters have no place in an answer; line breaks and tabs do in a long one
const CONTROL = /[\u0000-\u001f\u007f]/
const CONTROL_TEXTAREA = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/

type Scope = { [code: string]: unknown }

/** Null, blank text and an empty list are no answers; `false` and `0` are. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'string') return value.trim() === ''
  return Array.isArray(value) && value.length === 0
}

/** The answer as it is checked, compared and stored. */
export function tidy(type: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  let text = value.trim()
  if (['id_number', 'bank_card', 'phone', 'uscc'].indexOf(type) >= 0) text = text.replace(/ /g, '')
  return type === 'id_number' || type === 'uscc' ? text.toUpperCase() : text
}

function meets(answer: unknown, wanted: unknown): boolean {
  return Array.isArray(answer) ? answer.indexOf(wanted) >= 0 : answer === wanted
}

/** Below, at or above zero; NaN when the two can not be compared, and then no comparison holds. */
function order(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  return NaN
}

function holdsIn(cond: Cond, scope: Scope): boolean {
  if (cond.all) return cond.all.every((part) => holdsIn(part, scope))
  if (cond.any) return cond.any.some((part) => holdsIn(part, scope))
  if (cond.not) return !holdsIn(cond.not, scope)
  const code = cond.field as string
  const there = Object.prototype.hasOwnProperty.call(scope, code)
  const answer = scope[code]
  const wanted = cond.value
  const list = Array.isArray(wanted) ? wanted : []
  switch (cond.op) {
    case 'present':
      return there
    case 'absent':
      return !there
    case 'eq':
      return there && meets(answer, wanted)
    case 'ne':
      return !there || !meets(answer, wanted)
    case 'in':
      return there && list.some((one) => meets(answer, one))
    case 'not_in':
      return !there || !list.some((one) => meets(answer, one))
    case 'gt':
      return order(answer, wanted) > 0
    case 'gte':
      return order(answer, wanted) >= 0
    case 'lt':
      return order(answer, wanted) < 0
    case 'lte':
      return order(answer, wanted) <= 0
    default:
      return false
  }
}

export function holds(cond: Cond | null | undefined, scope: Scope): boolean {
  return !cond || holdsIn(cond, scope)
}

function needed(required: boolean | Cond | null | undefined, scope: Scope): boolean {
  return typeof required === 'object' && required !== null ? holdsIn(required, scope) : required === true
}

function isDay(year: number, month: number, day: number): boolean {
  const made = new Date(Date.UTC(year, month - 1, day))
  return made.getUTCFullYear() === year && made.getUTCMonth() === month - 1 && made.getUTCDate() === day
}

/** 来往内地通行证, passports with letters, the older 永久居留身份证: nobody types these by mistake for an ID number. */
const OTHER_DOCUMENTS = /^([HM]\d{8}|[A-Z]{1,2}\d{6,8}|[A-Z]{3}\d{12})$/

/** The number of an ID card, or of the document of somebody who has none. */
function personNumberProblem(text: string): string {
  return OTHER_DOCUMENTS.test(text) ? '' : idNumberProblem(text)
}

/** GB 11643: region, a birth date that exists, order, check digit. */
export function idNumberProblem(text: string): string {
  const parts = /^[1-9]\d{5}((?:18|19|20)\d\d)(\d\d)(\d\d)\d{3}[\dX]$/.exec(text)
  if (!parts || !isDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))) return 'format'
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(text.charAt(at)), 0)
  return '10X98765432'.charAt(sum % 11) === text.charAt(17) ? '' : 'checksum'
}

/** ISO/IEC 7812: 12 to 19 digits with a Luhn check digit. */
function bankCardProblem(text: string): string {
  if (!/^\d{12,19}$/.test(text)) return 'format'
  let sum = 0
  for (let at = 0; at < text.length; at += 1) {
    const digit = Number(text.charAt(text.length - 1 - at))
    sum += at % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0 ? '' : 'checksum'
}

/**
 * GB 32100: whether a credit code fails its check digit. Real companies hold such codes: a reason to
 * look again, not an error. What has not the shape of a code is not doubtful but wrong.
 */
export function isDoubtfulUscc(text: string): boolean {
  if (!USCC.test(text)) return false
  let sum = 0
  let weight = 1
  for (let at = 0; at < 17; at += 1) {
    sum += weight * USCC_SYMBOLS.indexOf(text.charAt(at))
    weight = (weight * 3) % 31
  }
  return USCC_SYMBOLS.charAt((31 - (sum % 31)) % 31) !== text.charAt(17)
}

function textProblem(field: Field, text: string): string {
  const longest = typeof field.max_length === 'number' ? field.max_length : DEFAULT_LENGTH[field.type]
  if (Array.from(text).length > longest!) return 'too_long'
  const control = field.type === 'text' ? CONTROL : CONTROL_TEXTAREA
  if (control.test(text) || LONE_SURROGATE.test(text)) return 'format'
  return field.pattern && !new RegExp('^(?:' + field.pattern + ')$').test(text) ? 'format' : ''
}

function numberProblem(field: Field, value: unknown): string {
  if (typeof value !== 'number' || !isFinite(value)) return 'type'
  const decimals = typeof field.decimals === 'number' ? field.decimals : DEFAULT_DECIMALS[field.type]!
  const scaled = value * Math.pow(10, decimals)
  if (Math.abs(value) < LARGEST && Math.abs(scaled - Math.round(scaled)) > 1e-6) return 'format'
  if (value < (typeof field.min === 'number' ? field.min : -LARGEST)) return 'too_small'
  return value > (typeof field.max === 'number' ? field.max : LARGEST) ? 'too_large' : ''
}

function calendarProblem(field: Field, text: string, today: string): string {
  const month = field.type === 'month'
  const parts = /^((?:19|20)\d\d)-(\d\d)(?:-(\d\d))?$/.exec(text)
  if (!parts || month !== (parts[3] === undefined)) return 'format'
  if (!isDay(Number(parts[1]), Number(parts[2]), month ? 1 : Number(parts[3]))) return 'format'
  const now = month ? today.slice(0, 7) : today
  const least = field.min === 'today' ? now : field.min
  const most = field.max === 'today' ? now : field.max
  if (typeof least === 'string' && text < least) return 'too_small'
  return typeof most === 'string' && text > most ? 'too_large' : ''
}

function regionProblem(field: Field, text: string): string {
  if (!/^[1-9]\d{5}(\d{3}(\d{3})?)?$/.test(text)) return 'format'
  const offered = (field.options || []).map((option) => option.value)
  const around = [text, text.slice(0, 9), text.slice(0, 6), text.slice(0, 4) + '00', text.slice(0, 2) + '0000']
  return !offered.length || around.some((code) => offered.indexOf(code) >= 0) ? '' : 'not_an_option'
}

function isOffered(field: Field, value: unknown): boolean {
  return (field.options || []).some((option) => option.value === value)
}

function choicesProblem(field: Field, value: unknown): string {
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) return 'type'
  if (!value.every((one) => isOffered(field, one))) return 'not_an_option'
  return value.some((one, at) => value.indexOf(one) !== at) ? 'format' : ''
}

/** The code of what is wrong with one tidied answer, or an empty text. */
export function valueProblem(field: Field, value: unknown, today: string): string {
  if (field.type === 'yes_no') return typeof value === 'boolean' ? '' : 'type'
  if (field.type === 'number' || field.type === 'money') return numberProblem(field, value)
  if (field.type === 'choices') return choicesProblem(field, value)
  if (typeof value !== 'string') return 'type'
  switch (field.type) {
    case 'date':
    case 'month':
      return calendarProblem(field, value, today)
    case 'choice':
      return isOffered(field, value) ? '' : 'not_an_option'
    case 'region':
      return regionProblem(field, value)
    case 'id_number':
      return personNumberProblem(value)
    case 'bank_card':
      return bankCardProblem(value)
    case 'phone':
      return /^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$/.test(value) ? '' : 'format'
    case 'uscc': // its check digit is a doubt, no error: see isDoubtfulUscc
      return USCC.test(value) ? '' : 'format'
    default:
      return textProblem(field, value)
  }
}

/** One field that a person can see now. */
export interface Place {
  pointer: string
  section: Section
  field: Field
  value: Value
  required: boolean
  problem: string
  /** the row, in a repeated section */
  index?: number
}

export interface Examined {
  sections: Section[]
  places: Place[]
  errors: FieldError[]
  /** the tidied answers of visible fields: what may be stored and sent */
  values: Values
}

function escaped(key: string): string {
  return key.replace(/~/g, '~0').replace(/\//g, '~1')
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function examineFields(
  section: Section, answers: Values, scope: Scope, kept: Values, seen: Examined, today: string,
  prefix: string, index?: number,
): void {
  section.fields.forEach((field) => {
    if (!holds(field.when, scope)) return
    const pointer = prefix + field.code
    const required = needed(field.required, scope)
    const value = tidy(field.type, answers[field.code]) as Value
    const empty = isEmpty(value)
    const problem = empty ? (required ? 'required' : '') : valueProblem(field, value, today)
    if (!empty) {
      scope[field.code] = value
      kept[field.code] = value
    }
    if (problem) seen.errors.push({ pointer, code: problem })
    seen.places.push({ pointer, section, field, value, required, problem, index })
  })
}

function examineRows(section: Section, values: Values, scope: Scope, seen: Examined, today: string): void {
  const repeat = section.repeat!
  const pointer = '/values/' + section.code
  const found = values[section.code] as unknown
  const least = repeat.min || 0
  const most = typeof repeat.max === 'number' ? repeat.max : Infinity
  if (isEmpty(found)) {
    if (least) seen.errors.push({ pointer, code: 'too_few_rows' })
    return
  }
  if (!Array.isArray(found)) {
    seen.errors.push({ pointer, code: 'type' })
    scope[section.code] = found
    return
  }
  if (found.length < least) seen.errors.push({ pointer, code: 'too_few_rows' })
  if (found.length > most) seen.errors.push({ pointer, code: 'too_many_rows' })
  const known = section.fields.map((field) => field.code)
  const kept = found.slice(0, most).map((row: unknown, index) => {
    const clean: Row = {}
    const prefix = pointer + '/' + index
    if (!isRow(row)) {
      seen.errors.push({ pointer: prefix, code: 'type' })
      return clean
    }
    examineFields(section, row, Object.assign({}, scope), clean, seen, today, prefix + '/', index)
    Object.keys(row).forEach((key) => {
      if (known.indexOf(key) < 0) seen.errors.push({ pointer: prefix + '/' + escaped(key), code: 'unknown_field' })
    })
    return clean
  })
  seen.values[section.code] = kept
  scope[section.code] = kept
}

/** Looks at the answers alone. `today` is the ISO date in the city's time zone. */
export function examine(form: Form, values: Values, today: string): Examined {
  const seen: Examined = { sections: [], places: [], errors: [], values: {} }
  const scope: Scope = {}
  const known: { [code: string]: boolean } = {}
  form.sections.forEach((section) => {
    if (section.repeat) known[section.code] = true
    else section.fields.forEach((field) => (known[field.code] = true))
    if (!holds(section.when, scope)) return
    seen.sections.push(section)
    if (section.repeat) examineRows(section, values, scope, seen, today)
    else examineFields(section, values, scope, seen.values, seen, today, '/values/')
  })
  Object.keys(values).forEach((key) => {
    if (!known[key]) seen.errors.push({ pointer: '/values/' + escaped(key), code: 'unknown_field' })
  })
  return seen
}

export interface Wanted {
  material: Material
  required: boolean
}

/** The materials that these (examined) answers call for. */
export function wantedMaterials(form: Form, values: Values): Wanted[] {
  return form.materials
    .filter((material) => holds(material.when, values))
    .map((material) => ({ material, required: needed(material.required, values) }))
}

function byPointer(left: FieldError, right: FieldError): number {
  const one = left.pointer + '\u0000' + left.code
  const other = right.pointer + '\u0000' + right.code
  return one < other ? -1 : one > other ? 1 : 0
}

/** Looks at a whole submission. `waived`: materials that facts already stand for (免提交). */
export function check(
  form: Form, values: Values, materials: { [code: string]: unknown }, declarations: string[],
  today: string, waived: string[] = [],
): Examined {
  const seen = examine(form, values, today)
  const errors = seen.errors
  wantedMaterials(form, seen.values).forEach(({ material, required }) => {
    const pointer = '/materials/' + material.code
    const given = materials[material.code]
    if (given && (!Array.isArray(given) || given.length)) {
      const right = Array.isArray(given) && given.every((id) => typeof id === 'string')
      if (!right) errors.push({ pointer, code: 'type' })
    } else if (required && waived.indexOf(material.code) < 0) {
      errors.push({ pointer, code: 'material_missing' })
    }
  })
  const papers = form.materials.map((material) => material.code)
  Object.keys(materials).forEach((code) => {
    if (papers.indexOf(code) < 0) errors.push({ pointer: '/materials/' + escaped(code), code: 'unknown_field' })
  })
  const asked = form.declarations.map((declaration) => declaration.code)
  asked.forEach((code) => {
    if (declarations.indexOf(code) < 0) errors.push({ pointer: '/declarations/' + code, code: 'declaration_missing' })
  })
  declarations.forEach((code) => {
    if (asked.indexOf(code) < 0) errors.push({ pointer: '/declarations/' + escaped(code), code: 'unknown_field' })
  })
  errors.sort(byPointer)
  return seen
}
