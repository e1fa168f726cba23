/** The shape of a form as the catalogue publishes it (表单). Dependency-free, shared with the rules. */
import type { components } from '../api/schema'

export type Scalar = string | number | boolean | null
export type Row = { [field: string]: Value }
export type Value = Scalar | string[] | Row[] | undefined
export type Values = { [code: string]: Value }

type Schemas = components['schemas']

export type Cond = Schemas['Condition']
export type Op = NonNullable<Cond['op']>
export type Field = Schemas['FormField']
export type FieldType = Field['type']
export type Option = Schemas['Option']
export type Repeat = Schemas['Repeat']
export type Section = Schemas['Section']
export type Material = Schemas['Material']
export type Declaration = Schemas['Declaration']
export type Form = Schemas['Form']

export interface FieldError {
  pointer: string
  code: string
  detail?: string
}
