/** Sign-in and first registration (登录、实名注册). WeChat signs in by itself once it is linked;
 * the first time, the phone code or the password links it.
 */
import { comfort } from '../../../services/comfort'
import { newDeadline, secondsLeft } from './countdown'
import { toProblem, type Problem } from '../../../services/problem'
import { current, register, sendCode, signIn, signInWithWeChat } from '../../../services/session'

type Way = 'code' | 'password' | 'register'
type Typed = 'name' | 'id_number' | 'phone' | 'code' | 'account' | 'password'
type Tap = WechatMiniprogram.TouchEvent<object, object, { way: Way }>
type Input = WechatMiniprogram.CustomEvent<{ value: string }, object, { name: Typed }>

const EMPTY = { name: '', id_number: '', phone: '', code: '', account: '', password: '' }
let ticking = 0

Page({
  data: {
    ...comfort(),
    way: 'code' as Way,
    typed: { ...EMPTY },
    consent: false,
    busy: false,
    wait: 0,
    problem: null as Problem | null,
    wrong: {} as Record<string, string>,
    /** Item whose form opens once signed in. */
    form: '',
  },

  onLoad({ form = '' }) {
    this.setData({ form })
  },

  onUnload() {
    clearInterval(ticking)
  },

  choose(event: Tap) {
    this.setData({ way: event.currentTarget.dataset.way, problem: null, wrong: {} })
  },

  typed(event: Input) {
    const { name } = event.currentTarget.dataset
    this.setData({ [`typed.${name}`]: event.detail.value, [`wrong.${name}`]: '' })
  },

  agree(event: WechatMiniprogram.CustomEvent<{ value: string[] }>) {
    this.setData({ consent: event.detail.value.length > 0 })
  },

  async askCode() {
    const { typed, way } = this.data
    await this.attempt(async () => {
      const purpose = way === 'register' ? 'register' : 'sign_in'
      const { resend_after } = await sendCode(typed.phone, purpose)
      this.countDown(resend_after)
      void wx.showToast({ title: '验证码已发送', icon: 'none' })
      return false
    })
  },

  countDown(seconds: number) {
    const deadline = newDeadline(seconds)
    clearInterval(ticking)
    this.setData({ wait: seconds })
    ticking = setInterval(() => {
      const wait = secondsLeft(deadline)
      this.setData({ wait })
      if (wait === 0) clearInterval(ticking)
    }, 1000)
  },

  async submit() {
    const { typed, way, consent } = this.data
    if (way === 'register' && !consent) {
      return this.setData({ 'wrong.consent': '请先阅读并勾选同意' })
    }
    await this.attempt(async () => {
      const { name, id_number, phone, code, account, password } = typed
      if (way === 'register') {
        await register({ name: name.trim(), id_number: id_number.toUpperCase(), phone, code, consent: true })
      } else if (way === 'password') {
        await signIn({ account, password })
      } else {
        await signIn({ phone, code })
      }
      return true
    })
  },

  async useWeChat() {
    await this.attempt(async () => {
      if (await signInWithWeChat()) return true
      void wx.showToast({ title: '这个微信还没有关联，请先用手机号登录一次', icon: 'none' })
      return false
    })
  },

  /** One attempt at a time; `act` tells whether somebody is now signed in. */
  async attempt(act: () => Promise<boolean>) {
    if (this.data.busy) return
    this.setData({ busy: true, problem: null, wrong: {} })
    try {
      if (await act()) this.leave()
    } catch (fault) {
      const problem = toProblem(fault)
      const wrong: Record<string, string> = {}
      for (const { pointer, detail } of problem.errors) wrong[pointer.slice(1)] = detail
      this.setData({ problem, wrong })
    } finally {
      this.setData({ busy: false })
    }
  },

  leave() {
    const { form } = this.data
    if (current()?.level === 'registered') void wx.redirectTo({ url: '/packages/account/real-name/index' })
    else if (form) void wx.redirectTo({ url: `/packages/apply/form/index?item=${form}` })
    else if (getCurrentPages().length > 1) void wx.navigateBack()
    else void wx.switchTab({ url: '/pages/home/index' })
  },
})
