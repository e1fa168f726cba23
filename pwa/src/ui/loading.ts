import { ref, shallowRef, watch, type Ref } from 'vue'
import { asProblem, type Problem } from '../api/client'
import { lang } from '../i18n'

/** Reads something for a page and keeps the states a page has to show. Reads again on a language change. */
export function useLoaded<T>(read: () => Promise<T>, keys: () => unknown = () => 0) {
  const data = shallowRef<T>()
  const problem = shallowRef<Problem>()
  const loading: Ref<boolean> = ref(true)
  let latest = 0

  async function load() {
    const mine = ++latest
    loading.value = true
    problem.value = undefined
    try {
      const found = await read()
      if (mine === latest) data.value = found
    } catch (error) {
      if (mine === latest) problem.value = asProblem(error)
    }
    if (mine === latest) loading.value = false
  }
  watch([keys, lang], () => void load(), { immediate: true })
  return { data, problem, loading, load }
}
