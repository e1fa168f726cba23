// Styles: WXSS to CSS. rpx becomes a calc, class names of components get their scope, and a page's
// rules reach only that page, as each page has its own web view in WeChat.
import fs from 'node:fs'
import path from 'node:path'
import postcss from 'postcss'
import { TEMPLATES } from '../builtins/templates.mjs'
import { hostTag } from '../builtins/hosts.mjs'
import { isFile } from './project.mjs'

const TAG = /(^|[\s>+~,(])([a-z][a-z-]*)(?=$|[\s>+~,.:#[)])/g

/** Returns { app, parts: path -> css }. */
export function compileStyles(project, report) {
  const compile = (file, options) => {
    try {
      return translated(withImports(project.root, file, report), options)
    } catch (fault) {
      report(file, fault.reason ? `${fault.line}: ${fault.reason}` : fault.message)
      return ''
    }
  }
  const app = compile(path.join(project.root, 'app.wxss'), { scope: '', page: '' })
  const parts = {}
  for (const part of project.parts.values()) {
    const file = path.join(project.root, `${part.path}.wxss`)
    if (isFile(file)) parts[part.path] = compile(file, { scope: part.scope, page: part.isPage ? part.path : '' })
  }
  return { app, parts }
}

function withImports(root, file, report) {
  const sheet = postcss.parse(fs.readFileSync(file, 'utf8'), { from: file })
  sheet.walkAtRules('import', (rule) => {
    const url = rule.params.replace(/['"]/g, '').trim()
    const target = url.startsWith('/') ? path.join(root, url) : path.resolve(path.dirname(file), url)
    if (isFile(target)) rule.replaceWith(withImports(root, target, report))
    else report(file, `import not found: ${url}`)
  })
  return sheet
}

function translated(sheet, { scope, page }) {
  sheet.walkDecls((declaration) => {
    declaration.value = declaration.value.replace(/(-?[\d.]+)rpx\b/g, 'calc($1 * var(--rpx))')
  })
  sheet.walkRules((rule) => {
    if (rule.parent?.type === 'atrule' && rule.parent.name.endsWith('keyframes')) return
    rule.selectors = rule.selectors.map((selector) => {
      const tagged = selector.replace(TAG, (match, before, tag) =>
        tag === 'page' ? `${before}.wx-page-root` : tag in TEMPLATES ? before + hostTag(tag) : match)
      const scoped = scope ? tagged.replace(/\.(-?[_a-zA-Z][\w-]*)/g, `.${scope}--$1`) : tagged
      const hosted = scoped.replace(/:host/g, `[wx-host="${scope}"]`)
      return page ? `:where([data-page="${page}"]) ${hosted}` : hosted
    })
  })
  return sheet.toString()
}
