/** 办事身份: on whose behalf somebody acts, in pictures, colours and words, and turning to another. */
import { ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { actFor, type Capacity } from '../../api/acting'
import { inWords } from '../../api/client'
import { t } from '../../i18n'
import { keep } from '../../stores/prefs'
import { useSession } from '../../stores/session'
import { isOfOneCase } from './pages'

type Who = Pick<Capacity, 'kind' | 'role'>
export const toneOf = ({ kind }: Who) => (kind === 'person' ? 'family' : 'company')
export const iconOf = ({ kind, role }: Who) => (kind === 'legal_person' ? 'building' : role === 'guardian' ? 'baby' : 'family')

/** What somebody may do, as one short sentence. */
export function mayWords({ scope }: Pick<Capacity, 'scope'>): string {
  return t(scope.includes('apply') ? 'capacity.may.apply' : 'capacity.may.view')
}

/** Turning to another capacity, or with null back to oneself. What was typed has been kept by its page. */
export function useTurning() {
  const session = useSession()
  const router = useRouter()
  const route = useRoute()
  const busy = ref(false)
  const wrong = ref('')

  async function turnTo(id: string | null): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    wrong.value = ''
    try {
      const next = await actFor(id)
      if (isOfOneCase(route.path)) await router.replace('/cases')
      session.accept(next)
      remember(id)
      return true
    } catch (error) {
      wrong.value = inWords(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, wrong, turnTo }
}

/** A page asks for whom an answer counts: it shows that itself, and the strip would only contradict it. */
export const choosing = ref(false)

/** Who was chosen last is offered first when a session that had ended begins again. */
export const remember = (id: string | null) => keep('acting', id)
