// Scripts: one bundle of the app, one of the harness. App code finds no DOM, as in WeChat.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import esbuild from 'esbuild'

const here = path.dirname(fileURLToPath(import.meta.url))

/** Names of the browser that WeChat's logic layer does not have; reading one gives undefined. */
const ABSENT = [
  'window', 'document', 'localStorage', 'sessionStorage', 'indexedDB', 'fetch', 'XMLHttpRequest', 'WebSocket',
  'navigator', 'location', 'history', 'alert', 'confirm', 'prompt', 'self', 'top', 'parent', 'frames', 'globalThis',
  'Blob', 'File', 'FormData', 'FileReader', 'URL', 'URLSearchParams', 'AbortController', 'crypto', 'btoa', 'atob',
  'structuredClone', 'TextEncoder', 'TextDecoder', 'requestIdleCallback', 'customElements', 'harness',
]

const common = { bundle: true, format: 'iife', target: 'es2020', sourcemap: true, logLevel: 'silent' }

export async function bundle(project, templates, styles, out, report) {
  const quote = JSON.stringify
  const parts = [...project.parts.values()].reverse().map((part) => {
    const { component, styleIsolation, usingComponents: _, ...settings } = part.json
    const config = { component, styleIsolation, usingComponents: part.using }
    const entry = { isPage: part.isPage, scope: part.scope, css: styles.parts[part.path] ?? '', settings, config }
    return `${quote(part.path)}: { ...${quote(entry)}, run: () => require(${quote(`./${part.path}.ts`)}) }`
  })
  const { app, theme, pages } = project
  const contents = `start({
    app: ${quote(app)}, theme: ${quote(theme)}, pages: ${quote(pages)}, css: ${quote(styles.app)},
    templates: ${templates},
    run: () => require('./app.ts'),
    parts: { ${parts.join(',\n')} },
  })`
  const builds = [
    {
      ...common,
      stdin: { contents, resolveDir: project.root, loader: 'js' },
      outfile: path.join(out, 'app.js'),
      define: Object.fromEntries(ABSENT.map((name) => [name, 'undefined'])),
    },
    {
      ...common,
      entryPoints: [path.join(here, '../runtime/start.ts')],
      outfile: path.join(out, 'harness.js'),
      define: { 'process.env.NODE_ENV': '"development"' },
    },
  ]
  for (const build of builds) {
    try {
      const { warnings } = await esbuild.build(build)
      for (const { location, text } of warnings) report(`${location?.file}:${location?.line}`, text)
    } catch (fault) {
      for (const { location, text } of fault.errors ?? [{ text: String(fault) }]) {
        report(`${location?.file}:${location?.line}`, text)
      }
    }
  }
}
