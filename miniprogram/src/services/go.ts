/** Ways through the app (页面跳转), so that no page spells another's address. */
import { signedIn } from './session'

const to = (url: string) => wx.navigateTo({ url })

export const openItem = (code: string) => to(`/packages/apply/item/index?code=${code}`)
export const openForm = (item: string) => to(`/packages/apply/form/index?item=${item}`)
export const openCorrection = (item: string, number: string) =>
  to(`/packages/apply/form/index?item=${item}&number=${number}`)
export const openSignIn = () => to('/packages/account/sign-in/index')

export const openRealName = () => to('/packages/account/real-name/index')

export const openWindowCode = () => to('/packages/account/window-code/index')
export const openScan = () => to('/packages/account/scan/index')
export const openOnward = () => to('/packages/account/onward/index')
export const openSecurity = () => to('/packages/account/security/index')

/** After handing in: the form must not be behind the back button. */
export const replaceWithCase = (number: string) =>
  wx.redirectTo({ url: `/packages/track/case/index?number=${number}&fresh=1` })

/** Goes on at once when signed in, after signing in otherwise; the next page waits underneath. */
export function openFormSignedIn(item: string): void {
  if (signedIn()) void openForm(item)
  else void to(`/packages/account/sign-in/index?form=${item}`)
}
