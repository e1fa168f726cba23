/** How refusals and posts read on the administrator's pages. */
import { asProblem, inWords } from '../../api/client'
import { has, t } from '../../i18n'
import { ROLES, type Act, type Member, type Offices } from './api'

/** One sentence for the whole, and one for each field it is about. */
export function told(error: unknown): { whole: string; fields: Record<string, string> } {
  const refused = asProblem(error)
  const fields: Record<string, string> = {}
  for (const { pointer, detail } of refused.errors) fields[pointer.slice(1)] ??= detail ?? t('admin.error.check')
  const whole = inWords(refused, 'staff.offline')
  return { whole: refused.errors.length ? '' : whole, fields }
}

export const rolesOf = (roles: readonly string[]) => ROLES.filter((role) => roles.includes(role)).map((role) => t(`role.${role}`)).join(t('list.comma'))

/** Where somebody works: what is empty is everywhere. */
export function placeOf(member: Pick<Member, 'department' | 'district' | 'hall'>, offices?: Offices): string {
  const district = offices?.districts.find(({ code }) => code === member.district)?.name ?? member.district
  const parts = [member.department.name || t('admin.all.departments'), district || t('admin.all.districts'), member.hall]
  return parts.filter(Boolean).join(' · ')
}

export const deedOf = (act: Act) => {
  const key = `admin.act.${act.subject}.${act.act}`
  return has(key) ? t(key) : t('admin.act.other')
}

/** What a line adds: posts are written down as codes, and read as words. */
export function detailOf(act: Act, offices?: Offices): string {
  if (act.subject !== 'staff') return act.detail
  const named = new Map([...(offices?.departments ?? []), ...(offices?.districts ?? [])].map(({ code, name }) => [code, name]))
  const word = (code: string) => (has(`role.${code}`) ? t(`role.${code}`) : (named.get(code) ?? code))
  return act.detail
    .split(' ')
    .map((part) => (part === '→' ? part : part.split(',').map(word).join(t('list.comma'))))
    .join(' ')
}
