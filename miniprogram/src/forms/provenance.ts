/** Where a value came from (数据来源), as one short line under the field. */
import { dateText } from '../services/dates'
import type { Application, Prefill } from '../services/types'
import type { Value, Values } from './model'

export interface Badge {
  text: string
  tone: 'badge-ok' | 'badge-warn' | 'badge-plain'
}

export function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left ?? null) === JSON.stringify(right ?? null)
}

/** Whether the value on screen is still the one a register vouches for. */
export function vouched(prefill: Prefill | undefined, value: Value): boolean {
  return prefill !== undefined && prefill.state === 'verified' && same(prefill.value, value)
}

/** The badge of a field or of a repeated section; null when nothing need be said. */
export function badgeOf(application: Application, code: string, value: Value): Badge | null {
  const prefill = application.prefill[code]
  if (prefill) {
    if (!same(prefill.value, value)) return { text: '已由您修改', tone: 'badge-plain' }
    if (prefill.state !== 'verified') return { text: `${prefill.source_name} · 待核验`, tone: 'badge-warn' }
    const day = prefill.verified_at ? ` · ${dateText(prefill.verified_at)}核验` : ''
    return { text: `来自${prefill.source_name}${day}`, tone: 'badge-ok' }
  }
  const down = application.down.find((source) => source.fields.includes(code))
  if (down) return { text: `${down.source_name}暂时连不上，请先自己填写，稍后核验`, tone: 'badge-warn' }
  return null
}

/** Values a form opens with: the registers', overlaid with what the person already wrote. */
export function startingValues(application: Application, draft: Values | null): Values {
  const values: Values = {}
  for (const [code, prefill] of Object.entries(application.prefill)) values[code] = prefill.value as Value
  return { ...values, ...draft }
}
