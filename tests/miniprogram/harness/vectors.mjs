// Runs the shared form vectors on the mini-program's rules: node vectors.mjs RULES.ts FORMS.json CREDIT_CODES.json
import fs from 'node:fs'
import esbuild from 'esbuild'

const [rules, vectors, codes] = process.argv.slice(2)
const { outputFiles } = await esbuild.build({ entryPoints: [rules], bundle: true, format: 'esm', target: 'es2017', write: false })
const { check, isDoubtfulUscc } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`)

let failures = 0
const all = JSON.parse(fs.readFileSync(vectors, 'utf8'))
for (const { name, today, form, values, materials, declarations, expect } of all) {
  const seen = check(form, values, materials, declarations, today)
  const got = {
    visible: seen.places.map((place) => place.pointer),
    required: seen.places.filter((place) => place.required).map((place) => place.pointer),
    errors: seen.errors.map(({ pointer, code }) => ({ pointer, code })),
  }
  for (const part of ['visible', 'required', 'errors']) {
    if (JSON.stringify(got[part]) === JSON.stringify(expect[part])) continue
    failures += 1
    console.error(`${name}: ${part} ${JSON.stringify(got[part])}, expected ${JSON.stringify(expect[part])}`)
  }
}
for (const { code, doubtful } of JSON.parse(fs.readFileSync(codes, 'utf8'))) {
  if (isDoubtfulUscc(code) === doubtful) continue
  failures += 1
  console.error(`credit code ${code}: expected ${doubtful ? 'a doubt' : 'none'}`)
}
console.log(`${all.length} vectors, ${failures} failures`)
process.exit(failures ? 1 : 0)
