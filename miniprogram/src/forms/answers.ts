/** Writing answers (填写): immutable updates of the values by key, and the smallest redraw. */
import type { FieldType, Row, Value, Values } from './model'
import type { SectionView } from './view'

/** What an input reported, as the value the rules expect. Unreadable numbers stay text: a `type` error. */
export function answerOf(type: FieldType, said: string | string[]): Value {
  if (Array.isArray(said)) return said
  const text = said.trim()
  if (text === '') return null
  if (type === 'yes_no') return text === 'true'
  if (type === 'number' || type === 'money') return Number.isFinite(Number(text)) ? Number(text) : text
  return said
}

export function withAnswer(values: Values, key: string, value: Value): Values {
  const [first, index, code] = key.split('/') as [string, string?, string?]
  if (index === undefined || code === undefined) return { ...values, [first]: value }
  const rows = [...((values[first] as Row[] | undefined) ?? [])]
  rows[Number(index)] = { ...rows[Number(index)], [code]: value }
  return { ...values, [first]: rows }
}

export function withRow(values: Values, section: string): Values {
  return { ...values, [section]: [...((values[section] as Row[] | undefined) ?? []), {}] }
}

export function withoutRow(values: Values, section: string, index: number): Values {
  const rows = (values[section] as Row[] | undefined) ?? []
  return { ...values, [section]: rows.filter((_, at) => at !== index) }
}

/** setData paths that turn `before` into `after`; only what changed crosses to the view layer. */
export function redraw(before: SectionView[], after: SectionView[]): Record<string, unknown> {
  if (shape(before) !== shape(after)) return { sections: after }
  const changes: Record<string, unknown> = {}
  after.forEach((section, s) => {
    const { rows: _, ...head } = section
    for (const [name, value] of Object.entries(head)) {
      const was = (before[s] as unknown as Record<string, unknown>)[name]
      if (JSON.stringify(was) !== JSON.stringify(value)) changes[`sections[${s}].${name}`] = value
    }
    section.rows.forEach((row, r) =>
      row.fields.forEach((field, f) => {
        const was = before[s]!.rows[r]!.fields[f]
        if (JSON.stringify(was) !== JSON.stringify(field)) {
          changes[`sections[${s}].rows[${r}].fields[${f}]`] = field
        }
      }),
    )
  })
  return changes
}

function shape(sections: SectionView[]): string {
  return JSON.stringify(
    sections.map((section) => [section.code, section.rows.map((row) => row.fields.map((field) => field.key))]),
  )
}
