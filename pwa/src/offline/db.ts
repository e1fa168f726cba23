/** What this device keeps (IndexedDB): drafts being written and submissions not yet sent. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Application, Submission } from '../api/models'
import type { FieldError, Values } from '../forms/model'

export interface LocalDraft {
  /** owner + item */
  id: string
  owner: string
  item: string
  values: Values
  materials: Record<string, string[]>
  declarations: string[]
  /** the server's revision these values were built on; 0 when the server has none */
  revision: number
  /** changed here since the server last took it */
  unsent: boolean
  /** stays the same until a submission has succeeded, so that a repeat can never make two cases */
  submitKey: string
  /** the form and what it was pre-filled with, so that filling goes on without a network */
  snapshot: Application | null
  savedAt: number
}

export interface Waiting {
  key: string
  owner: string
  title: string
  /** whose name it goes out in, when not one's own */
  behalf?: string
  body: Submission
  at: number
  state: 'waiting' | 'refused'
  refusal?: { title: string; fix: string; errors: FieldError[] }
}

interface Kept extends DBSchema {
  drafts: { key: string; value: LocalDraft }
  outbox: { key: string; value: Waiting }
}

let opened: Promise<IDBPDatabase<Kept>> | undefined

export function device(): Promise<IDBPDatabase<Kept>> {
  opened ??= openDB<Kept>('yimen', 1, {
    upgrade(db) {
      db.createObjectStore('drafts', { keyPath: 'id' })
      db.createObjectStore('outbox', { keyPath: 'key' })
    },
    blocking() {
      // another tab wants to upgrade or delete the database: step aside
      void opened?.then((db) => db.close())
      opened = undefined
    },
    terminated() {
      opened = undefined
    },
  })
  return opened
}

/** A copy without reactive wrappers, which IndexedDB can not store. */
export const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
