/** One case (办件详情): where it stands, what it waits for, why that date, what came out. */
import { call } from '../../../services/api'
import { comfort } from '../../../services/comfort'
import { dateText, timeText } from '../../../services/dates'
import { openCorrection, openSignIn } from '../../../services/go'
import { once } from '../../../services/keys'
import { toProblem, type Problem } from '../../../services/problem'
import type { Case, Clock, Document } from '../../../services/types'
import { openDocument } from './papers'

interface Step {
  key: number
  title: string
  state: 'done' | 'current' | 'waiting'
  stateText: string
  when: string
  by: string
  note: string
}

const STATE_TEXT = { done: '已完成', current: '办理中', waiting: '待办理' } as const
const CHANNELS: Record<string, string> = { inbox: '站内消息', webpush: '浏览器通知', wechat: '微信通知' }
const DELIVERY: Record<string, string> = {
  queued: '准备发送',
  sent: '已发出',
  delivered: '已送达',
  failed: '没有送达',
}

function view(found: Case) {
  return {
    case: found,
    submitted: timeText(found.submitted_at),
    due: dateText(found.due_on),
    answerBy: dateText(found.correction?.due_on),
    decidedAt: timeText(found.result?.at),
    mayAnswer: found.may.includes('answer_correction'),
    mayWithdraw: found.may.includes('withdraw'),
    steps: found.timeline.map((step, key): Step => ({
      key,
      title: step.title,
      state: step.state,
      stateText: STATE_TEXT[step.state],
      when: timeText(step.at),
      by: step.by ?? '',
      note: step.note ?? '',
    })),
    deliveries: found.deliveries.map(({ channel, state, title, at }, key) => ({
      key,
      title,
      text: `${CHANNELS[channel] ?? channel} · ${DELIVERY[state] ?? state} · ${timeText(at)}`,
    })),
  }
}

Page({
  data: {
    ...comfort(),
    number: '',
    fresh: false,
    case: null as Case | null,
    submitted: '',
    due: '',
    answerBy: '',
    decidedAt: '',
    mayAnswer: false,
    mayWithdraw: false,
    steps: [] as Step[],
    deliveries: [] as { key: number; title: string; text: string }[],
    clock: null as { key: number; date: string; text: string }[] | null,
    problem: null as Problem | null,
  },

  onLoad({ number = '', fresh = '' }) {
    this.setData({ number, fresh: fresh === '1' })
  },

  onShow() {
    this.setData(comfort())
    void this.load()
  },

  async onPullDownRefresh() {
    await this.load()
    wx.stopPullDownRefresh()
  },

  async load() {
    await getApp<IAppOption>().started
    try {
      const found = await call<Case>('GET', `/api/cases/${this.data.number}`)
      this.setData({ ...view(found), problem: null })
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    }
  },

  recover() {
    if (this.data.problem?.signedOut) void openSignIn()
    else void this.load()
  },

  correct() {
    void openCorrection(this.data.case!.item.code, this.data.number)
  },

  /** Why this due date (时限明细), day by day; fetched when asked for. */
  async explain() {
    if (this.data.clock) return this.setData({ clock: null })
    try {
      const { lines } = await call<Clock>('GET', `/api/cases/${this.data.number}/clock`)
      this.setData({ clock: lines.map(({ date, text }, key) => ({ key, date: dateText(date), text })) })
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    }
  },

  async read(event: WechatMiniprogram.TouchEvent<object, object, { document: Document }>) {
    try {
      await openDocument(event.currentTarget.dataset.document)
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    }
  },

  async withdraw() {
    const { confirm } = await wx.showModal({
      title: '撤回申请？',
      content: '撤回后这次申请就结束了，以后可以重新申请。',
      confirmText: '撤回',
      cancelText: '不撤回',
    })
    if (!confirm) return
    const { number } = this.data
    try {
      const found = await once(`withdrawal:${number}`, (key) =>
        call<Case>('POST', `/api/cases/${number}/withdrawal`, { key, body: { reason: '本人撤回' } }))
      this.setData({ ...view(found), problem: null })
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    }
  },
})
