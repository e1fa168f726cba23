/** A QR code of a few digits (二维码, GB/T 18284 / ISO/IEC 18004), drawn on the phone itself.
 *
 * Only what the window's code needs: version 1 (21 by 21), level M, numeric mode, mask 0; up to 34
 * digits. What the code says goes to no other server.
 */
const SIZE = 21
const DATA = 16
const CHECK = 10
/** Level M with mask 0, its check bits included (ISO/IEC 18004, table C.1). */
const FORMAT = 0b101010000010010

type Grid = (boolean | undefined)[][]

function bits(digits: string): string {
  const binary = (value: number, length: number) => value.toString(2).padStart(length, '0')
  let out = '0001' + binary(digits.length, 10)
  for (let at = 0; at < digits.length; at += 3) {
    const part = digits.slice(at, at + 3)
    out += binary(Number(part), part.length * 3 + 1)
  }
  out = (out + '0000').slice(0, DATA * 8)
  out += '0'.repeat((8 - (out.length % 8)) % 8)
  for (let pad = 0; out.length < DATA * 8; pad += 1) out += pad % 2 ? '00010001' : '11101100'
  return out
}

function times(a: number, b: number): number {
  let product = 0
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ (product >> 7 ? 0x11d : 0)
    if ((b >> bit) & 1) product ^= a
  }
  return product
}

/** Reed-Solomon check bytes over GF(256). */
function checks(data: number[]): number[] {
  const divisor: number[] = Array<number>(CHECK - 1).fill(0).concat(1)
  let root = 1
  for (let i = 0; i < CHECK; i += 1) {
    for (let j = 0; j < CHECK; j += 1) {
      divisor[j] = times(divisor[j]!, root) ^ (divisor[j + 1] ?? 0)
    }
    root = times(root, 2)
  }
  const rest: number[] = Array<number>(CHECK).fill(0)
  for (const byte of data) {
    const factor = byte ^ rest.shift()!
    rest.push(0)
    divisor.forEach((value, i) => {
      rest[i]! ^= times(value, factor)
    })
  }
  return rest
}

function frame(): Grid {
  const grid: Grid = Array.from({ length: SIZE }, () => Array<boolean | undefined>(SIZE).fill(undefined))
  const finder = (top: number, left: number) => {
    for (let y = -1; y <= 7; y += 1) {
      for (let x = -1; x <= 7; x += 1) {
        const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3))
        if (grid[top + y] && left + x >= 0 && left + x < SIZE) grid[top + y]![left + x] = ring !== 2 && ring !== 4
      }
    }
  }
  finder(0, 0)
  finder(0, SIZE - 7)
  finder(SIZE - 7, 0)
  for (let i = 8; i < SIZE - 8; i += 1) grid[6]![i] = grid[i]![6] = i % 2 === 0
  for (let i = 0; i < 15; i += 1) {
    const dark = ((FORMAT >> i) & 1) === 1
    const near = i < 6 ? i : i < 8 ? i + 1 : 14 - i
    if (i < 8) grid[near]![8] = dark
    else grid[8]![i === 8 ? 7 : near] = dark
    if (i < 8) grid[8]![SIZE - 1 - i] = dark
    else grid[SIZE - 15 + i]![8] = dark
  }
  grid[SIZE - 8]![8] = true
  return grid
}

/** Which of the 21 by 21 squares are dark. */
export function modules(digits: string): boolean[][] {
  const text = bits(digits)
  const data = Array.from({ length: DATA }, (_, i) => parseInt(text.slice(i * 8, i * 8 + 8), 2))
  const stream = [...data, ...checks(data)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const grid = frame()
  let next = 0
  for (let right = SIZE - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < SIZE; step += 1) {
      for (const x of [right, right - 1]) {
        const y = ((right + 1) & 2) === 0 ? SIZE - 1 - step : step
        if (grid[y]![x] !== undefined) continue
        grid[y]![x] = (stream[next] === '1') !== ((x + y) % 2 === 0)
        next += 1
      }
    }
  }
  return grid as boolean[][]
}

/** The code as a style: an SVG behind the view, with the quiet zone that cameras need. */
export function picture(digits: string): string {
  let path = ''
  modules(digits).forEach((row, y) => row.forEach((dark, x) => (path += dark ? `M${x + 4} ${y + 4}h1v1h-1z` : '')))
  const side = SIZE + 8
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 ${side} ${side}' shape-rendering='crispEdges'><path d='${path}'/></svg>`
  return `background-image:url("data:image/svg+xml,${encodeURIComponent(svg).replace(/'/g, '%27')}")`
}
