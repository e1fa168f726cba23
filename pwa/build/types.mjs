/** Says whether the types of the server's answers (接口类型) are as fresh as its description. */
import { spawnSync } from 'node:child_process'

const { status, stderr } = spawnSync('npm', ['run', '--silent', 'types', '--', '--check'], { encoding: 'utf8' })
if (status !== 0) {
  if (!/not up-to-date/i.test(stderr)) process.stderr.write(stderr)
  console.error('pwa/src/api/schema.d.ts does not fit backend/openapi.yaml. Run `npm run types` in pwa/, commit the file.')
  process.exit(1)
}
