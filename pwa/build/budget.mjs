// Weighs what a phone downloads and fails the build when a promise is broken.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const dist = process.argv[2]
const KB = 1000
const LIMITS = { firstLoad: 70, script: 55, style: 9, lazyChunk: 25, kept: 480, requests: 8 }

const sent = (url) => {
  const file = join(dist, url)
  return statSync(existsSync(file + '.br') ? file + '.br' : file).size
}
const kb = (bytes) => (bytes / KB).toFixed(1).padStart(6)

const html = readFileSync(join(dist, 'index.html'), 'utf8')
const named = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css|svg|webmanifest))"/g)]
const first = ['/index.html', ...new Set(named.map((match) => match[1]))]
const weigh = (ending) =>
  first.filter((url) => url.endsWith(ending)).reduce((sum, url) => sum + sent(url), 0)

const assets = readdirSync(join(dist, 'assets')).filter((name) => /\.(js|css)$/.test(name))
const lazy = assets.filter((name) => !first.includes('/assets/' + name) && !name.startsWith('staff'))
const kept = JSON.parse(
  '[' + readFileSync(join(dist, 'sw.js'), 'utf8').match(/\[(\{url:.*?\}|\{"url".*?\})\]/s)[1]
    .replace(/([{,])(url|revision):/g, '$1"$2":').replace(/`/g, '"') + ']',
)
const keptBytes = kept.reduce((sum, { url }) => sum + statSync(join(dist, url)).size, 0)

const found = {
  firstLoad: weigh(''),
  script: weigh('.js'),
  style: weigh('.css'),
  lazyChunk: Math.max(0, ...lazy.map((name) => sent('/assets/' + name))),
  kept: keptBytes,
}
console.log('first load of the citizens’ home, brotli:')
for (const url of first) console.log(`  ${kb(sent(url))} kB  ${url}`)
let broken = first.length > LIMITS.requests
for (const [name, bytes] of Object.entries(found)) {
  const over = bytes > LIMITS[name] * KB
  broken ||= over
  console.log(`${kb(bytes)} kB of ${LIMITS[name]} kB  ${name}${over ? '  TOO HEAVY' : ''}`)
}
console.log(`${String(first.length).padStart(6)} of ${LIMITS.requests} requests`)
if (/(?:src|href)="https?:/.test(html) || /style="|<script>/.test(html)) {
  console.log('index.html must not name other hosts nor hold inline code')
  broken = true
}
if (broken) process.exit(1)
