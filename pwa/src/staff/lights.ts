/** The time limit of a case in words; the colour only repeats what shape and words say. */
import { t } from '../i18n'
import type { Clock, Light } from './models'

export const LIGHTS: Light[] = ['red', 'yellow', 'amber', 'green', 'none']

/** Working days until the limit, as people say it. `none`: the clock does not run now. */
export function daysLeft(clock: Pick<Clock, 'days_left' | 'light'>): string {
  const n = clock.days_left
  if (n === null || clock.light === 'none') return t('light.none.days')
  if (n < 0 || clock.light === 'red') return t('light.over', { n: Math.max(1, Math.abs(n)) })
  return n === 0 ? t('light.today') : t('light.left', { n })
}

/** Which rule of time holds in a status; the key of its explanation. */
export function ruleOf(status: string): 'accept' | 'answer' | 'decide' | 'deliver' | 'over' {
  if (status === 'submitted' || status === 'pre_reviewed') return 'accept'
  if (status === 'correcting') return 'answer'
  if (status === 'accepted' || status === 'reviewed') return 'decide'
  return status === 'approved' || status === 'denied' ? 'deliver' : 'over'
}
