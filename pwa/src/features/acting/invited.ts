import { t } from '../../i18n'
import type { Terms } from './terms'

/** Who is invited, as typed. */
export interface Invited {
  name: string
  phone: string
}
export const tidied = (who: Invited) => ({ name: who.name.trim(), phone: who.phone.replace(/\s/g, '') })

/** What every invitation needs, in words for each field. */
export function missingOf(who: Invited, terms: Terms): Record<string, string> {
  const { name, phone } = tidied(who)
  const found: Record<string, string> = {}
  if (!name) found.name = t('acting.error.name')
  if (!/^1\d{10}$/.test(phone)) found.phone = t('acting.error.phone')
  if (terms.all === 'some' && !terms.items.length) found.items = t('acting.error.items')
  return found
}
