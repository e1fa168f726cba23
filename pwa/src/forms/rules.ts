/**
 * Form rules (表单规则): what is visible, what is required, what is wrong.
 *
 * Pure functions over a form and its values, ES2017 syntax, no browser: the same file runs in the
 * mini-program, and the server says the same in Python. All three obey tests/vectors/forms.json.
 */
import type { Cond, Field, FieldError, Form, Material, Row, Section, Value, Values } from './model'

const DEFAULT_MAX_LENGTH: { [type: string]: number } = { text: 200, textarea: 2000 }
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const USCC_SYMBOLS = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** An empty text, an empty list and a missing value all mean "not answered". */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'string') return value.trim() === ''
  return Array.isArray(value) && value.length === 0
}

function lookUp(code: string, values: Values, row?: Row): Value {
  if (row && Object.prototype.hasOwnProperty.call(row, code)) return row[code]
  return values[code]
}

/** Numbers compare as numbers, texts (and ISO dates) by their letters; anything else does not compare. */
function order(left: unknown, right: unknown): number | null {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') {
    return left < right ? -1 : left > right ? 1 : 0
  }
  return null
}

function contains(list: unknown, value: unknown): boolean {
  if (!Array.isArray(list)) return false
  if (Array.isArray(value)) return value.some((one) => list.indexOf(one) >= 0)
  return list.indexOf(value) >= 0
}

function same(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && !Array.isArray(right)) return left.indexOf(right) >= 0
  return left === right
}

export function holds(cond: Cond | null | undefined, values: Values, row?: Row): boolean {
  if (!cond) return true
  if (cond.all) return cond.all.every((one) => holds(one, values, row))
  if (cond.any) return cond.any.some((one) => holds(one, values, row))
  if (cond.not) return !holds(cond.not, values, row)
  const value = lookUp(cond.field as string, values, row)
  if (cond.op === 'present') return !isEmpty(value)
  if (cond.op === 'absent') return isEmpty(value)
  if (cond.op === 'eq') return same(value, cond.value)
  if (cond.op === 'ne') return !same(value, cond.value)
  if (cond.op === 'in') return contains(cond.value, value)
  if (cond.op === 'not_in') return !contains(cond.value, value)
  const found = isEmpty(value) ? null : order(value, cond.value)
  if (found === null) return false
  if (cond.op === 'gt') return found > 0
  if (cond.op === 'gte') return found >= 0
  if (cond.op === 'lt') return found < 0
  return cond.op === 'lte' && found <= 0
}

function asks(required: boolean | Cond | null | undefined, values: Values, row?: Row): boolean {
  if (required === undefined || required === null) return false
  return typeof required === 'boolean' ? required : holds(required, values, row)
}

export function isRequired(field: Field | Material, values: Values, row?: Row): boolean {
  return asks(field.required, values, row)
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const parts = text.split('-').map(Number)
  const day = new Date(Date.UTC(parts[0], parts[1] - 1, parts[2]))
  return day.getUTCMonth() === parts[1] - 1 && day.getUTCDate() === parts[2] && parts[0] >= 1800
}

function isMonth(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text) && text >= '1800'
}

/** GB 11643: 17 digits, a birth date that exists, and a check digit. */
export function idNumberProblem(text: string): '' | 'format' | 'checksum' {
  if (!/^[1-9]\d{16}[\dX]$/.test(text)) return 'format'
  const birth = text.slice(6, 10) + '-' + text.slice(10, 12) + '-' + text.slice(12, 14)
  if (!isDate(birth)) return 'format'
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(text[at]), 0)
  return '10X98765432'[sum % 11] === text[17] ? '' : 'checksum'
}

/** GB 32100: 18 symbols, check by weights 3^i mod 31. */
export function usccProblem(text: string): '' | 'format' | 'checksum' {
  if (!/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(text)) return 'format'
  let sum = 0
  let weight = 1
  for (let at = 0; at < 17; at += 1) {
    sum += USCC_SYMBOLS.indexOf(text[at]) * weight
    weight = (weight * 3) % 31
  }
  return USCC_SYMBOLS[(31 - (sum % 31)) % 31] === text[17] ? '' : 'checksum'
}

/** ISO/IEC 7812: 12 to 19 digits with a Luhn check digit. */
export function bankCardProblem(text: string): '' | 'format' | 'checksum' {
  if (!/^\d{12,19}$/.test(text)) return 'format'
  let sum = 0
  for (let at = 0; at < text.length; at += 1) {
    let digit = Number(text[text.length - 1 - at])
    if (at % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2
    sum += digit
  }
  return sum % 10 === 0 ? '' : 'checksum'
}

function isOption(field: Field, value: unknown): boolean {
  return (field.options || []).some((option) => option.value === value)
}

function numberProblem(field: Field, value: Value): string {
  if (typeof value !== 'number' || !isFinite(value)) return 'type'
  if (field.type === 'money' && Math.abs(Math.round(value * 100) - value * 100) > 1e-6) return 'format'
  return boundsProblem(field, value)
}

function boundsProblem(field: Field, value: number | string): string {
  if (field.min !== undefined && field.min !== null && value < field.min) return 'too_small'
  if (field.max !== undefined && field.max !== null && value > field.max) return 'too_large'
  return ''
}

function textProblem(field: Field, text: string): string {
  const longest = field.max_length || DEFAULT_MAX_LENGTH[field.type] || 200
  if (Array.from(text).length > longest) return 'too_long'
  switch (field.type) {
    case 'date':
      return isDate(text) ? boundsProblem(field, text) : 'format'
    case 'month':
      return isMonth(text) ? boundsProblem(field, text) : 'format'
    case 'id_number':
      return idNumberProblem(text)
    case 'uscc':
      return usccProblem(text)
    case 'bank_card':
      return bankCardProblem(text)
    case 'phone':
      return /^1[3-9]\d{9}$/.test(text) ? '' : 'format'
    case 'region':
      if (field.options && field.options.length) return isOption(field, text) ? '' : 'not_an_option'
      return /^[1-9]\d{5}$/.test(text) ? '' : 'format'
    case 'choice':
      return isOption(field, text) ? '' : 'not_an_option'
    default:
      return field.pattern && !new RegExp('^(?:' + field.pattern + ')$').test(text) ? 'format' : ''
  }
}

/** The code of what is wrong with one answered value, or an empty text. */
export function valueProblem(field: Field, value: Value): string {
  if (field.type === 'yes_no') return typeof value === 'boolean' ? '' : 'type'
  if (field.type === 'number' || field.type === 'money') return numberProblem(field, value)
  if (field.type === 'choices') {
    if (!Array.isArray(value)) return 'type'
    return (value as unknown[]).every((one) => isOption(field, one)) ? '' : 'not_an_option'
  }
  return typeof value === 'string' ? textProblem(field, value) : 'type'
}

export interface Place {
  pointer: string
  section: Section
  field: Field
  value: Value
  row?: Row
  index?: number
}

export function rowsOf(section: Section, values: Values): Row[] {
  const rows = values[section.code]
  return Array.isArray(rows) ? (rows as Row[]) : []
}

/** Every field a person can see now, in the order of the form. */
export function visiblePlaces(form: Form, values: Values): Place[] {
  const places: Place[] = []
  form.sections.forEach((section) => {
    if (!holds(section.when, values)) return
    if (!section.repeat) {
      section.fields.forEach((field) => {
        if (!holds(field.when, values)) return
        places.push({ pointer: '/values/' + field.code, section, field, value: values[field.code] })
      })
      return
    }
    rowsOf(section, values).forEach((row, index) => {
      section.fields.forEach((field) => {
        if (!holds(field.when, values, row)) return
        const pointer = '/values/' + section.code + '/' + index + '/' + field.code
        places.push({ pointer, section, field, value: row[field.code], row, index })
      })
    })
  })
  return places
}

export function placeRequired(place: Place, values: Values): boolean {
  return isRequired(place.field, values, place.row)
}

export function placeProblem(place: Place, values: Values): string {
  if (isEmpty(place.value)) return placeRequired(place, values) ? 'required' : ''
  return valueProblem(place.field, place.value)
}

function rowErrors(form: Form, values: Values): FieldError[] {
  const errors: FieldError[] = []
  form.sections.forEach((section) => {
    if (!section.repeat || !holds(section.when, values)) return
    const pointer = '/values/' + section.code
    const found = values[section.code]
    if (found !== undefined && found !== null && !Array.isArray(found)) {
      errors.push({ pointer, code: 'type' })
      return
    }
    const count = rowsOf(section, values).length
    if (section.repeat.min && count < section.repeat.min) errors.push({ pointer, code: 'too_few_rows' })
    if (section.repeat.max && count > section.repeat.max) errors.push({ pointer, code: 'too_many_rows' })
  })
  return errors
}

function unknownErrors(form: Form, values: Values): FieldError[] {
  const errors: FieldError[] = []
  const top: { [code: string]: boolean } = {}
  form.sections.forEach((section) => {
    if (!section.repeat) {
      section.fields.forEach((field) => (top[field.code] = true))
      return
    }
    top[section.code] = true
    const known = section.fields.map((field) => field.code)
    rowsOf(section, values).forEach((row, index) => {
      Object.keys(row).forEach((code) => {
        if (known.indexOf(code) < 0) {
          const pointer = '/values/' + section.code + '/' + index + '/' + code
          errors.push({ pointer, code: 'unknown_field' })
        }
      })
    })
  })
  Object.keys(values).forEach((code) => {
    if (!top[code]) errors.push({ pointer: '/values/' + code, code: 'unknown_field' })
  })
  return errors
}

export function byPointer(left: FieldError, right: FieldError): number {
  if (left.pointer !== right.pointer) return left.pointer < right.pointer ? -1 : 1
  return left.code < right.code ? -1 : left.code > right.code ? 1 : 0
}

export function valueErrors(form: Form, values: Values): FieldError[] {
  const errors = rowErrors(form, values).concat(unknownErrors(form, values))
  visiblePlaces(form, values).forEach((place) => {
    const code = placeProblem(place, values)
    if (code) errors.push({ pointer: place.pointer, code })
  })
  return errors.sort(byPointer)
}

export function visibleMaterials(form: Form, values: Values): Material[] {
  return form.materials.filter((material) => holds(material.when, values))
}

/** `satisfied`: codes of materials that facts already replace (免提交), as the server found. */
export function errorsOf(
  form: Form,
  values: Values,
  materials: { [code: string]: string[] },
  declarations: string[],
  satisfied: string[] = [],
): FieldError[] {
  const errors = valueErrors(form, values)
  visibleMaterials(form, values).forEach((material) => {
    const given = materials[material.code]
    if (!isRequired(material, values) || satisfied.indexOf(material.code) >= 0) return
    if (!given || !given.length) {
      errors.push({ pointer: '/materials/' + material.code, code: 'material_missing' })
    }
  })
  form.declarations.forEach((declaration) => {
    if (declarations.indexOf(declaration.code) < 0) {
      errors.push({ pointer: '/declarations/' + declaration.code, code: 'declaration_missing' })
    }
  })
  return errors.sort(byPointer)
}

/** What is sent: only fields a person could see, without the empty ones. */
export function submittable(form: Form, values: Values): Values {
  const kept: Values = {}
  form.sections.forEach((section) => {
    if (section.repeat && holds(section.when, values)) {
      kept[section.code] = rowsOf(section, values).map(() => ({}))
    }
  })
  visiblePlaces(form, values).forEach((place) => {
    if (isEmpty(place.value)) return
    if (place.index === undefined) kept[place.field.code] = place.value
    else (kept[place.section.code] as Row[])[place.index][place.field.code] = place.value
  })
  return kept
}
