/** What keeps the account safe (账号安全): the six-digit PIN, and where one is signed in. */
import { call } from '../../../services/api'
import { comfort } from '../../../services/comfort'
import { timeText } from '../../../services/dates'
import { toProblem, type Problem } from '../../../services/problem'
import type { Account, Place } from '../../../services/types'

type Tap = WechatMiniprogram.TouchEvent<object, object, { id: string }>
interface Shown {
  id: string
  name: string
  seen: string
  this: boolean
}

const PINS = {
  none: '还没有设置。在微信里办重要的事时，用它确认是您本人，不用等短信。',
  set: '已设置。在微信里办重要的事时，用它确认是您本人。',
  resting: '连续输错 5 次，已暂停使用，12 小时后可以再试。',
}

Page({
  data: {
    ...comfort(),
    account: null as Account | null,
    said: '',
    pinWords: '',
    places: [] as Shown[],
    others: 0,
    choosing: false,
    pin: '',
    wrong: '',
    busy: false,
    problem: null as Problem | null,
  },

  async onShow() {
    this.setData(comfort())
    await this.load()
  },

  async load() {
    await this.attempt(async () => {
      const [account, { sessions }] = await Promise.all([
        call<Account>('GET', '/auth/account'),
        call<{ sessions: Place[] }>('GET', '/auth/sessions'),
      ])
      const places = sessions.map(({ id, device, via, seen_at, this: here }) => ({
        id,
        name: via === 'miniprogram' ? '微信小程序' : device || '没有名称的设备',
        seen: timeText(seen_at),
        this: here,
      }))
      const others = places.filter((place) => !place.this).length
      this.setData({ account, pinWords: PINS[account.pin], places, others })
    })
  },

  choose() {
    this.setData({ choosing: true, pin: '', wrong: '', said: '' })
  },

  leave() {
    this.setData({ choosing: false, pin: '', wrong: '' })
  },

  typed(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
    this.setData({ pin: event.detail.value, wrong: '' })
  },

  async setPin() {
    const { pin } = this.data
    if (!/^\d{6}$/.test(pin)) return this.setData({ wrong: '请填写 6 位数字' })
    await this.done('数字密码已设置。', () => call('PUT', '/auth/pin', { body: { pin } }))
  },

  async dropPin() {
    await this.done('数字密码已取消。', () => call('DELETE', '/auth/pin'))
  },

  async end(event: Tap) {
    const { id } = event.currentTarget.dataset
    await this.done('已退出那台设备的登录。', () => call('DELETE', `/auth/sessions/${id}`))
  },

  async endOthers() {
    await this.done('其他设备都已退出登录。', () => call('DELETE', '/auth/sessions'))
  },

  async done(words: string, act: () => Promise<unknown>) {
    let well = false
    this.setData({ said: '' })
    await this.attempt(async () => {
      await act()
      well = true
    })
    if (!well) return
    this.setData({ choosing: false, pin: '' })
    await this.load()
    this.setData({ said: words })
  },

  async attempt(act: () => Promise<void>) {
    if (this.data.busy) return
    this.setData({ busy: true, problem: null, wrong: '' })
    try {
      await act()
    } catch (fault) {
      const problem = toProblem(fault)
      // they closed the dialog, and may try again
      if (problem.code === 'prove_again') return
      if (problem.errors.length && this.data.choosing) this.setData({ wrong: problem.errors[0]!.detail })
      else this.setData({ problem })
    } finally {
      this.setData({ busy: false })
    }
  },
})
