/** What lies on an officer's desk (办公桌): the queue as last seen, and what was typed but not sent. */
import { reactive, ref, watch } from 'vue'
import type { Issue } from '../case/correction'
import type { Choice } from '../case/steps'
import { nextAfter } from '../queue/queue'

/** Typed words of one case. They outlive a session that ended, a reload, and a case that moved on. */
export interface Scratch {
  choice: Choice | null
  words: Partial<Record<Choice, string>>
  issues: Issue[]
}
const PREFIX = 'yimen.staff.scratch.'

export const trail = reactive({ numbers: [] as string[], back: '/staff', done: new Set<string>() })
export const focusedCase = ref('')
/** The number of a person that is searched for: kept here, since it must stand in no address. */
export const searched = ref('')

export const nextInQueue = (number: string) => nextAfter(number, trail.numbers, trail.done)

function read(number: string): Scratch {
  const empty: Scratch = { choice: null, words: {}, issues: [] }
  try {
    return { ...empty, ...JSON.parse(sessionStorage.getItem(PREFIX + number) ?? '{}') }
  } catch {
    return empty
  }
}

export const isBlank = (scratch: Scratch) =>
  !scratch.issues.length && !Object.values(scratch.words).some((words) => words?.trim())

/** Words for one case, written down as they are typed. Call within a page's setup. */
export function useScratch(number: string): Scratch {
  const scratch = reactive(read(number))
  watch(scratch, () => {
    try {
      if (isBlank(scratch)) sessionStorage.removeItem(PREFIX + number)
      else sessionStorage.setItem(PREFIX + number, JSON.stringify(scratch))
    } catch {
      // without storage the words last as long as the page
    }
  })
  return scratch
}

/** A shared computer: the next officer must not find another's words. */
export function clearDesk() {
  trail.numbers = []
  trail.done.clear()
  trail.back = '/staff'
  searched.value = ''
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
  } catch {
    // nothing was kept
  }
}
