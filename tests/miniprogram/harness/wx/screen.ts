/** Pages and dialogs (页面与弹窗). */
import type { Pages } from '../runtime/pages'
import { confirm, hideToast, showToast } from '../runtime/sheets'
import { interfaces, type Options } from './define'

export function screenInterfaces(pages: Pages) {
  return interfaces({
    navigateTo: ({ url }: Options) => pages.navigateTo(url),
    redirectTo: ({ url }: Options) => pages.redirectTo(url),
    switchTab: ({ url }: Options) => pages.switchTab(url),
    reLaunch: ({ url }: Options) => pages.reLaunch(url),
    navigateBack: ({ delta = 1 }: Options) => pages.navigateBack(delta),
    setNavigationBarTitle: ({ title }: Options) => pages.setTitle(title),
    pageScrollTo: ({ selector, offsetTop = 0 }: Options) => pages.scrollTo(selector, offsetTop),
    stopPullDownRefresh: () => undefined,
    showToast: ({ title, duration = 1500 }: Options) => showToast(title, duration),
    hideToast,
    showLoading: ({ title }: Options) => showToast(title, 0),
    hideLoading: hideToast,
    async showModal({ title, content = '', confirmText = '确定', cancelText = '取消', showCancel = true }: Options) {
      const answer = await confirm(title, content, confirmText, showCancel ? cancelText : '')
      return { confirm: answer === true, cancel: answer !== true }
    },
  })
}
