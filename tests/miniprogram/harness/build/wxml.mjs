// Templates: WXML compiled by WeChat's own compiler, with every tag accounted for.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { TEMPLATES } from '../builtins/templates.mjs'
import { isFile } from './project.mjs'

const { TmplGroup } = createRequire(import.meta.url)('glass-easel-template-compiler')
/** Tags the template language itself knows. */
const LANGUAGE = new Set(['block', 'template', 'slot', 'import', 'include', 'wxs'])

/** Returns a JavaScript expression: path -> compiled template. */
export function compileTemplates(project, report) {
  const group = TmplGroup.newDev()
  const add = (name, text) => {
    for (const fault of group.addTmpl(name, text) ?? []) {
      report(`${fault.path}.wxml:${fault.startLine + 1}:${fault.startColumn + 1}`, fault.message)
    }
  }
  for (const [tag, text] of Object.entries(TEMPLATES)) add(`__builtin/${tag}`, text)
  for (const part of project.parts.values()) {
    const file = path.join(project.root, `${part.path}.wxml`)
    if (!isFile(file)) continue
    const text = fs.readFileSync(file, 'utf8')
    add(part.path, text)
    for (const tag of unknownTags(text, part)) report(`${part.path}.wxml`, `unknown tag <${tag}>`)
    for (const tag of Object.keys(part.using)) {
      if (!text.includes(`<${tag}`)) report(`${part.path}.json`, `<${tag}> is declared but not used`)
    }
    if (group.getDirectDependencies(part.path).length || group.getScriptDependencies(part.path).length) {
      report(`${part.path}.wxml`, 'import, include and wxs files are not supported by this harness yet')
    }
  }
  return group.getTmplGenObjectGroups()
}

function unknownTags(text, part) {
  const bare = text.replace(/<!--[\s\S]*?-->/g, '').replace(/"[^"]*"/g, '""')
  const tags = new Set([...bare.matchAll(/<([a-z][\w-]*)/g)].map(([, tag]) => tag))
  return [...tags].filter((tag) => !(tag in TEMPLATES) && !LANGUAGE.has(tag) && !(tag in part.using))
}
