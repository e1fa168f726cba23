/** Who is signed in (登录状态). The token lives in storage; the server decides whether it still counts.
 *
 * 1. At launch `restore` asks the server about the kept token, or lets WeChat sign in by itself.
 * 2. A WeChat account not yet linked gets a ticket, which the first sign-in hands over to link it.
 * 3. `expire` forgets the token but nothing the person typed; only `signOut` clears the phone.
 */
import { call, whenActingIsOver, whenExpired } from './api'
import type { Problem } from './problem'
import { read, remove, removeAll, write } from './storage'
import type { Capacity, Session } from './types'

export interface Registration {
  name: string
  id_number: string
  phone: string
  code: string
  consent: true
}

type Proof = { phone: string; code: string } | { account: string; password: string }

export function signedIn(): boolean {
  return read('token') !== null
}

/** The session as last seen; null when nobody is signed in. */
export function current(): Session | null {
  return signedIn() ? read<Session>('session') : null
}

/** Settles who is signed in, without ever stopping the launch: offline keeps what was known. */
export async function restore(): Promise<void> {
  try {
    if (signedIn()) {
      const session = await call<Session>('GET', '/auth/session')
      if (session.signed_in) write('session', { ...session, token: null })
      else expire()
    } else if (!read('signed-out')) {
      await signInWithWeChat()
    }
  } catch {
    // a launch without network: pages say so themselves
  }
}

/** True when this WeChat account is linked to a person, who is then signed in. Raises Problem. */
export async function signInWithWeChat(): Promise<boolean> {
  const answer = await askWeChat()
  if (answer.signed_in) begin(answer)
  return answer.signed_in
}

export async function signIn(proof: Proof): Promise<Session> {
  return begin(await call<Session>('POST', '/auth/sessions', { body: { ...proof, ...(await ticket()) } }))
}

/** Registers with a real name (实名注册); the population register checks name and ID number. */
export async function register(person: Registration): Promise<Session> {
  const body = { ...person, ...(await ticket()) }
  return begin(await call<Session>('POST', '/auth/registrations', { body }))
}

export function sendCode(phone: string, purpose: 'register' | 'sign_in') {
  return call<{ resend_after: number }>('POST', '/auth/codes', { body: { phone, purpose } })
}

/** Signs out for good and clears what this phone kept of the person. Works offline too. */
export async function signOut(): Promise<void> {
  const told = call('DELETE', '/auth/session').catch(() => undefined)
  expire()
  removeAll('draft:')
  removeAll('key:')
  write('signed-out', true)
  await told
}

function expire(): void {
  remove('token')
  remove('session')
}

/** The same session under a new token, after proving oneself once more. */
export function renew(session: Session): void {
  begin(session)
}

/** For whom this person may act now (我替谁办). */
export async function capacities(): Promise<Capacity[]> {
  const found = await call<{ i_act_for: (Capacity & { state: string })[] }>('GET', '/auth/representations')
  return found.i_act_for.filter(({ state }) => state === 'living')
}

/** Goes on in another capacity, null for one's own; the session has another token then. */
export async function actFor(representation: string | null): Promise<Session> {
  return begin(await call<Session>('PUT', '/auth/session/acting', { body: { representation } }))
}

let asking = false

/** The permission ended, or the session turned elsewhere: what was typed stays on the phone, under its holder. */
async function askOnceMore({ title, fix }: Problem): Promise<void> {
  if (asking) return
  asking = true
  const { confirm } = await wx.showModal({ title, content: fix, confirmText: '回到本人', cancelText: '先不' })
  asking = false
  if (!confirm) return
  await actFor(null).catch(() => undefined)
  await wx.switchTab({ url: '/pages/me/index' })
}

function begin(session: Session): Session {
  if (session.token) write('token', session.token)
  write('session', { ...session, token: null })
  remove('signed-out')
  return session
}

async function askWeChat(): Promise<Session> {
  const { code } = await wx.login()
  return call<Session>('POST', '/auth/miniprogram/sessions', { body: { code } })
}

/** A fresh ticket that links this WeChat account; none when WeChat cannot say who this is. */
async function ticket(): Promise<{ link_ticket?: string }> {
  try {
    const { link_ticket } = await askWeChat()
    return link_ticket ? { link_ticket } : {}
  } catch {
    return {}
  }
}

whenExpired(expire)
whenActingIsOver((problem) => void askOnceMore(problem))
