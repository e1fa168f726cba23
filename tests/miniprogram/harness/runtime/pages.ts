/** The page stack (页面栈): at most ten pages, tab pages kept alive, lifetimes in WeChat's order. */
import { parseUrl, themed, type Application } from './application'
import { control, reportError } from './control'
import type { Caller, Root } from './framework'

const MOST = 10

interface OpenPage {
  path: string
  root: Root
  tabBar: Root | null
  frame: HTMLElement
  scroll: number
}

export class Pages {
  private stack: OpenPage[] = []
  private readonly tabs = new Map<string, OpenPage>()

  constructor(
    private readonly application: Application,
    private readonly create: (tag: string, path: string) => Root,
  ) {
    control.pullDown = () => this.fire(this.top!, 'onPullDownRefresh')
    addEventListener('scroll', () => {
      const left = document.documentElement.scrollHeight - innerHeight - scrollY
      if (this.top && left < 50) this.fire(this.top, 'onReachBottom')
    })
  }

  get top(): OpenPage | undefined {
    return this.stack[this.stack.length - 1]
  }

  instances(): Caller[] {
    return this.stack.map((page) => page.root.get())
  }

  navigateTo(url: string): void {
    if (this.stack.length >= MOST) throw new Error('webview count limit exceed')
    const { path, query } = this.checked(url)
    if (this.isTab(path)) throw new Error('can not navigateTo a tabbar page')
    this.hideTop()
    this.push(path, query)
  }

  redirectTo(url: string): void {
    const { path, query } = this.checked(url)
    if (this.isTab(path)) throw new Error('can not redirectTo a tabbar page')
    this.close(this.stack.pop()!)
    this.push(path, query)
  }

  switchTab(url: string): void {
    const { path } = this.checked(url)
    if (!this.isTab(path)) throw new Error(`switchTab:fail ${path} is not a tab`)
    if (this.top?.path === path) return
    while (this.top && !this.isTab(this.top.path)) this.close(this.stack.pop()!)
    this.hideTop()
    const kept = this.tabs.get(path)
    this.stack = []
    if (!kept) return this.push(path, {})
    this.stack = [kept]
    this.showTop()
  }

  reLaunch(url: string): void {
    const { path, query } = this.checked(url)
    for (const page of new Set([...this.stack, ...this.tabs.values()])) this.close(page)
    this.stack = []
    this.tabs.clear()
    this.push(path, query)
  }

  navigateBack(delta: number): void {
    const steps = Math.min(delta, this.stack.length - 1)
    if (steps < 1) return
    for (let step = 0; step < steps; step += 1) this.close(this.stack.pop()!)
    this.showTop()
  }

  setTitle(title: string): void {
    this.top!.frame.querySelector('h1')!.textContent = title
    document.title = title
  }

  scrollTo(selector: string | undefined, offset: number): void {
    const id = selector?.replace(/^#/, '')
    const target = id ? this.top!.frame.querySelector(`[data-id="${id}"]`) : null
    if (id && !target) throw new Error(`pageScrollTo: ${selector} not found`)
    const bar = 44
    scrollTo(0, target ? target.getBoundingClientRect().top + scrollY + offset - bar : 0)
  }

  private isTab(path: string): boolean {
    return this.application.app.tabBar?.list.some((tab) => tab.pagePath === path) ?? false
  }

  private checked(url: string) {
    const parsed = parseUrl(url, this.top?.path)
    if (!this.application.pages.includes(parsed.path)) throw new Error(`page "${parsed.path}" is not found`)
    return parsed
  }

  private push(path: string, query: Record<string, string>): void {
    const frame = document.createElement('div')
    frame.className = 'wx-page'
    frame.dataset.page = path
    const main = document.createElement('main')
    const place = document.createElement('span')
    main.append(place)
    frame.append(this.navigationBar(path), main)
    document.body.append(frame)

    const root = this.create('wx-page', path)
    const page: OpenPage = { path, root, frame, tabBar: null, scroll: 0 }
    const instance = root.get()
    instance.route = path
    instance.options = query
    this.stack.push(page)
    root.attach(main, place)
    main.firstElementChild!.classList.add('wx-page-root')
    if (this.isTab(path)) {
      this.tabs.set(path, page)
      this.addTabBar(page, instance)
    }
    scrollTo(0, 0)
    this.fire(page, 'onLoad', query)
    this.fire(page, 'onShow')
    requestAnimationFrame(() => this.fire(page, 'onReady'))
  }

  private addTabBar(page: OpenPage, instance: Caller): void {
    if (!this.application.app.tabBar?.custom) return
    const nav = document.createElement('nav')
    const place = document.createElement('span')
    nav.append(place)
    page.frame.querySelector('.wx-page-root')!.append(nav)
    page.tabBar = this.create('wx-tab-bar', 'custom-tab-bar/index')
    page.tabBar.attach(nav, place)
    instance.getTabBar = () => page.tabBar!.get()
  }

  private navigationBar(path: string): HTMLElement {
    const settings = { ...this.application.app.window, ...this.application.parts[path]!.settings } as Record<string, string>
    const bar = document.createElement('header')
    bar.className = 'wx-bar'
    bar.style.background = themed(this.application, settings.navigationBarBackgroundColor)
    bar.style.color = themed(this.application, settings.navigationBarTextStyle)
    const title = document.createElement('h1')
    title.textContent = settings.navigationBarTitleText ?? ''
    bar.append(title)
    if (this.stack.length) {
      const back = document.createElement('button')
      back.textContent = '‹'
      back.setAttribute('aria-label', '返回')
      back.onclick = () => this.navigateBack(1)
      bar.prepend(back)
    }
    document.body.style.setProperty('--window', themed(this.application, settings.backgroundColor))
    document.title = settings.navigationBarTitleText ?? ''
    return bar
  }

  private hideTop(): void {
    if (!this.top) return
    this.top.scroll = scrollY
    this.fire(this.top, 'onHide')
    this.top.frame.hidden = true
  }

  private showTop(): void {
    const page = this.top!
    page.frame.hidden = false
    scrollTo(0, page.scroll)
    this.fire(page, 'onShow')
  }

  private close(page: OpenPage): void {
    this.fire(page, 'onUnload')
    page.tabBar?.release()
    page.root.release()
    page.frame.remove()
  }

  private fire(page: OpenPage, name: string, ...values: unknown[]): void {
    const instance = page.root.get()
    const lifetime = { onShow: 'show', onHide: 'hide' }[name]
    if (lifetime) page.root.getComponent().triggerPageLifetime(lifetime, [])
    if (typeof instance[name] !== 'function') return
    try {
      const result: unknown = instance[name](...values)
      if (result instanceof Promise) result.catch(reportError)
    } catch (fault) {
      reportError(fault)
    }
  }
}
