/** My page (我的): identity, what the city saved me, drafts to go on with, reading size. */
import { call } from '../../services/api'
import { choicesOf, type Choice } from '../../services/capacity'
import { chooseTextSize, comfort, type TextSize } from '../../services/comfort'
import { timeText } from '../../services/dates'
import { openForm, openOnward, openRealName, openScan, openSecurity, openSignIn, openWindowCode } from '../../services/go'
import { toProblem, type Problem } from '../../services/problem'
import { actFor, capacities, current, signedIn, signOut } from '../../services/session'
import { showTab } from '../../services/tabs'
import type { Session, Space } from '../../services/types'

type Tap = WechatMiniprogram.TouchEvent<object, object, { item: string; size: TextSize; id: string }>

Page({
  data: {
    ...comfort(),
    session: null as Session | null,
    space: null as Space | null,
    drafts: [] as { code: string; name: string; filled: number; total: number; at: string }[],
    problem: null as Problem | null,
    /** 替谁办: oneself first; empty when there is no choice */
    capacities: [] as Choice[],
    sizes: [
      { size: 'normal', text: '标准' },
      { size: 'large', text: '大字' },
      { size: 'huge', text: '特大' },
    ],
  },

  async onShow() {
    showTab(this, 3)
    this.setData({ ...comfort(), session: current() })
    await getApp<IAppOption>().started
    await this.load()
  },

  async load() {
    this.setData({ session: current() })
    if (!signedIn()) return this.setData({ space: null, drafts: [], capacities: [], problem: null })
    void this.listCapacities()
    try {
      const space = await call<Space>('GET', '/api/space')
      const drafts = space.drafts.map(({ item, filled, total, updated_at }) => ({
        code: item.code,
        name: item.name,
        filled,
        total,
        at: timeText(updated_at),
      }))
      this.setData({ space, drafts, problem: null })
    } catch (fault) {
      this.setData({ session: current(), problem: toProblem(fault) })
    }
  },

  async listCapacities() {
    const session = current()
    if (!session?.capacities && !session?.acting) return this.setData({ capacities: [] })
    const found = await capacities().catch(() => null)
    if (!found) return // a list that cannot be read now stays as it was
    this.setData({ capacities: choicesOf(session.name ?? '', found, session.acting?.id ?? '') })
  },

  async turn(event: Tap) {
    const { id } = event.currentTarget.dataset
    if (id === (current()?.acting?.id ?? '')) return
    try {
      await actFor(id || null)
      this.setData({ space: null, drafts: [] })
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
      return
    }
    await this.load()
  },

  signIn() {
    void openSignIn()
  },

  proveMyself() {
    void openRealName()
  },

  showCode() {
    void openWindowCode()
  },

  scan() {
    void openScan()
  },

  goToBrowser() {
    void openOnward()
  },

  secure() {
    void openSecurity()
  },

  goOn(event: Tap) {
    void openForm(event.currentTarget.dataset.item)
  },

  resize(event: Tap) {
    this.setData(chooseTextSize(event.currentTarget.dataset.size))
  },

  readPrivacy() {
    wx.openPrivacyContract?.({})
  },

  async leave() {
    const { confirm } = await wx.showModal({
      title: '退出登录',
      content: '本机上保存的资料会清除，已存到平台的草稿和办件都还在。',
      confirmText: '退出',
    })
    if (!confirm) return
    await signOut()
    await this.load()
  },
})
