/** Pages about the person's own account: they stay the person's, whomever she acts for. */
const OWN = /^\/(space\/(acting|companies|security|devices|links|history|consents|settings|window|real-name)|device|scan|onward|recover)\b/
export const isOwnPage = (path: string) => OWN.test(path)

/** Pages of one case or one paper: whoever comes next may not know it. */
const OF_ONE = /^\/cases\/[^/]+/
export const isOfOneCase = (path: string) => OF_ONE.test(path)

type Terms = { scope: string[]; items: string[] | null }
/** Why a service is out of reach for whoever acts: they may only look, or it was not given to them. */
export function beyond(acting: Terms | null | undefined, item: string): 'look' | 'item' | undefined {
  if (!acting) return undefined
  if (!acting.scope.includes('apply')) return 'look'
  return acting.items && !acting.items.includes(item) ? 'item' : undefined
}
