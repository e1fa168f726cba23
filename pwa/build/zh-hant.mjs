// Writes the Traditional Chinese texts from the Simplified ones (Hong Kong forms).
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as OpenCC from 'opencc-js'

const texts = join(import.meta.dirname, '../src/i18n')
const convert = OpenCC.Converter({ from: 'cn', to: 'hk' })

mkdirSync(join(texts, 'zh-Hant'), { recursive: true })
for (const name of readdirSync(join(texts, 'zh-CN'))) {
  const source = readFileSync(join(texts, 'zh-CN', name), 'utf8')
  writeFileSync(join(texts, 'zh-Hant', name), convert(source))
}
