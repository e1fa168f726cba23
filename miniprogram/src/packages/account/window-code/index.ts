/** Digits and a QR code to show at a window (窗口亮码), and, once they are read, who asks.
 *
 * While the page is hidden nothing is drawn and nobody is asked: a code must be in its owner's hand.
 */
import { call } from '../../../services/api'
import { comfort } from '../../../services/comfort'
import { toProblem, type Problem } from '../../../services/problem'
import type { Approval, Prompt } from '../../../services/types'
import { picture } from './qr'

const LOOK_EVERY = 2000
let drawing = 0
let looking = 0
let open = false

/** What a department's own system asks, when it has read the digits. */
async function nextApproval(): Promise<Approval | null> {
  const { approvals } = await call<{ approvals: Approval[] }>('GET', '/auth/approvals')
  return approvals[0] ?? null
}

Page({
  data: {
    ...comfort(),
    digits: '',
    aloud: '',
    picture: '',
    prompt: null as Prompt | null,
    approval: null as Approval | null,
    done: null as { agreed: boolean; words: string } | null,
    problem: null as Problem | null,
  },

  onShow() {
    open = true
    this.setData(comfort())
    if (!this.data.prompt && !this.data.approval && !this.data.done) this.begin()
  },

  onHide() {
    this.stop()
  },

  onUnload() {
    this.stop()
  },

  begin() {
    this.halt()
    this.setData({ digits: '', prompt: null, approval: null, done: null, problem: null })
    void this.draw()
    void this.look()
  },

  stop() {
    open = false
    this.halt()
  },

  halt() {
    clearTimeout(drawing)
    clearTimeout(looking)
  },

  async draw() {
    try {
      const { code, next_in } = await call<{ code: string; next_in: number }>('POST', '/auth/window/codes')
      if (!open) return
      const digits = `${code.slice(0, 4)} ${code.slice(4)}`
      this.setData({ digits, aloud: code.split('').join(' '), picture: picture(code) })
      drawing = setTimeout(() => void this.draw(), next_in * 1000)
    } catch (fault) {
      this.fail(fault)
    }
  },

  async look() {
    try {
      const { prompt, approvals } = await call<{ prompt: Prompt | null; approvals: boolean }>('GET', '/auth/prompt')
      const approval = approvals ? await nextApproval() : null
      if (!open) return
      if (prompt?.kind === 'window' || approval) {
        this.halt()
        this.setData({ prompt: approval ? null : prompt, approval })
      } else {
        looking = setTimeout(() => void this.look(), LOOK_EVERY)
      }
    } catch (fault) {
      this.fail(fault)
    }
  },

  fail(fault: unknown) {
    this.halt()
    if (open) this.setData({ problem: toProblem(fault) })
  },

  answered(event: WechatMiniprogram.CustomEvent<{ agreed: boolean; words: string }>) {
    this.setData({ prompt: null, approval: null, done: event.detail })
  },
})
