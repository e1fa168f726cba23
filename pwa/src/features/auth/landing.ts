import type { Session } from '../../api/models'

/** Only pages of this app: an address from outside must not lead away. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) && !/^\/(sign-in|register|recover|entered|acting)\b/.test(next) ? next : '/'
}

/**
 * Where somebody goes who has just been let in, however that was: who has proven nothing yet is
 * shown how, who may stand for others is asked for whom, everybody is back where they were.
 */
export function landing(session: Pick<Session, 'level' | 'capacities'>, wanted: unknown) {
  const next = safeNext(wanted)
  const query: Record<string, string> = next === '/' ? {} : { next }
  if (session.level === 'registered') return { path: '/space/real-name', query }
  return session.capacities ? { path: '/acting', query } : next
}
