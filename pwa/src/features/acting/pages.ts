/** Pages about the person's own account: they stay the person's, whomever she acts for. */
const OWN = /^\/(space\/(acting|companies|security|devices|links|history|consents|settings|window|real-name)|device|scan|onward|recover)\b/
export const isOwnPage = (path: string) => OWN.test(path)

/** Pages of one case or one paper: whoever comes next may not know it. */
const OF_ONE = /^\/cases\/[^/]+/
export const isOfOneCase = (path: string) => OF_ONE.test(path)
