import { nextTick, ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { asProblem, inWords, type Problem } from '../../api/client'
import type { Session } from '../../api/models'
import { t } from '../../i18n'
import { forgetOthers } from '../../offline/drafts'
import { useSession } from '../../stores/session'
import { landing } from './landing'

/** WeChat's own browser, which knows who somebody is there. */
export const inWechat = () => /MicroMessenger/i.test(navigator.userAgent)

type Errors = Record<string, string>

/**
 * A form that is sent: what is missing is said first and takes the focus, pressing twice sends
 * once, and a refusal ends up beside the field it is about. Whoever closed the dialog that asks
 * who one is may press again, and is told nothing.
 */
export function useSentForm(missing: () => Errors, send: () => Promise<unknown>) {
  const busy = ref(false)
  const whole = ref('')
  const errors = ref<Errors>({})

  function refused(problem: Problem) {
    const words = told(problem)
    errors.value = words.fields
    whole.value = problem.code === 'prove_again' ? '' : words.whole
  }
  async function attempt(act: () => Promise<unknown>) {
    busy.value = true
    try {
      await act()
    } catch (error) {
      refused(asProblem(error))
    }
    busy.value = false
  }
  async function submit() {
    if (busy.value) return
    whole.value = ''
    errors.value = missing()
    if (!Object.keys(errors.value).length) await attempt(send)
    await nextTick()
    document.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }
  return { busy, whole, errors, refused, attempt, submit }
}

/** A form that lets somebody in. Nobody enters on `null`. */
export function useEntryForm(missing: () => Errors, send: () => Promise<Session | null>) {
  const { enter, query } = useEntering()
  const form = useSentForm(missing, async () => {
    const session = await send()
    if (session) await enter(session)
  })
  const { busy, whole, errors } = form
  /** Another way in, without the fields: its own kind of "not now" is no refusal. */
  async function enterBy(letIn: () => Promise<Session>, notNow: (error: unknown) => boolean, words: string) {
    if (busy.value) return
    whole.value = ''
    errors.value = {}
    await form.attempt(async () => {
      try {
        await enter(await letIn())
      } catch (error) {
        if (!notNow(error)) throw error
        whole.value = words
      }
    })
  }
  return { ...form, query, enterBy }
}

/** A phone number and the code that was sent to it, as typed (`CodeField.vue`). */
export interface PhoneCode {
  phone: string
  code: string
}
export function tidied({ phone, code }: PhoneCode): PhoneCode {
  return { phone: phone.replace(/\s/g, ''), code: code.trim() }
}
export function missingIn(typed: PhoneCode): Errors {
  const { phone, code } = tidied(typed)
  const found: Errors = {}
  if (!/^1\d{10}$/.test(phone)) found.phone = t('auth.error.phone')
  if (!/^\d{6}$/.test(code)) found.code = t('auth.error.code')
  return found
}

/** After a sign-in the person is back where she was, with everything she had typed. */
export function useEntering() {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()

  async function enter(answer: Session) {
    session.accept(answer)
    await forgetOthers(session.owner).catch(() => undefined)
    await router.replace(landing(answer, route.query.next))
  }
  return { enter, query: () => (route.query.next ? { next: route.query.next } : {}) }
}

/** Sorts a refusal into words for each field and words for the whole form. */
export function told(problem: Problem): { fields: Errors; whole: string } {
  const fields: Errors = {}
  for (const error of problem.errors) {
    const name = error.pointer.split('/').pop() ?? ''
    fields[name] ??= error.detail ?? t(`auth.error.${name}`)
  }
  return { fields, whole: problem.offline ? t('problem.offline.fix') : inWords(problem) }
}
