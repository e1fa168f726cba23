// Compresses text files once at build time, so the server sends them without spending CPU.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = process.argv[2]
const SMALLEST = 512 // below this the headers weigh more than what is saved

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(js|css|html|json|svg|webmanifest)$/.test(entry.name)) continue
  const path = join(entry.parentPath, entry.name)
  const data = readFileSync(path)
  if (data.length < SMALLEST) continue
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
  }
  writeFileSync(path + '.br', brotliCompressSync(data, { params }))
  writeFileSync(path + '.gz', gzipSync(data, { level: 9 }))
}
