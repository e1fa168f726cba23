/** A life event (主题“一件事”): its items in the order they make sense, and why each is there. */
import { call } from '../../../services/api'
import { comfort } from '../../../services/comfort'
import { toProblem, type Problem } from '../../../services/problem'
import type { Theme } from '../../../services/types'

Page({
  data: { ...comfort(), code: '', theme: null as Theme | null, problem: null as Problem | null },

  onLoad({ code = '' }) {
    this.setData({ code })
    void this.load()
  },

  async load() {
    try {
      const theme = await call<Theme>('GET', `/api/themes/${this.data.code}`)
      this.setData({ theme, problem: null })
      void wx.setNavigationBarTitle({ title: theme.name })
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    }
  },
})
