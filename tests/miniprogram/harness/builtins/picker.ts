/** picker (选择器): one of a list, a date, a month, a region. */
import { choose, enter } from '../runtime/sheets'
import { reportError } from '../runtime/control'
import { elementOf, type Caller } from '../runtime/framework'
import type { Builtin } from './define'

/** A few places, enough to choose one: WeChat has the whole country. */
const REGIONS = [
  { names: ['广东省', '佛山市', '禅城区'], code: ['440000', '440600', '440604'] },
  { names: ['广东省', '佛山市', '南海区'], code: ['440000', '440600', '440605'] },
  { names: ['广东省', '佛山市', '顺德区'], code: ['440000', '440600', '440606'] },
  { names: ['新疆维吾尔自治区', '乌鲁木齐市', '天山区'], code: ['650000', '650100', '650102'] },
]

async function pick(self: Caller): Promise<void> {
  const { mode, range, rangeKey, fields, value, start, end, ariaLabel } = self.data
  const title = String(ariaLabel ?? '请选择')
  const done = (detail: object | null) => {
    if (detail) self.triggerEvent('change', detail)
    else self.triggerEvent('cancel', {})
  }
  if (mode === 'selector') {
    const labels = (range as Caller[]).map((entry) => String(rangeKey ? entry[rangeKey] : entry))
    const index = await choose(title, labels)
    done(index === null ? null : { value: String(index) })
  } else if (mode === 'region') {
    const index = await choose(title, REGIONS.map(({ names }) => names.join('')))
    done(index === null ? null : { value: REGIONS[index]!.names, code: REGIONS[index]!.code })
  } else {
    const type = fields === 'month' ? 'month' : 'date'
    const entered = await enter(title, type, String(value ?? ''), start, end)
    done(entered ? { value: entered } : null)
  }
}

export const picker: Builtin = {
  properties: {
    mode: { type: String, value: 'selector' },
    range: Array,
    rangeKey: String,
    value: null,
    start: String,
    end: String,
    fields: String,
    disabled: Boolean,
  },
  attached() {
    const host = elementOf(this)
    host.tabIndex = 0
    this._$.addListener('tap', () => {
      if (!this.data.disabled) pick(this).catch(reportError)
    })
    host.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.triggerEvent('tap', {}, { bubbles: true, composed: true })
    })
  },
}
