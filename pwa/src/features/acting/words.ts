/** A representation in words that a grandmother understands. */
import { shallowRef } from 'vue'
import type { Representation } from '../../api/acting'
import { findItems } from '../../api/catalogue'
import type { ItemCard } from '../../api/models'
import { t } from '../../i18n'
import { day } from '../../i18n/dates'

/** The services of the city; asked for once, when something is limited to a few. */
export const services = shallowRef<ItemCard[]>()
let asking: Promise<void> | undefined
export function readServices(): Promise<void> {
  asking ??= readAll().catch(() => void (asking = undefined))
  return asking
}
async function readAll() {
  const found: ItemCard[] = []
  let cursor: string | undefined
  do {
    const page = await findItems(cursor ? { cursor } : {})
    found.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor)
  services.value = found
}

export function itemsWords(items: string[] | null | undefined): string {
  if (!items) return t('acting.items.all')
  void readServices()
  const names = items.map((code) => services.value?.find((one) => one.code === code)?.name ?? '…')
  return t('acting.items.some', { list: names.join('、') })
}

export const untilWords = ({ until }: Pick<Representation, 'until'>) =>
  until ? t('acting.until', { day: day(until) }) : t('acting.until.open')

/** Who the other side is to the reader. */
export function otherWords(one: Pick<Representation, 'kind' | 'role' | 'relation' | 'side'>): string {
  if (one.kind === 'legal_person') return t(`acting.company.${one.role}`)
  const to = one.role === 'guardian' ? 'guardian' : (one.relation ?? 'family')
  return t(`acting.${one.side === 'agent' ? 'they' : 'by'}.${to}`)
}
