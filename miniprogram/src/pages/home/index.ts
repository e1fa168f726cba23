/** First page (首页): who you are, what needs you, what you can do here. */
import { call } from '../../services/api'
import { chooseTextSize, comfort } from '../../services/comfort'
import { openSignIn } from '../../services/go'
import { toProblem, type Problem } from '../../services/problem'
import { current, signedIn } from '../../services/session'
import { showTab } from '../../services/tabs'
import type { CaseCard, Home } from '../../services/types'

Page({
  data: {
    ...comfort(),
    home: null as Home | null,
    problem: null as Problem | null,
    name: '',
    waiting: [] as CaseCard[],
  },

  async onShow() {
    showTab(this, 0)
    this.setData({ ...comfort(), name: current()?.name ?? '' })
    if (!this.data.home) void this.load()
    await getApp<IAppOption>().started
    await this.greet()
  },

  async onPullDownRefresh() {
    await Promise.all([this.load(), this.greet()])
    wx.stopPullDownRefresh()
  },

  async load() {
    try {
      this.setData({ home: await call<Home>('GET', '/api/home'), problem: null })
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    }
  },

  /** Name and the cases waiting for the person; without network the name alone. */
  async greet() {
    let waiting = this.data.waiting
    try {
      const { cases } = signedIn() ? await call<{ cases: CaseCard[] }>('GET', '/api/cases') : { cases: [] }
      waiting = cases.filter((card) => card.needs_you)
    } catch {
      // the name says enough; the progress page tells what is wrong
    }
    this.setData({ name: current()?.name ?? '', waiting })
  },

  enlarge() {
    this.setData(chooseTextSize(this.data.elder ? 'normal' : 'large'))
  },

  search() {
    wx.switchTab({ url: '/pages/items/index' })
  },

  signIn() {
    void openSignIn()
  },
})
