/** Short names for what the server answers (接口数据); the shapes are generated (`npm run types`). */
import type { Scalar, Values } from '../forms/model'
import type { components } from './schema'

type Schemas = components['schemas']
/** What a person typed is open in the description: the form says what fits. */
type Typed<T extends { values: unknown }> = Omit<T, 'values'> & { values: Values }

export type Lang = 'zh-CN' | 'zh-Hant' | 'en'
export type Named = Schemas['Named']

export type Home = Schemas['Home']
export type ItemCard = Schemas['ItemCard']
export type ItemMaterial = Schemas['Material']

export type Session = Schemas['SessionView']
/** Whose data a device keeps: the account's opaque mark, and whom it acts for. */
export const ownerOf = (session: Session): string => session.owner ?? session.name ?? ''

export type Grade = Schemas['Known']['grade']
export type Prefilled = Omit<Schemas['Known'], 'value'> & { value: Values[string] }
export type Doc = Schemas['Document']
export type MaterialState = Schemas['PaperState']
export type ServerDraft = Typed<Schemas['DraftOut']>
export type Application = Omit<Schemas['ApplicationOut'], 'draft' | 'prefill'> & {
  draft: ServerDraft | null
  prefill: Record<string, Prefilled>
}
export type Submission = Typed<Schemas['CaseIn']>

export type DraftCard = Schemas['DraftLine']
export type CaseCard = Schemas['CaseCard']
export type TimelineEntry = Schemas['Mark']
export type CorrectionItem = Schemas['CorrectionItem']
export type Case = Typed<Schemas['CaseOut']>
export type CaseLog = Schemas['LogOut']

export type Fact = Omit<Schemas['Fact'], 'value'> & { value?: Scalar | unknown }
export type Read = Schemas['Read']
export type Space = Schemas['SpaceOut']
export type Notice = Schemas['NoticeOut']
