/** Words and pictures for what happened to an account. */
import type { Happening } from '../../api/history'
import { has, t } from '../../i18n'

const WARNINGS = ['sign_in_failed', 'prove_failed', 'handoff_replay', 'recovery_begun', 'recovery_failed']
const ICONS: Record<string, string> = {
  registered: 'person', signed_in: 'check', signed_out: 'leave', proved: 'check', sign_in_failed: 'alert',
  prove_failed: 'alert', handoff_replay: 'alert', password_set: 'lock', linked: 'chat', unlinked: 'chat',
  recovery_begun: 'alert', recovery_failed: 'alert', phone_changed: 'phone', recovered: 'phone', recovery_code: 'key',
  disowned: 'shield', assured: 'shield', counter: 'building', window_read: 'building', pin_set: 'lock', pin_removed: 'lock',
  passkey_added: 'key', passkey_removed: 'key', consented: 'data', consent_ended: 'data', data_given: 'data',
  passed_on: 'send', handoff_agreed: 'phone', handoff_refused: 'close',
  acting_chosen: 'family', rep_asked: 'family', rep_begun: 'family', rep_declined: 'close', rep_ended: 'close',
}

export const isWarning = (event: Happening) => WARNINGS.includes(event.kind)
export const iconOf = (event: Happening) => ICONS[event.kind] ?? 'info'
/** Some kinds are told apart by their method; one that is younger than these texts still gets a line. */
export const nameOf = (event: Happening) =>
  wordsFor('kind', `${event.kind}.${event.method}`) || wordsFor('kind', event.kind) || t('history.kind.other')
export const methodOf = (event: Happening) => wordsFor('by', event.method)
export const viaOf = (event: Happening) => wordsFor('via', event.via)
export const wayOf = (event: Happening) => [methodOf(event), viaOf(event)].filter(Boolean).join(' · ')

function wordsFor(group: string, word: string) {
  const key = `history.${group}.${word}`
  return word && has(key) ? t(key) : ''
}
