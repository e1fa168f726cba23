/** A form while it is being filled in (填写中的表单): the one place that holds its state.
 *
 * The page asks it for what to draw and tells it what the person did; it never touches the screen,
 * the network or the storage.
 */
import { answerOf, withAnswer, withoutRow, withRow } from '../../../forms/answers'
import { startingValues } from '../../../forms/provenance'
import { check, examine, isEmpty, wantedMaterials } from '../../../forms/rules'
import { today } from '../../../services/dates'
import { elementId, sectionViews, type SectionView } from '../../../forms/view'
import { errorTexts } from '../../../forms/wording'
import type { FieldError, FieldType, Form, Row, Values } from '../../../forms/model'
import type { Application, Attachments, Case, Document } from '../../../services/types'

export interface MaterialView {
  code: string
  id: string
  name: string
  type: string
  required: boolean
  standard: string
  /** Facts replace it (免交). */
  waived: boolean
  note: string
  error: string
  attached: { id: string; name: string; note: string; bad: boolean }[]
  /** Papers already in My Space that would do. */
  offers: { id: string; name: string }[]
}

export interface DeclarationView {
  code: string
  text: string
  on: boolean
  id: string
  error: string
}

interface Asked {
  fields: ReadonlySet<string>
  papers: ReadonlySet<string>
}

interface Kept {
  values: Values
  materials: Attachments
}

export class Filling {
  values: Values
  attachments: Attachments
  private errors: Record<string, string> = {}
  private declared: string[] = []
  private readonly opened = new Set<string>()
  /** Codes the person has answered, or emptied on purpose. */
  private readonly touched = new Set<string>()
  private readonly documents = new Map<string, Document>()
  /** Codes a correction asks for; null for a new application. */
  private readonly asked: Asked | null
  /** Papers that a correction wants replaced. */
  private readonly refused: ReadonlySet<string>
  private readonly seenAtFirst: ReadonlySet<string>

  constructor(
    readonly form: Form,
    private application: Application,
    kept: Kept | null,
    corrected: Case | null = null,
  ) {
    const given = corrected ? keptPapers(corrected) : readyPapers(application)
    this.values = corrected ? { ...corrected.values, ...kept?.values } : startingValues(application, kept?.values ?? null)
    this.attachments = { ...given, ...kept?.materials }
    for (const state of Object.values(application.materials)) this.know(state.documents)
    for (const documents of Object.values(corrected?.materials ?? {})) this.know(documents)
    this.asked = corrected && this.askedBy(corrected)
    this.refused = new Set([...(this.asked?.papers ?? [])].flatMap((code) =>
      (corrected?.materials[code] ?? []).map(({ id }) => id)))
    this.seenAtFirst = new Set(this.places(corrected?.values ?? {}).map((place) => place.pointer))
    if (corrected && !kept) this.explain(corrected)
  }

  know(documents: readonly Document[]): void {
    for (const document of documents) this.documents.set(document.id, document)
  }

  /** Papers in the draft whose names we have not been told. */
  get strangers(): boolean {
    return Object.values(this.attachments).some((ids) => ids.some((id) => !this.documents.has(id)))
  }

  /** Registers still being asked (资料调取中): what came meanwhile fills what is still blank. */
  learn(application: Application): void {
    this.application = { ...application, form: this.form }
    for (const state of Object.values(application.materials)) this.know(state.documents)
    const offered = startingValues(application, null)
    for (const [code, value] of Object.entries(offered)) {
      if (isEmpty(this.values[code]) && !this.touched.has(code)) this.values = { ...this.values, [code]: value }
    }
    this.attachments = { ...readyPapers(application), ...this.attachments }
  }

  // What to draw

  sections(): SectionView[] {
    const { application, values, errors, opened } = this
    const examined = examine(this.form, values, today())
    return sectionViews({ examined, application, values, errors, opened, only: this.only(), today: today() })
  }

  materials(): MaterialView[] {
    return wantedMaterials(this.form, examine(this.form, this.values, today()).values)
      .filter(({ material: { code } }) => !this.asked || this.asked.papers.has(code) || `/materials/${code}` in this.errors)
      .map(({ material, required }) => {
        const state = this.application.materials[material.code]
        const ids = this.attachments[material.code] ?? []
        const pick = (id: string) => {
          const { name = '已上传的材料', scan_note: note = '', scan } = this.documents.get(id) ?? {}
          return { id, name, note, bad: scan === 'infected' }
        }
        const offers = (state?.documents ?? []).filter(({ id }) => !ids.includes(id) && !this.refused.has(id))
        return {
          code: material.code,
          id: elementId(`material-${material.code}`),
          name: material.name,
          type: material.type ?? material.code,
          required,
          standard: material.standard ?? '',
          waived: state?.state === 'satisfied' && state.by === 'fact',
          note: this.asked ? '' : state?.note ?? '',
          error: this.errors[`/materials/${material.code}`] ?? '',
          attached: ids.map(pick),
          offers: offers.map(({ id }) => pick(id)),
        }
      })
  }

  declarations(): DeclarationView[] {
    if (this.asked) return []
    return this.form.declarations.map(({ code, text }) => ({
      code,
      text,
      on: this.declared.includes(code),
      id: elementId(`declaration-${code}`),
      error: this.errors[`/declarations/${code}`] ?? '',
    }))
  }

  // What the person does

  answer(key: string, type: FieldType, said: string | string[]): void {
    this.values = withAnswer(this.values, key, answerOf(type, said))
    this.opened.add(key)
    this.touched.add(key.split('/')[0])
    this.excuse(`/values/${key}`)
  }

  edit(key: string): void {
    this.opened.add(key)
  }

  addRow(section: string): void {
    this.values = withRow(this.values, section)
    this.touched.add(section)
    this.excuse(`/values/${section}`)
  }

  removeRow(section: string, index: number): void {
    this.values = withoutRow(this.values, section, index)
    this.touched.add(section)
    this.excuse(`/values/${section}`)
  }

  attach(material: string, document: Document | string): void {
    if (typeof document !== 'string') this.know([document])
    const id = typeof document === 'string' ? document : document.id
    this.attachments = { ...this.attachments, [material]: [...(this.attachments[material] ?? []), id] }
    this.excuse(`/materials/${material}`)
  }

  detach(material: string, id: string): void {
    const ids = (this.attachments[material] ?? []).filter((other) => other !== id)
    this.attachments = { ...this.attachments, [material]: ids }
  }

  declare(codes: string[]): void {
    this.declared = codes
    for (const code of codes) this.excuse(`/declarations/${code}`)
  }

  // Handing in

  /** Number of mistakes; they are shown from now on. */
  check(): number {
    const declared = this.asked ? this.form.declarations.map(({ code }) => code) : this.declared
    const waived = Object.entries(this.application.materials)
      .filter(([, state]) => state.state === 'satisfied')
      .map(([code]) => code)
    const { errors } = check(this.form, this.known(), this.papers(), declared, today(), waived)
    const missing = [...(this.asked?.papers ?? [])].filter((code) => !this.attachments[code]?.length)
    const unsaid = missing.filter((code) => !errors.some(({ pointer }) => pointer === `/materials/${code}`))
    return this.blame([...errors, ...unsaid.map((code) => ({ pointer: `/materials/${code}`, code: 'material_missing' }))])
  }

  /** Shows mistakes the server found. */
  blame(errors: readonly FieldError[]): number {
    this.errors = errorTexts(this.form, errors)
    return errors.length
  }

  /** Element id of the first mistake on the page, top to bottom. */
  firstMistake(): string {
    for (const section of this.sections()) {
      if (section.error) return section.id
      const wrong = section.rows.flatMap((row) => row.fields).find((field) => field.error)
      if (wrong) return wrong.id
    }
    const others = [...this.materials(), ...this.declarations()]
    return others.find((part) => part.error)?.id ?? ''
  }

  submission() {
    const { item, version } = this.form
    const { values } = examine(this.form, this.known(), today())
    return { item, version, values, materials: this.papers(), declarations: this.declared }
  }

  /** Papers of the materials that are wanted now. */
  private papers(): Attachments {
    const wanted = wantedMaterials(this.form, examine(this.form, this.values, today()).values)
    const codes = new Set(wanted.map(({ material }) => material.code))
    const used = Object.entries(this.attachments).filter(([code, ids]) => codes.has(code) && ids.length > 0)
    return Object.fromEntries(used)
  }

  /** Answers to questions of this form: a register may supply more than the form asks. */
  private known(): Values {
    const only = (row: Row, codes: string[]): Row =>
      Object.fromEntries(Object.entries(row).filter(([code]) => codes.includes(code)))
    const answers: Values = {}
    for (const section of this.form.sections) {
      const codes = section.fields.map((field) => field.code)
      const rows = this.values[section.code]
      if (!section.repeat) Object.assign(answers, only(this.values as Row, codes))
      else if (Array.isArray(rows)) answers[section.code] = (rows as Row[]).map((row) => only(row, codes))
    }
    return answers
  }

  private places(values: Values) {
    return examine(this.form, values, today()).places
  }

  /** Fields to show in a correction: those asked for, and those an answer made appear. */
  private only(): ReadonlySet<string> | null {
    if (!this.asked) return null
    const appeared = this.places(this.values)
      .filter((place) => !this.seenAtFirst.has(place.pointer))
      .map((place) => this.shownAs(place.field.code))
    return new Set([...this.asked.fields, ...appeared])
  }

  /** A field of a repeated group is shown with its whole group. */
  private shownAs(code: string): string {
    const group = this.form.sections.find((section) =>
      section.repeat && section.fields.some((field) => field.code === code))
    return group ? group.code : code
  }

  private askedBy(corrected: Case): Asked {
    const items = corrected.correction?.items ?? []
    const codes = (wanted: 'field' | 'material') =>
      items.filter(({ target }) => target === wanted).map(({ code }) => code)
    return {
      fields: new Set(codes('field').map((code) => this.shownAs(code))),
      papers: new Set(codes('material')),
    }
  }

  private explain(corrected: Case): void {
    for (const { target, code, reason } of corrected.correction?.items ?? []) {
      const pointer = target === 'material' ? `/materials/${code}` : `/values/${this.shownAs(code)}`
      this.errors[pointer] = `需要更正：${reason}`
    }
  }

  private excuse(pointer: string): void {
    const { [pointer]: _, ...rest } = this.errors
    this.errors = rest
  }
}

/** What was handed in, without the papers that have to be replaced. */
function keptPapers({ materials, correction }: Case): Attachments {
  const replaced = new Set(correction?.items.map(({ target, code }) => (target === 'material' ? code : '')))
  const kept = Object.entries(materials).filter(([code]) => !replaced.has(code))
  return Object.fromEntries(kept.map(([code, documents]) => [code, documents.map(({ id }) => id)]))
}

/** Papers from My Space that already satisfy a material are handed in without asking. */
function readyPapers(application: Application): Attachments {
  const ready = Object.entries(application.materials)
    .filter(([, state]) => state.state === 'satisfied' && state.by === 'document')
    .map(([code, state]) => [code, state.documents.map(({ id }) => id)] as const)
  return Object.fromEntries(ready)
}
