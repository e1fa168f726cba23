/** Guide of one service item (办事指南): how long, how much, what to bring, then the one button. */
import { call } from '../../../services/api'
import { comfort } from '../../../services/comfort'
import { openFormSignedIn } from '../../../services/go'
import { toProblem, type Problem } from '../../../services/problem'
import type { Item, ItemMaterial } from '../../../services/types'

interface MaterialLine {
  code: string
  name: string
  note: string
  waivable: boolean
}

function materialLine(material: ItemMaterial): MaterialLine {
  const waivable = material.waived_by.length > 0
  const note = waivable ? '能查到数据的，不用交' : material.required === true ? '需要提供' : '部分情况需要'
  return { code: material.code, name: material.name, note, waivable }
}

Page({
  data: {
    ...comfort(),
    code: '',
    item: null as Item | null,
    materials: [] as MaterialLine[],
    open: '',
    problem: null as Problem | null,
  },

  onLoad({ code = '' }) {
    this.setData({ code })
    void this.load()
  },

  onShow() {
    this.setData(comfort())
  },

  async load() {
    try {
      const item = await call<Item>('GET', `/api/items/${this.data.code}`)
      this.setData({ item, materials: item.materials.map(materialLine), problem: null })
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    }
  },

  /** Opens one folded part, or closes it again. */
  toggle(event: WechatMiniprogram.TouchEvent<object, object, { part: string }>) {
    const { part } = event.currentTarget.dataset
    this.setData({ open: this.data.open === part ? '' : part })
  },

  dial(event: WechatMiniprogram.TouchEvent<object, object, { phone: string }>) {
    wx.makePhoneCall({ phoneNumber: event.currentTarget.dataset.phone, fail: () => undefined })
  },

  apply() {
    openFormSignedIn(this.data.code)
  },

  onShareAppMessage() {
    return {
      title: this.data.item?.name ?? '佛山一门通办',
      path: `/packages/apply/item/index?code=${this.data.code}`,
    }
  },
})
