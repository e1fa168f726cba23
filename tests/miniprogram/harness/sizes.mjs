// Bytes of each package as WeChat counts them: node sizes.mjs SOURCE -> {"main": n, "packages/apply": n, …}
import fs from 'node:fs'
import path from 'node:path'

const root = path.resolve(process.argv[2])
const { subPackages = [] } = JSON.parse(fs.readFileSync(path.join(root, 'app.json'), 'utf8'))
const sizes = Object.fromEntries([['main', 0], ...subPackages.map((one) => [one.root, 0])])

for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const file = path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join('/')
  const home = subPackages.find((one) => file.startsWith(`${one.root}/`))?.root ?? 'main'
  sizes[home] += fs.statSync(path.join(root, file)).size
}
console.log(JSON.stringify(sizes))
