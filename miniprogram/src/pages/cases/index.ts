/** The person's cases (办件进度), those that wait for the person first. */
import { call } from '../../services/api'
import { comfort } from '../../services/comfort'
import { openSignIn } from '../../services/go'
import { toProblem, type Problem } from '../../services/problem'
import { signedIn } from '../../services/session'
import { showTab } from '../../services/tabs'
import type { CaseCard } from '../../services/types'

interface Answer {
  cases: CaseCard[]
  next: string | null
}

Page({
  data: {
    ...comfort(),
    signedIn: false,
    loaded: false,
    cases: [] as CaseCard[],
    next: null as string | null,
    problem: null as Problem | null,
  },

  async onShow() {
    showTab(this, 2)
    this.setData({ ...comfort(), signedIn: signedIn() })
    await getApp<IAppOption>().started
    await this.load()
  },

  async onPullDownRefresh() {
    await this.load()
    wx.stopPullDownRefresh()
  },

  async load() {
    this.setData({ signedIn: signedIn() })
    if (!signedIn()) return
    try {
      const { cases, next } = await call<Answer>('GET', '/api/cases')
      const first = cases.filter((card) => card.needs_you)
      const rest = cases.filter((card) => !card.needs_you)
      this.setData({ cases: [...first, ...rest], next, loaded: true, problem: null })
    } catch (fault) {
      this.setData({ signedIn: signedIn(), problem: toProblem(fault) })
    }
  },

  async onReachBottom() {
    const { next, cases } = this.data
    if (!next) return
    this.setData({ next: null })
    try {
      const more = await call<Answer>('GET', '/api/cases', { query: { cursor: next } })
      this.setData({ cases: cases.concat(more.cases), next: more.next })
    } catch (fault) {
      this.setData({ next, problem: toProblem(fault) })
    }
  },

  signIn() {
    void openSignIn()
  },

  look() {
    wx.switchTab({ url: '/pages/items/index' })
  },
})
