/** Handling one case (办理): reading it, taking a step, and what happens when it has moved on. */
import { computed, ref, shallowRef, watch } from 'vue'
import { asProblem, type Problem } from '../../api/client'
import type { TimelineEntry } from '../../api/models'
import { lang, t } from '../../i18n'
import { act, readStaffCase } from '../api'
import type { StaffCase } from '../models'
import { trail, useScratch } from '../shell/desk'
import { onReentered, useSay } from '../shell/office'
import { inFormOrder, itemsOf } from './correction'
import { choicesOf, keyring, newsBetween, stepOf, type Choice } from './steps'

const MOVED_ON = ['case_moved_on', 'step_not_now', 'key_reused']

export function useHandling(number: string) {
  const found = shallowRef<StaffCase>()
  const problem = shallowRef<Problem>()
  const scratch = useScratch(number)
  const keys = keyring()
  const busy = ref(false)
  /** why the last step was not taken */
  const refused = shallowRef<Problem>()
  /** what somebody else did meanwhile */
  const moved = shallowRef<{ entries: TimelineEntry[] }>()
  /** the step just taken here */
  const taken = ref<Choice>()
  const say = useSay()
  const choices = computed(() => choicesOf(found.value?.may ?? []))
  const choice = computed<Choice | undefined>(() => {
    if (scratch.choice && choices.value.includes(scratch.choice)) return scratch.choice
    const pointing = scratch.issues.length && choices.value.includes('request_correction')
    return pointing ? 'request_correction' : choices.value[0]
  })

  async function load() {
    problem.value = undefined
    try {
      found.value = await readStaffCase(number)
    } catch (error) {
      problem.value = asProblem(error)
    }
  }
  /** Shows what changed meanwhile; nothing that was typed is lost. */
  async function catchUp() {
    const before = found.value
    await load()
    if (!before || !found.value || problem.value) return
    moved.value = { entries: newsBetween(before, found.value) }
    say(t('moved.title'))
  }

  /** Takes the step; true when it was taken. */
  async function perform(wanted: Choice): Promise<boolean> {
    if (busy.value || !found.value) return false
    busy.value = true
    refused.value = undefined
    moved.value = undefined
    const items = wanted === 'request_correction' ? itemsOf(inFormOrder(scratch.issues, found.value)) : undefined
    const step = stepOf(wanted, found.value.seq, scratch.words[wanted] ?? '', items)
    try {
      found.value = await act(number, step, keys.keyFor(step))
      keys.used()
      taken.value = wanted
      trail.done.add(number)
      delete scratch.words[wanted]
      if (wanted === 'request_correction') scratch.issues = []
      scratch.choice = null
      say(t(`taken.${wanted}`))
      return true
    } catch (error) {
      const why = asProblem(error)
      if (MOVED_ON.includes(why.code)) await catchUp()
      else refused.value = why
      return false
    } finally {
      busy.value = false
    }
  }

  void load()
  watch(lang, () => void load())
  onReentered(() => {
    refused.value = undefined
    void load()
  })
  return { found, problem, scratch, busy, refused, moved, taken, choices, choice, load, perform }
}
export type Handling = ReturnType<typeof useHandling>
