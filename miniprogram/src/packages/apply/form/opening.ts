/** Opening a form (打开表单): the application, the phone's copy and the case being corrected. */
import { call } from '../../../services/api'
import { DraftSaver, forgetLocalDraft, localDraft, PhoneKeeper, type SaveState } from '../../../services/drafts'
import type { Problem } from '../../../services/problem'
import type { Application, Case, Document, Draft } from '../../../services/types'
import { Filling } from './filling'

export interface Opened {
  filling: Filling
  saver: DraftSaver | PhoneKeeper
  application: Application
  /** Content the platform has not got yet was found on the phone. */
  recovered: boolean
  correction: Case['correction']
}

interface Listener {
  state(state: SaveState, problem: Problem | null): void
  conflict(theirs: Draft): Promise<'mine' | 'theirs'>
}

/** A new application, going on from the draft. Raises Problem. */
export async function openApplication(item: string, listener: Listener): Promise<Opened> {
  const application = await fetchApplication(item)
  const server = application.draft
  const local = localDraft(item)
  let kept: Draft | null = server
  let recovered = false
  if (local?.unsent) {
    const mine = local.revision === (server?.revision ?? 0) || (await listener.conflict(server!)) === 'mine'
    if (mine) {
      kept = { ...local, revision: server?.revision ?? 0, updated_at: '' }
      recovered = true
    } else {
      forgetLocalDraft(item)
    }
  }
  const filling = new Filling(application.form!, application, kept)
  const saver = new DraftSaver(item, server?.revision ?? 0, listener)
  if (recovered) saver.change(filling.values, filling.attachments)
  await nameStrangers(filling)
  return { filling, saver, application, recovered, correction: null }
}

/** A case sent back for correction (补正): only what was asked for. Raises Problem. */
export async function openCorrection(item: string, number: string): Promise<Opened> {
  const [application, corrected] = await Promise.all([
    fetchApplication(item),
    call<Case>('GET', `/api/cases/${number}`),
  ])
  const name = `correction-${number}`
  const local = localDraft(name)
  const filling = new Filling(application.form!, application, local, corrected)
  await nameStrangers(filling)
  return {
    filling,
    saver: new PhoneKeeper(name),
    application,
    recovered: local !== null,
    correction: corrected.correction,
  }
}

function fetchApplication(item: string): Promise<Application> {
  return call<Application>('GET', `/api/items/${item}/application`, { query: { form: '1' } })
}

/** Whether some register has not answered yet, as in the first moments after registration. */
export function unanswered({ down, prefill }: Application): boolean {
  return down.length > 0 || Object.keys(prefill).length === 0
}

/** Looks again at what the registers say by now, without the form. Raises Problem. */
export function lookAgain(item: string): Promise<Application> {
  return call<Application>('GET', `/api/items/${item}/application`)
}

async function nameStrangers(filling: Filling): Promise<void> {
  if (!filling.strangers) return
  const { documents } = await call<{ documents: Document[] }>('GET', '/api/documents')
  filling.know(documents)
}
