/** One line icon, e.g. `<glyph name="home" />`; sized 1.5rem unless `size` says otherwise. */
import { PATHS } from './paths'

function drawing(name: string): string {
  const d = PATHS[name] ?? PATHS.document
  const svg =
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='black' ` +
    `stroke-width='1.8' stroke-linecap='round' stroke-linejoin='round'><path d='${d}'/></svg>`
  return `url("data:image/svg+xml,${encodeURIComponent(svg).replace(/'/g, '%27')}")`
}

Component({
  properties: {
    name: { type: String, value: 'document' },
    /** A CSS length. */
    size: { type: String, value: '1.5rem' },
  },
  data: { style: '' },
  observers: {
    'name, size'(name: string, size: string) {
      const mask = drawing(name)
      this.setData({
        style: `width:${size};height:${size};-webkit-mask-image:${mask};mask-image:${mask};`,
      })
    },
  },
})
