/** The built app as build/script.mjs hands it over. */

export interface PartConfig {
  isPage: boolean
  scope: string
  css: string
  /** Page settings of its .json: title, colours, pull-down. */
  settings: Record<string, string | boolean | undefined>
  config: Record<string, unknown>
  run: () => void
}

export interface Application {
  app: {
    window: Record<string, string>
    tabBar?: { custom?: boolean; list: { pagePath: string; text: string }[] }
  }
  theme: { light: Record<string, string>; dark: Record<string, string> }
  pages: string[]
  css: string
  templates: Record<string, unknown>
  parts: Record<string, PartConfig>
  run: () => void
}

/** `@name` in app.json stands for a colour of the current theme (theme.json). */
export function themed(application: Application, value: string | undefined): string {
  if (!value?.startsWith('@')) return value ?? ''
  const dark = matchMedia('(prefers-color-scheme: dark)').matches
  return application.theme[dark ? 'dark' : 'light'][value.slice(1)] ?? ''
}

export function parseUrl(url: string, from = ''): { path: string; query: Record<string, string> } {
  const [place = '', search = ''] = url.split('?')
  const path = new URL(place, `http://app/${from}`).pathname.slice(1)
  // WeChat hands the query over as written, without decoding it
  const pairs = search.split('&').filter(Boolean).map((pair) => pair.split(/=(.*)/s))
  return { path, query: Object.fromEntries(pairs.map(([name, value]) => [name, value ?? ''])) }
}
