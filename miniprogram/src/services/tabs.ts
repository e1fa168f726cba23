/** Lights the right tab (底部导航高亮): each tab page has its own copy of the custom tab bar. */
interface WithTabBar {
  getTabBar?: () => WechatMiniprogram.Component.TrivialInstance | null | undefined
}

export function showTab(page: WithTabBar, selected: number): void {
  page.getTabBar?.()?.setData({ selected })
}
