/** Every service item (事项查找), searched by the words a person would use. */
import { call } from '../../services/api'
import { comfort } from '../../services/comfort'
import { toProblem, type Problem } from '../../services/problem'
import { showTab } from '../../services/tabs'
import type { ItemCard } from '../../services/types'

interface Found {
  items: ItemCard[]
  total: number
  next: string | null
}

const PAUSE_MS = 300
let timer = 0
let asked = 0

Page({
  data: {
    ...comfort(),
    words: '',
    items: [] as ItemCard[],
    total: 0,
    next: null as string | null,
    loaded: false,
    problem: null as Problem | null,
  },

  onShow() {
    showTab(this, 1)
    this.setData(comfort())
    if (!this.data.loaded) void this.find()
  },

  typed(event: WechatMiniprogram.Input) {
    this.setData({ words: event.detail.value })
    clearTimeout(timer)
    timer = setTimeout(() => void this.find(), PAUSE_MS)
  },

  /** Looks again from the start; an answer overtaken by a later question is dropped. */
  async find() {
    clearTimeout(timer)
    const turn = ++asked
    try {
      const query = { q: this.data.words.trim() || undefined }
      const found = await call<Found>('GET', '/api/items', { query })
      if (turn === asked) this.setData({ ...found, loaded: true, problem: null })
    } catch (fault) {
      if (turn === asked) this.setData({ problem: toProblem(fault) })
    }
  },

  async onReachBottom() {
    const { next, words, items } = this.data
    if (!next) return
    const turn = ++asked
    try {
      const query = { q: words.trim() || undefined, cursor: next }
      const found = await call<Found>('GET', '/api/items', { query })
      if (turn === asked) this.setData({ items: items.concat(found.items), next: found.next })
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    }
  },
})
