/** Reading comfort (适老化): WeChat's own font size is followed; a larger one can be chosen here.
 *
 * Every size in the styles is in rem, so one number on `page-meta` scales text, spacing and
 * touch targets together: 44 px at 标准 become 61.6 px at 大字.
 */
import { read, write } from './storage'

export type TextSize = 'normal' | 'large' | 'huge'

const SCALE: Record<TextSize, number> = { normal: 1, large: 1.4, huge: 1.75 }
const ROOT_PX = 16

export interface Comfort {
  rootFontSize: string
  textSize: TextSize
  /** Whether lists should fall to one column. */
  elder: boolean
}

/** Choice made in the app, or the nearest to WeChat's setting (关怀模式 is about 1.4). */
export function comfort(): Comfort {
  const system = wx.getAppBaseInfo().fontSizeScaleFactor ?? 1
  const chosen = read<TextSize>('text-size')
  const scale = Math.min(Math.max(chosen ? SCALE[chosen] : system, 1), 2)
  const textSize = scale >= 1.6 ? 'huge' : scale >= 1.2 ? 'large' : 'normal'
  return { rootFontSize: `${ROOT_PX * scale}px`, textSize, elder: scale >= 1.2 }
}

export function chooseTextSize(size: TextSize): Comfort {
  write('text-size', size)
  return comfort()
}
