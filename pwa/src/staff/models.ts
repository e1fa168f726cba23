/** What the office's endpoints answer: short names for the generated shapes. */
import type { components } from '../api/schema'

type Schemas = components['schemas']

export type Light = Schemas['Light']
export type Step = Schemas['ActionIn']
export type Action = Step['action']
export type Target = Schemas['ItemIn']['target']

export type Summary = Schemas['StaffSummary']
export type QueueLine = Schemas['QueueLine']
export type QueuePage = Schemas['QueueOut']
export interface QueueQuery {
  status?: string
  q?: string
  light?: Light
  cursor?: string
}

export type StaffField = Schemas['StaffField']
export type StaffSection = Schemas['StaffSection']
export type StaffPaper = Schemas['StaffPaper']
export type Clock = Schemas['StaffClock']
export type StaffCase = Omit<Schemas['StaffCase'], 'may'> & { may: Action[] }
