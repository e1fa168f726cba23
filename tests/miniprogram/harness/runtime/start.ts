/** Starts the app (启动): built-ins, styles, App(), every component, then the first page. */
import { registerBuiltins } from '../builtins'
import { createWx } from '../wx'
import { parseUrl, type Application, type PartConfig } from './application'
import { reportError } from './control'
import { createBackend, environment, type Caller, type Root } from './framework'
import { Pages } from './pages'

const world = globalThis as Caller

addEventListener('unhandledrejection', (event) => reportError(event.reason))

/** A tap acts when the finger lifts, so the browser's click would fall on whatever came up under it. */
let pressed: Node | null = null
addEventListener('pointerdown', (event) => (pressed = event.target as Node), true)
addEventListener('click', (event) => {
  const target = event.target as Element
  const same = pressed && (target.contains(pressed) || target.closest('label')?.contains(pressed))
  if (event.detail === 0 || same) return
  event.preventDefault()
  event.stopImmediatePropagation()
}, true)

function start(application: Application): void {
  const space = environment.createCodeSpace('', true)
  registerBuiltins(space, application.templates)
  for (const [path, part] of Object.entries(application.parts)) space.addStyleSheet(path, undefined, part.scope || undefined)
  for (const css of [application.css, ...Object.values(application.parts).map((part) => part.css)]) addStyle(css)
  const backend = createBackend()

  const pages = new Pages(application, (tag, path): Root => backend.createRoot(tag, space, path))
  let app: Caller = {}
  world.wx = createWx(pages)
  world.App = (definition: Caller) => (app = definition)
  world.getApp = () => app
  world.getCurrentPages = () => pages.instances()

  application.run()
  for (const [path, part] of Object.entries(application.parts)) register(space, path, part, application)
  const { path, query } = parseUrl(location.hash.slice(1) || `/${application.pages[0]}`)
  const launch = { path, query, scene: 1001 }
  app.onLaunch?.(launch)
  app.onShow?.(launch)
  const search = Object.entries(query).map(([name, value]) => `${name}=${value}`).join('&')
  pages.reLaunch(`/${path}${search ? `?${search}` : ''}`)
}

/** Not the framework's own way: it repeats the app's styles after those of the pages. */
function addStyle(css: string): void {
  const style = document.createElement('style')
  style.textContent = css
  document.head.append(style)
}

function register(space: Caller, path: string, part: PartConfig, { templates }: Application): void {
  space.addComponentStaticConfig(path, part.config)
  space.addCompiledTemplate(path, { groupList: templates, content: templates[path] })
  space.componentEnv(path, ({ Page, Component, Behavior }: Caller) => {
    Object.assign(world, { Page, Component, Behavior })
    part.run()
  })
}

world.start = start
