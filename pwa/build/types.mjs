// Are the generated types those of the server's description? Says what to do when they are not.
// The tool is called by its own file: npm may be a script that only works from its own folder.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const [tool, ...words] = JSON.parse(readFileSync('package.json', 'utf8')).scripts.types.split(' ')
const { bin } = JSON.parse(readFileSync(`node_modules/${tool}/package.json`, 'utf8'))
const file = typeof bin === 'string' ? bin : bin[tool]
const { status, stderr } = spawnSync(process.execPath, [`node_modules/${tool}/${file}`, ...words, '--check'], { encoding: 'utf8' })
if (status !== 0) {
  console.error(stderr)
  console.error('pwa/src/api/schema.d.ts does not fit backend/openapi.yaml. Run `npm run types` in pwa/, commit the file.')
  process.exit(1)
}
