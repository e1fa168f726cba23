/** Who is signed in (会话). The cookie is the truth; this is what the server last said about it. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { actAs, asProblem, onActing, onProveAgain, onSignedOut, useToken } from '../api/client'
import { endSession, readSession } from '../api/identity'
import { ownerOf, type Session } from '../api/models'
import { keep, kept } from './prefs'

const NOBODY: Session = { signed_in: false, kind: null, name: null, level: null, csrf_token: null }

export const useSession = defineStore('session', () => {
  /** whom the person acted for is known from the first moment, also without a network */
  const info = shallowRef<Session>({ ...NOBODY, acting: JSON.parse(kept('as') ?? 'null') as Session['acting'] })
  /** false until the server has answered once, e.g. during an offline start */
  const known = ref(false)
  /** true when a session ended while the person was in the middle of something */
  const expired = ref(false)
  const unread = ref(0)
  /** counts the changes of whom this page acts for: what it showed belonged to somebody else */
  const turn = ref(0)
  const signedIn = computed(() => info.value.signed_in && info.value.kind === 'person')
  const name = computed(() => info.value.name ?? '')
  const keptOwner = ref(kept('owner') ?? '')
  /**
   * Whose data this device keeps; survives an expired session, so that a draft finds its owner again.
   * The server's opaque mark, because two people may share a masked name.
   */
  const owner = computed(() => keptOwner.value)

  function own(next: string) {
    keptOwner.value = next
    keep('owner', next || null)
  }

  function accept(session: Session) {
    if (known.value && session.acting?.id !== info.value.acting?.id) turn.value += 1
    info.value = session
    keep('as', session.acting ? JSON.stringify(session.acting) : null)
    actAs(session.kind === 'person' ? (session.acting?.id ?? 'self') : '')
    known.value = true
    useToken(session.csrf_token ?? null)
    if (session.signed_in) {
      expired.value = false
      if (session.kind === 'person') own(ownerOf(session))
    }
  }

  let asking: Promise<void> | undefined
  function refresh(): Promise<void> {
    asking ??= readSession()
      .then(accept)
      .catch((error) => {
        if (!asProblem(error).offline) accept(NOBODY)
      })
      .finally(() => (asking = undefined))
    return asking
  }
  async function ready() {
    if (!known.value) await refresh()
  }

  async function signOut() {
    await endSession()
    accept(NOBODY)
    unread.value = 0
    own('')
  }

  onProveAgain(async (told) => (await import('../features/account/proving')).ask(told, accept))
  onActing(async (refused) => (await import('../features/acting/trouble')).settle(refused, accept))
  onSignedOut(() => {
    if (signedIn.value) expired.value = true
    const { csrf_token, acting } = info.value // the form on the screen is still that of the same person
    info.value = { ...NOBODY, csrf_token, acting }
  }, refresh)

  return { info, known, expired, unread, turn, signedIn, name, owner, accept, refresh, ready, signOut }
})
