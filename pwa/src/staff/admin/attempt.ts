import { nextTick, ref, type Ref } from 'vue'
import { told } from './words'

/**
 * Something an administrator does, once at a time. What was refused stands in `errors` at its field
 * or in `wrong` for the whole, and is brought into view: a form may be longer than the screen.
 */
export function useAttempt(form: Ref<HTMLFormElement | undefined>) {
  const busy = ref(false)
  const wrong = ref('')
  const errors = ref<Record<string, string>>({})

  function forget() {
    wrong.value = ''
    errors.value = {}
  }
  async function attempt(act: () => Promise<unknown>) {
    if (busy.value) return
    busy.value = true
    forget()
    try {
      await act()
    } catch (error) {
      const { whole, fields } = told(error)
      wrong.value = whole
      errors.value = fields
    }
    busy.value = false
    await nextTick()
    if (wrong.value) form.value?.scrollIntoView({ block: 'start' })
    else form.value?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }
  return { busy, wrong, errors, attempt, forget }
}
