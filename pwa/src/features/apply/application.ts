/**
 * One application being written (申请): opens it, keeps every change on this device at once and on the
 * server soon after, and submits it under one key until that has succeeded.
 */
import { computed, nextTick, onBeforeUnmount, reactive, ref, shallowRef, watch } from 'vue'
import { readApplication, saveDraft, submitCase } from '../../api/applying'
import { asProblem, Problem } from '../../api/client'
import type { Application, Doc, ServerDraft } from '../../api/models'
import type { Form, Values } from '../../forms/model'
import { check } from '../../forms/rules'
import { lang } from '../../i18n'
import { cityToday } from '../../i18n/dates'
import type { LocalDraft } from '../../offline/db'
import { dropLocalDraft, findDraft, keepDraft, newDraft } from '../../offline/drafts'
import { sendLater } from '../../offline/sending'
import { useSession } from '../../stores/session'
import { awaitsRegisters, startFrom, unanswered, type Start } from './merging'

export type SaveState = 'clean' | 'saving' | 'saved' | 'device' | 'signed_out' | 'conflict' | 'acting'
const LOCAL_PAUSE = 250
const SERVER_PAUSE = 1500
const REGISTER_PAUSES = [600, 900, 1500, 3000, 6000]

export function useApplication(code: string) {
  const session = useSession()
  const application = shallowRef<Application>()
  const form = shallowRef<Form>()
  const problem = shallowRef<Problem>()
  const loading = ref(true)
  const values = reactive<Values>({})
  const materials = reactive<Record<string, string[]>>({})
  const declarations = ref<string[]>([])
  const documents = reactive(new Map<string, Doc>())
  const save = ref<SaveState>('clean')
  const savedAt = ref('')
  const conflict = shallowRef<ServerDraft | null>(null)
  const submitting = ref(false)
  const asking = ref(false)
  let left = false
  let local: LocalDraft = newDraft(session.owner, code)
  let watching = false
  let localTimer: ReturnType<typeof setTimeout> | undefined
  let serverTimer: ReturnType<typeof setTimeout> | undefined

  const waived = computed(() =>
    Object.entries(application.value?.materials ?? {})
      .filter(([, state]) => state.state === 'satisfied' && state.by === 'fact')
      .map(([material]) => material),
  )
  const seen = computed(() =>
    form.value
      ? check(form.value, values, materials, declarations.value, cityToday(), waived.value)
      : { sections: [], places: [], errors: [], values: {} },
  )

  function fill(start: Pick<Start, 'values' | 'materials'>) {
    for (const key of Object.keys(values)) delete values[key]
    for (const key of Object.keys(materials)) delete materials[key]
    Object.assign(values, start.values)
    Object.assign(materials, start.materials)
  }

  async function open() {
    loading.value = true
    problem.value = undefined
    watching = false
    const found = await findDraft(session.owner, code).catch(() => undefined)
    try {
      application.value = await readApplication(code)
      if (!application.value.form) throw new Problem(500, 'failed')
    } catch (error) {
      const refused = asProblem(error)
      if ((refused.offline || refused.signedOut) && found?.snapshot) application.value = found.snapshot
      else problem.value = refused
    }
    if (application.value && !problem.value) {
      form.value = application.value.form!
      for (const state of Object.values(application.value.materials)) {
        for (const document of state.documents) documents.set(document.id, document)
      }
      const start = startFrom(application.value, found)
      local = found ?? newDraft(session.owner, code)
      local.revision = start.revision
      local.snapshot = application.value
      declarations.value = start.declarations
      fill(start)
      conflict.value = start.conflict
      if (start.conflict) save.value = 'conflict'
      else if (found?.unsent) changed()
    }
    loading.value = false
    await nextTick()
    watching = true
    if (application.value && !problem.value && awaitsRegisters(application.value)) void awaitRegisters()
  }

  /** Right after a first sign-in the registers are still being asked: what they answer is added as it comes. */
  async function awaitRegisters() {
    asking.value = true
    let known = ''
    for (const pause of REGISTER_PAUSES) {
      await new Promise((done) => setTimeout(done, pause))
      if (left) return
      const fresh = await readApplication(code).catch(() => undefined)
      if (!fresh || left) break
      await absorb(fresh)
      const now = JSON.stringify(fresh.prefill)
      if (!awaitsRegisters(fresh) && now === known) break
      known = now
    }
    asking.value = false
  }
  /** Takes over what is new, never touching what the person has answered or cleared. */
  async function absorb(fresh: Application) {
    const before = watching
    watching = false
    application.value = { ...fresh, draft: application.value?.draft ?? null }
    local.snapshot = application.value
    Object.assign(values, unanswered(fresh, values))
    for (const state of Object.values(fresh.materials)) {
      for (const document of state.documents) documents.set(document.id, document)
    }
    await nextTick()
    watching = before
  }

  function snapshot(): LocalDraft {
    return Object.assign(local, { values, materials, declarations: declarations.value })
  }
  async function keepHere() {
    clearTimeout(localTimer)
    localTimer = undefined
    await keepDraft(snapshot()).catch(() => undefined)
  }
  function changed() {
    local.unsent = true
    if (save.value === 'clean' || save.value === 'saved') save.value = 'saving'
    clearTimeout(localTimer)
    localTimer = setTimeout(() => void keepHere(), LOCAL_PAUSE)
    if (save.value === 'conflict' || save.value === 'acting') return
    clearTimeout(serverTimer)
    serverTimer = setTimeout(() => void send(), SERVER_PAUSE)
  }

  let sending: Promise<void> | undefined
  function send(): Promise<void> {
    clearTimeout(serverTimer)
    sending ??= sendNow().finally(() => (sending = undefined))
    return sending
  }
  async function sendNow() {
    if (session.owner !== local.owner) return keepHere() // the page already acts for somebody else
    const sent = JSON.stringify([values, materials])
    try {
      const body = { revision: local.revision, values: { ...values }, materials: { ...materials } }
      const kept = await saveDraft(code, body)
      local.revision = kept.revision
      savedAt.value = kept.updated_at
      local.unsent = JSON.stringify([values, materials]) !== sent
      save.value = local.unsent ? 'saving' : 'saved'
      if (local.unsent) serverTimer = setTimeout(() => void send(), SERVER_PAUSE)
    } catch (error) {
      const refused = asProblem(error)
      if (refused.code === 'draft_changed') {
        conflict.value = (refused.params.current as ServerDraft | undefined) ?? null
        save.value = 'conflict'
      } else if (/^acting_|^beyond_scope$/.test(refused.code)) save.value = 'acting'
      else save.value = refused.signedOut ? 'signed_out' : 'device'
      // without a network or a sane server the device keeps everything and tries again
      if (save.value === 'device') {
        serverTimer = setTimeout(() => void send(), 15_000)
      }
    }
    await keepHere()
  }

  /** The person chose: her answers on this device, or those of the other one. */
  async function resolve(choice: 'mine' | 'other') {
    const other = conflict.value
    conflict.value = null
    if (!other) return
    local.revision = other.revision
    if (choice === 'other') {
      watching = false
      fill({ values: { ...other.values }, materials: { ...other.materials } })
      local.unsent = false
      save.value = 'saved'
      await keepHere()
      watching = true
    } else {
      save.value = 'saving'
      local.unsent = true
      await send()
    }
  }

  /** Returns the new case's number, or null when it waits in the outbox. Raises `Problem` otherwise. */
  async function submit(): Promise<string | null> {
    clearTimeout(serverTimer)
    const wanted = new Set(form.value!.materials.map((material) => material.code))
    const given = Object.entries(materials).filter(([key, ids]) => wanted.has(key) && ids.length)
    const body = {
      item: code,
      version: application.value!.version,
      values: JSON.parse(JSON.stringify(seen.value.values)) as Values,
      materials: Object.fromEntries(given),
      declarations: [...declarations.value],
    }
    submitting.value = true
    await sending
    await keepHere()
    try {
      const made = await submitCase(body, local.submitKey)
      watching = false
      await dropLocalDraft(local.owner, code).catch(() => undefined)
      return made.number
    } catch (error) {
      const refused = asProblem(error)
      if (!refused.offline) throw refused
      const behalf = session.info.acting?.name
      await sendLater({ key: local.submitKey, owner: local.owner, title: form.value!.title, behalf, body })
      watching = false
      return null
    } finally {
      submitting.value = false
    }
  }

  watch([values, materials, declarations], () => watching && changed(), { deep: true })
  watch(() => session.signedIn, (signedIn) => signedIn && save.value === 'signed_out' && void send())
  watch(lang, async () => {
    // another language: other labels, the same answers
    const other = await readApplication(code).catch(() => undefined)
    if (!other?.form) return
    application.value = { ...other, draft: application.value?.draft ?? null }
    form.value = other.form
  })
  const leave = () => {
    if (localTimer) void keepHere()
    if (local.unsent && save.value === 'saving') void send()
  }
  const online = () => local.unsent && save.value === 'device' && void send()
  document.addEventListener('visibilitychange', leave)
  addEventListener('pagehide', leave)
  addEventListener('online', online)
  onBeforeUnmount(() => {
    left = true
    if (watching) leave()
    document.removeEventListener('visibilitychange', leave)
    removeEventListener('pagehide', leave)
    removeEventListener('online', online)
    clearTimeout(serverTimer)
  })
  void open()

  return {
    application, form, problem, loading, values, materials, declarations, documents, waived, seen,
    save, savedAt, conflict, submitting, asking, open, send, keepHere, resolve, submit,
    submitKey: () => local.submitKey,
  }
}

export type Writing = ReturnType<typeof useApplication>
