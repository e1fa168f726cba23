// WeChat's classic compilers as a linter: node lint.mjs SOURCE. They are old and strict, so what they
// accept also runs on clients without glass-easel. Their npm package forgets the permission to run them.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const root = path.resolve(process.argv[2])
const home = path.dirname(createRequire(import.meta.url).resolve('miniprogram-compiler/package.json'))
const folder = path.join(home, 'bin', { linux: 'linux', darwin: 'mac', win32: 'windows' }[process.platform])
const files = fs.readdirSync(root, { recursive: true }).map((name) => name.split(path.sep).join('/'))
let failed = false

function compile(program, names, options) {
  const file = path.join(folder, process.platform === 'win32' ? `${program}.exe` : program)
  fs.chmodSync(file, 0o755)
  const { status, stdout, stderr, error } = spawnSync(file, [...options, ...names], { cwd: root, maxBuffer: 1 << 28 })
  if (error) throw error
  if (status === 0) return
  failed = true
  console.error(`${program}: ${stderr}${status === 1 ? stdout : ''}`)
}

const templates = files.filter((name) => name.endsWith('.wxml')).map((name) => `./${name}`)
compile('wcc', templates, ['-d'])
for (const style of files.filter((name) => name.endsWith('.wxss'))) compile('wcsc', [`./${style}`], ['-lc'])
console.log(`${templates.length} templates`)
process.exit(failed ? 1 : 0)
