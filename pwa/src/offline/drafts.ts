/** Drafts on this device (本机草稿): written at every pause in typing, dropped after submission or a week. */
import { device, plain, type LocalDraft } from './db'

const WEEK = 7 * 24 * 3600 * 1000
const idOf = (owner: string, item: string) => `${owner}\u0000${item}`

export function newDraft(owner: string, item: string): LocalDraft {
  return {
    id: idOf(owner, item),
    owner,
    item,
    values: {},
    materials: {},
    declarations: [],
    revision: 0,
    unsent: false,
    submitKey: crypto.randomUUID(),
    snapshot: null,
    savedAt: 0,
  }
}

export async function findDraft(owner: string, item: string): Promise<LocalDraft | undefined> {
  return (await device()).get('drafts', idOf(owner, item))
}

export async function keepDraft(draft: LocalDraft): Promise<void> {
  await (await device()).put('drafts', plain({ ...draft, savedAt: Date.now() }))
}

export async function dropLocalDraft(owner: string, item: string): Promise<void> {
  await (await device()).delete('drafts', idOf(owner, item))
}

/** The account in a mark, whomever it acted for when something was kept. */
export const accountOf = (owner: string) => owner.split('/')[0]

/** A shared phone must not keep one person's answers for the next (or for ever). */
export async function forgetOthers(owner: string, now = Date.now()): Promise<void> {
  const others = (kept: { owner: string }) => accountOf(kept.owner) !== accountOf(owner)
  const db = await device()
  for (const draft of await db.getAll('drafts')) {
    if (others(draft) || now - draft.savedAt > WEEK) await db.delete('drafts', draft.id)
  }
  for (const waiting of await db.getAll('outbox')) {
    if (others(waiting)) await db.delete('outbox', waiting.key)
  }
}

export async function forgetEverything(): Promise<void> {
  const db = await device()
  await Promise.all([db.clear('drafts'), db.clear('outbox')])
}
