/** The shape of a form as the catalogue publishes it (表单). Dependency-free, shared with the rules. */

export type Scalar = string | number | boolean | null
export type Row = { [field: string]: Value }
export type Value = Scalar | string[] | Row[] | undefined
export type Values = { [code: string]: Value }

export type Op =
  | 'eq' | 'ne' | 'in' | 'not_in' | 'present' | 'absent' | 'gt' | 'gte' | 'lt' | 'lte'

export interface Cond {
  field?: string
  op?: Op
  value?: unknown
  all?: Cond[]
  any?: Cond[]
  not?: Cond
}

export type FieldType =
  | 'text' | 'textarea' | 'number' | 'money' | 'date' | 'month' | 'choice' | 'choices' | 'yes_no'
  | 'id_number' | 'phone' | 'region' | 'bank_card' | 'uscc'

export interface Option {
  value: string
  label: string
}

export interface Field {
  code: string
  element?: string | null
  label: string
  type: FieldType
  required?: boolean | Cond | null
  when?: Cond | null
  options?: Option[] | null
  hint?: string | null
  min?: number | string | null
  max?: number | string | null
  max_length?: number | null
  decimals?: number | null
  pattern?: string | null
  pattern_hint?: string | null
}

export interface Repeat {
  min?: number | null
  max?: number | null
  row_name?: string | null
}

export interface Section {
  code: string
  title: string
  hint?: string | null
  when?: Cond | null
  repeat?: Repeat | null
  fields: Field[]
}

export interface Material {
  code: string
  type?: string
  name: string
  required?: boolean | Cond | null
  when?: Cond | null
  copies?: number
  source?: string
  accept?: string[]
  max_bytes?: number
  reusable?: boolean
  waived_by?: string[]
  sample?: string | null
  standard?: string | null
}

export interface Declaration {
  code: string
  text: string
}

export interface Form {
  item: string
  version: string | number
  title: string
  sections: Section[]
  materials: Material[]
  declarations: Declaration[]
}

export interface FieldError {
  pointer: string
  code: string
  detail?: string
}
