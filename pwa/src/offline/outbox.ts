/**
 * Submissions written without a network (待发送). Used by the page and by the service worker;
 * both may send at once, because the idempotency key makes the second sending harmless.
 */
import { ownerOf, type Session } from '../api/models'
import type { FieldError } from '../forms/model'
import { device, plain, type Waiting } from './db'
import { accountOf, dropLocalDraft } from './drafts'

export interface Flushed {
  sent: { key: string; number: string; title: string }[]
  waiting: number
  refused: number
}

export async function putOff(entry: Omit<Waiting, 'state' | 'at'>): Promise<void> {
  await (await device()).put('outbox', plain({ ...entry, state: 'waiting', at: Date.now() }))
}

/** What waits for an account, whomever it was written for. */
export async function listWaiting(owner: string): Promise<Waiting[]> {
  const all = await (await device()).getAll('outbox')
  return all.filter((entry) => accountOf(entry.owner) === accountOf(owner)).sort((a, b) => a.at - b.at)
}

export async function takeBack(key: string): Promise<void> {
  await (await device()).delete('outbox', key)
}

type Told = { code?: string; title?: string; fix?: string; errors?: FieldError[] }

/** Sends what waits, oldest first. Raises when the network or the server is away, so that a sync is retried. */
export async function flush(send: typeof fetch = fetch): Promise<Flushed> {
  const db = await device()
  const done: Flushed = { sent: [], waiting: 0, refused: 0 }
  const entries = (await db.getAll('outbox')).sort((a, b) => a.at - b.at)
  done.refused = entries.filter((entry) => entry.state === 'refused').length
  const todo = entries.filter((entry) => entry.state === 'waiting')
  done.waiting = todo.length
  if (!todo.length) return done

  const asked = await send('/auth/session', { headers: { Accept: 'application/json' } })
  if (!asked.ok) throw new Error('session')
  const session = (await asked.json()) as Session
  if (!session.signed_in) return done

  for (const entry of todo.filter(({ owner }) => owner === ownerOf(session))) {
    const answer = await send('/api/cases', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Idempotency-Key': entry.key,
        'X-CSRF-Token': session.csrf_token ?? '',
        'Yimen-Acting': session.acting?.id ?? 'self',
      },
      body: JSON.stringify(entry.body),
    })
    if (answer.status === 401) return done
    if (answer.status >= 500 || answer.status === 429) throw new Error('server')
    const told = (await answer.json().catch(() => ({}))) as Told & { number?: string }
    // somebody turned to another capacity just now: this waits for its own
    if (told.code === 'acting_changed') return done
    done.waiting -= 1
    if (answer.ok) {
      done.sent.push({ key: entry.key, number: told.number ?? '', title: entry.title })
      await db.delete('outbox', entry.key)
      await dropLocalDraft(entry.owner, entry.body.item)
    } else {
      done.refused += 1
      const refusal = { title: told.title ?? '', fix: told.fix ?? '', errors: told.errors ?? [] }
      await db.put('outbox', { ...entry, state: 'refused', refusal })
    }
  }
  return done
}
