// What the project consists of (app.json): pages, the components they use, and their settings.
import fs from 'node:fs'
import path from 'node:path'

/**
 * @typedef {object} Part          one page or component
 * @property {string} path        place in the code space, without extension
 * @property {boolean} isPage
 * @property {Record<string, any>} json
 * @property {Record<string, string>} using   tag -> absolute component path
 * @property {string} scope       prefix of its class names; empty when it shares the app's
 */

const FILES = ['.json', '.wxml', '.ts']

export const isFile = (name) => fs.existsSync(name) && fs.statSync(name).isFile()

function readJson(name, report) {
  try {
    return JSON.parse(fs.readFileSync(name, 'utf8'))
  } catch (fault) {
    report(name, fault.message)
    return {}
  }
}

export function pagesOf(app) {
  const inPackages = (app.subPackages ?? []).flatMap((one) => one.pages.map((page) => path.posix.join(one.root, page)))
  return [...app.pages, ...inPackages]
}

export function readProject(root, report) {
  const app = readJson(path.join(root, 'app.json'), report)
  const theme = app.themeLocation ? readJson(path.join(root, app.themeLocation), report) : { light: {}, dark: {} }
  const pages = pagesOf(app)
  /** @type {Map<string, Part>} */
  const parts = new Map()

  const add = (place, isPage) => {
    if (parts.has(place)) return
    for (const extension of FILES) {
      if (!isFile(path.join(root, place + extension))) report(place + extension, 'missing')
    }
    const json = readJson(path.join(root, `${place}.json`), report)
    if (!isPage && !json.component) report(`${place}.json`, 'a component says "component": true')
    const shared = isPage || json.styleIsolation === 'shared'
    const part = { path: place, isPage, json, using: {}, scope: shared ? '' : `s${parts.size}` }
    parts.set(place, part)
    for (const [tag, url] of Object.entries({ ...app.usingComponents, ...json.usingComponents })) {
      const target = url.startsWith('/') ? url.slice(1) : path.posix.join(path.posix.dirname(place), url)
      part.using[tag] = `/${target}`
      add(target, false)
    }
  }

  for (const page of pages) add(page, true)
  if (app.tabBar?.custom) add('custom-tab-bar/index', false)
  for (const tab of app.tabBar?.list ?? []) {
    if (!app.pages.includes(tab.pagePath)) report('app.json', `tab ${tab.pagePath} is not a page of the main package`)
  }
  return { root, app, theme, pages, parts }
}
