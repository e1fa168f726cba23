/** Which answers a person finds when she opens a form: hers first, then what the city knows. Pure, tested. */
import type { Application, ServerDraft } from '../../api/models'
import type { Values } from '../../forms/model'
import type { LocalDraft } from '../../offline/db'

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
export const sameAnswers = (a: unknown, b: unknown) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!value || typeof value !== 'object') return value === '' ? null : (value ?? null)
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>)
      .filter(([, one]) => one !== null && one !== undefined && one !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  )
}

export interface Start {
  values: Values
  materials: Record<string, string[]>
  declarations: string[]
  revision: number
  /** set when this device and another one both changed the draft since they last agreed */
  conflict: ServerDraft | null
}

/** Documents that already satisfy a material are taken at once; the person may change them. */
function readyMaterials(application: Application): Record<string, string[]> {
  const ready: Record<string, string[]> = {}
  for (const [code, state] of Object.entries(application.materials)) {
    if (state.state === 'satisfied' && state.by === 'document' && state.documents[0]) {
      ready[code] = [state.documents[0].id]
    }
  }
  return ready
}

export function startFrom(application: Application, local: LocalDraft | undefined): Start {
  const prefilled: Values = {}
  for (const [code, one] of Object.entries(application.prefill)) prefilled[code] = copy(one.value)
  const server = application.draft
  const ready = readyMaterials(application)
  const mine = local?.unsent ? local : undefined
  const revision = server?.revision ?? 0
  const chosen = mine ?? server
  const conflict =
    mine && server && mine.revision !== server.revision &&
    !(sameAnswers(mine.values, server.values) && sameAnswers(mine.materials, server.materials))
      ? server
      : null
  return {
    values: { ...prefilled, ...copy(chosen?.values ?? {}) },
    materials: { ...ready, ...copy(chosen?.materials ?? {}) },
    declarations: local?.declarations ?? [],
    revision: conflict ? mine!.revision : revision,
    conflict,
  }
}

/** Whether no register has answered yet: then only what was typed at sign-in is known. */
export function awaitsRegisters(application: Application): boolean {
  const own = ['identity', 'declared']
  return !Object.values(application.prefill).some((one) => !own.includes(one.source))
}

/** What the city has found out since, for questions that the person has neither answered nor cleared. */
export function unanswered(application: Application, values: Values): Values {
  const found: Values = {}
  for (const [code, one] of Object.entries(application.prefill)) {
    if (values[code] === undefined) found[code] = copy(one.value)
  }
  return found
}

/** Only what differs is worth showing when the person has to choose between two drafts. */
export function differing(mine: Values, other: Values): string[] {
  return [...new Set([...Object.keys(mine), ...Object.keys(other)])].filter(
    (code) => !sameAnswers(mine[code], other[code]),
  )
}
