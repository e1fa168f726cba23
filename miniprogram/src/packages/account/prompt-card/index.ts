/** Who asks something of this person (待确认的请求): three numbers to pick from, and a clear no. */
import { call } from '../../../services/api'
import { toProblem } from '../../../services/problem'
import type { Prompt } from '../../../services/types'
import { AGREED, LATE, PURPOSES, REFUSED } from './words'

type Tap = WechatMiniprogram.TouchEvent<object, object, { number: string }>
const ticking = new WeakMap<object, number>()

function facts(prompt: Prompt): { label: string; text: string }[] {
  const told =
    prompt.kind === 'window'
      ? [
          { label: '窗口', text: [prompt.department, prompt.window].filter(Boolean).join(' · ') },
          { label: '工作人员', text: prompt.officer },
          { label: '用途', text: PURPOSES[prompt.purpose] ?? '' },
        ]
      : [
          { label: '设备', text: prompt.device || '没有说明的设备' },
          { label: '地点', text: prompt.place },
          { label: '网络', text: prompt.address && `${prompt.address} · ${prompt.near ? '和这部手机同一个网络' : '和这部手机不是同一个网络'}` },
        ]
  return told.filter(({ text }) => text)
}

Component({
  properties: { prompt: { type: Object, value: {} as Prompt } },
  data: { facts: [] as { label: string; text: string }[], numbers: [] as string[], left: 0, busy: false },
  lifetimes: {
    attached() {
      const prompt = this.data.prompt as Prompt
      const end = Date.now() + prompt.expires_in * 1000
      this.setData({ facts: facts(prompt), numbers: prompt.numbers, left: prompt.expires_in })
      const tick = () => {
        const left = Math.max(0, Math.ceil((end - Date.now()) / 1000))
        this.setData({ left })
        if (left === 0) this.end(false, LATE)
      }
      ticking.set(this, setInterval(tick, 1000))
    },
    detached() {
      clearInterval(ticking.get(this) ?? 0)
    },
  },
  methods: {
    pick(event: Tap) {
      void this.answer(event.currentTarget.dataset.number)
    },
    refuse() {
      void this.answer(null)
    },
    async answer(number: string | null) {
      if (this.data.busy) return
      this.setData({ busy: true })
      const { id, kind } = this.data.prompt as Prompt
      try {
        await call('POST', `/auth/prompts/${id}/answer`, { body: { number } })
        this.end(number !== null, number === null ? REFUSED : AGREED[kind])
      } catch (fault) {
        const { title, fix } = toProblem(fault)
        this.end(false, `${title}。${fix}`)
      }
    },
    end(agreed: boolean, words: string) {
      clearInterval(ticking.get(this) ?? 0)
      this.triggerEvent('answered', { agreed, words })
    },
  },
})
