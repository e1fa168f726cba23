/** The question who one is (再次验证弹窗), drawn by the page on top when the server asks for it. */
import { call } from '../../services/api'
import { lookIntoCamera } from '../../services/face'
import { toProblem, type Problem } from '../../services/problem'
import { becomeProver, type Way } from '../../services/proving'
import { renew } from '../../services/session'
import type { Session } from '../../services/types'

type Tap = WechatMiniprogram.TouchEvent<object, object, { way: Way }>

const LABELS: Record<Way, string> = { pin: '数字密码', face: '刷脸', sms: '短信验证码', pwd: '登录密码' }
const FIELDS: Record<Way, string> = { pin: '六位数字密码', face: '', sms: '短信验证码', pwd: '登录密码' }
const stopAsking = new WeakMap<object, () => void>()
let settle: (proved: boolean) => void = () => undefined
let ticking = 0

Component({
  data: {
    asking: false,
    ways: [] as { way: Way; label: string }[],
    way: 'sms' as Way,
    field: '',
    secret: '',
    wrong: '',
    problem: null as Problem | null,
    busy: false,
    wait: 0,
  },
  lifetimes: {
    attached() {
      stopAsking.set(this, becomeProver((ways) => this.ask(ways)))
    },
    detached() {
      stopAsking.get(this)?.()
      clearInterval(ticking)
      settle(false)
    },
  },
  methods: {
    ask(ways: Way[]): Promise<boolean> {
      this.setData({ asking: true, ways: ways.map((way) => ({ way, label: LABELS[way] })) })
      this.take(ways[0] ?? 'sms')
      return new Promise((resolve) => {
        settle = resolve
      })
    },
    choose(event: Tap) {
      this.take(event.currentTarget.dataset.way)
    },
    take(way: Way) {
      this.setData({ way, field: FIELDS[way], secret: '', wrong: '', problem: null })
    },
    typed(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ secret: event.detail.value, wrong: '' })
    },
    async sendCode() {
      await this.attempt(async () => {
        const { resend_after } = await call<{ resend_after: number }>('POST', '/auth/session/codes')
        this.countDown(resend_after)
      })
    },
    countDown(seconds: number) {
      const end = Date.now() + seconds * 1000
      clearInterval(ticking)
      this.setData({ wait: seconds })
      ticking = setInterval(() => {
        const wait = Math.max(0, Math.ceil((end - Date.now()) / 1000))
        this.setData({ wait })
        if (wait === 0) clearInterval(ticking)
      }, 1000)
    },
    async prove() {
      const { way, secret } = this.data
      if (way !== 'face' && !(way === 'pwd' ? secret : /^\d{6}$/.test(secret))) {
        return this.setData({ wrong: way === 'pwd' ? '请填写密码' : '请填写 6 位数字' })
      }
      await this.attempt(async () => {
        const session =
          way === 'face'
            ? await lookIntoCamera()
            : await call<Session>('POST', '/auth/session/proofs', { body: { way, secret } })
        renew(session)
        this.close(true)
      })
    },
    leave() {
      this.close(false)
    },
    close(proved: boolean) {
      clearInterval(ticking)
      this.setData({ asking: false, secret: '', wait: 0 })
      settle(proved)
    },
    async attempt(act: () => Promise<void>) {
      if (this.data.busy) return
      this.setData({ busy: true, wrong: '', problem: null })
      try {
        await act()
      } catch (fault) {
        const problem = toProblem(fault)
        if (problem.errors.length) this.setData({ wrong: `${problem.title}。${problem.fix}` })
        else this.setData({ problem })
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
