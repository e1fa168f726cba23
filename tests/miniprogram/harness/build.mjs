// Builds a mini-program into a page for the browser: node build.mjs SOURCE OUT
// Exits 1 when anything in the source is wrong, after naming file, line and fault.
import fs from 'node:fs'
import path from 'node:path'
import { readProject } from './build/project.mjs'
import { bundle } from './build/script.mjs'
import { compileTemplates } from './build/wxml.mjs'
import { compileStyles } from './build/wxss.mjs'

const [source, out] = process.argv.slice(2).map((name) => path.resolve(name))
const problems = []
const report = (place, fault) => problems.push(`${place}: ${fault}`)

fs.mkdirSync(out, { recursive: true })
const project = readProject(source, report)
const templates = compileTemplates(project, report)
const styles = compileStyles(project, report)
await bundle(project, templates, styles, out, report)
for (const name of ['index.html', 'shell.css']) {
  fs.copyFileSync(new URL(`./shell/${name}`, import.meta.url), path.join(out, name))
}

console.log(`${project.pages.length} pages, ${project.parts.size} parts`)
for (const problem of problems) console.error(problem)
process.exit(problems.length ? 1 : 0)
