import { useRoute, useRouter } from 'vue-router'
import type { Problem } from '../../api/client'
import type { Session } from '../../api/models'
import { t } from '../../i18n'
import { forgetOthers } from '../../offline/drafts'
import { useSession } from '../../stores/session'

/** Only pages of this app: an address from outside must not lead away. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) && !/^\/(sign-in|register)\b/.test(next) ? next : '/'
}

/** After a sign-in the person is back where she was, with everything she had typed. */
export function useEntering() {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()

  async function enter(answer: Session) {
    session.accept(answer)
    await forgetOthers(session.owner).catch(() => undefined)
    await router.replace(safeNext(route.query.next))
  }
  return { enter, query: () => (route.query.next ? { next: route.query.next } : {}) }
}

/** Sorts a refusal into words for each field and words for the whole form. */
export function told(problem: Problem): { fields: Record<string, string>; whole: string } {
  const fields: Record<string, string> = {}
  for (const error of problem.errors) {
    const name = error.pointer.split('/').pop() ?? ''
    fields[name] ??= error.detail ?? t(`auth.error.${name}`)
  }
  const sentence = problem.offline
    ? `${t('problem.offline')}。${t('problem.offline.fix')}`
    : [problem.title || t('problem.failed'), problem.fix].filter(Boolean).join(' ')
  return { fields, whole: sentence }
}
