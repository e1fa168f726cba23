/** Drafts (草稿): every keystroke is kept on the phone at once and on the platform a moment later.
 *
 * The phone's copy is what survives a lost network or an expired session; the platform's copy is
 * what other channels see. `revision` tells whether somebody else saved in between.
 */
import type { Values } from '../forms/model'
import { call } from './api'
import { OFFLINE, Problem, toProblem } from './problem'
import { current } from './session'
import { read, remove, write } from './storage'
import type { Attachments, Draft } from './types'

export interface LocalDraft {
  /** Mark of the account that wrote it, and for whom: nobody else on this phone gets to see it. */
  owner: string | null
  revision: number
  values: Values
  materials: Attachments
  /** Whether the platform has not got it yet. */
  unsent: boolean
}

export type SaveState = 'idle' | 'saving' | 'saved' | 'offline' | 'signed-out' | 'refused'

const PAUSE_MS = 800

function owner(): string | null {
  return current()?.owner ?? null
}

/** One copy for each of those whom the person acts for. */
const slot = (item: string, whose = owner()) => `draft:${whose ?? ''}:${item}` as const

/** The phone's copy, if the person now signed in wrote it. */
export function localDraft(item: string): LocalDraft | null {
  const kept = read<LocalDraft>(slot(item))
  return kept && kept.owner === owner() ? kept : null
}

export function forgetLocalDraft(item: string): void {
  remove(slot(item))
}

interface Listener {
  state(state: SaveState, problem: Problem | null): void
  /** Another device saved first; answers with the copy to go on with. */
  conflict(theirs: Draft): Promise<'mine' | 'theirs'>
}

/** Saves one draft: one request at a time, the latest content last. */
export class DraftSaver {
  private content: Pick<Draft, 'values' | 'materials'> | null = null
  private timer = 0
  private queue: Promise<void> = Promise.resolve()
  private readonly owner = owner()

  constructor(
    private readonly item: string,
    private revision: number,
    private readonly listener: Listener,
  ) {}

  /** Keeps the content on the phone now and sends it after a pause in typing. */
  change(values: Values, materials: Attachments): void {
    this.content = { values, materials }
    this.keep(true)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.flush(), PAUSE_MS)
  }

  /** Sends what is unsent; resolves when the platform has it or cannot have it now. */
  flush(): Promise<void> {
    clearTimeout(this.timer)
    this.queue = this.queue.then(() => (this.content ? this.send() : undefined))
    return this.queue
  }

  /** The draft has become a case: nothing more to save, nothing to keep on the phone. */
  finish(): void {
    clearTimeout(this.timer)
    this.content = null
    forgetLocalDraft(this.item)
  }

  private async send(): Promise<void> {
    const content = this.content!
    if (owner() !== this.owner) return this.listener.state('signed-out', null)
    this.listener.state('saving', null)
    try {
      const body = { revision: this.revision, ...content }
      const saved = await call<{ revision: number }>('PUT', `/api/drafts/${this.item}`, { body })
      this.revision = saved.revision
      if (this.content === content) {
        this.content = null
        this.keep(false, content)
        this.listener.state('saved', null)
      }
    } catch (fault) {
      await this.failed(toProblem(fault))
    }
  }

  private async failed(problem: Problem): Promise<void> {
    if (problem.code === 'draft_changed') {
      const theirs = problem.body.current as Draft | null
      const choice = theirs ? await this.listener.conflict(theirs) : 'mine'
      this.revision = theirs?.revision ?? 0
      if (choice === 'mine' || !theirs) return this.send()
      this.content = null
      this.keep(false, theirs)
      return
    }
    const state = problem.signedOut ? 'signed-out' : problem.settled ? 'refused' : 'offline'
    this.listener.state(state, problem === OFFLINE ? null : problem)
  }

  private keep(unsent: boolean, content = this.content!): void {
    const { values, materials } = content
    const draft: LocalDraft = { owner: this.owner, revision: this.revision, values, materials, unsent }
    write(slot(this.item, this.owner), draft)
  }
}

/** Keeps an answer to a correction (补正) on the phone only; the platform has no draft for it. */
export class PhoneKeeper {
  private readonly owner = owner()

  constructor(private readonly name: string) {}

  change(values: Values, materials: Attachments): void {
    const draft: LocalDraft = { owner: this.owner, revision: 0, values, materials, unsent: true }
    write(slot(this.name, this.owner), draft)
  }

  async flush(): Promise<void> {
    // already where it stays
  }

  finish(): void {
    forgetLocalDraft(this.name)
  }
}
