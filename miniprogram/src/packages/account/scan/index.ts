/** Sign in on a PC or a machine with this phone (扫码登录): read its code, then see who asks. */
import { call } from '../../../services/api'
import { comfort } from '../../../services/comfort'
import { Problem, toProblem } from '../../../services/problem'
import type { Prompt } from '../../../services/types'

/** What stands after the # of a screen's code; empty when the code is another one. */
function secretIn(text: string): string {
  return /\/scan#([A-Za-z0-9_-]{1,64})$/.exec(text)?.[1] ?? ''
}

const ANOTHER = new Problem(400, 'scan_other', '这不是登录用的二维码', '请在电脑或自助机的登录页选“扫码登录”，再扫屏幕上的二维码。')

Page({
  data: {
    ...comfort(),
    prompt: null as Prompt | null,
    done: null as { agreed: boolean; words: string } | null,
    problem: null as Problem | null,
    busy: false,
  },

  /** A request that already waits is shown at once. */
  async onLoad() {
    try {
      const { prompt } = await call<{ prompt: Prompt | null }>('GET', '/auth/prompt')
      if (prompt?.kind === 'scan') this.setData({ prompt })
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    }
  },

  onShow() {
    this.setData(comfort())
  },

  async scan() {
    if (this.data.busy) return
    this.setData({ busy: true, problem: null, done: null })
    const text = await this.read()
    try {
      if (text !== null) {
        const code = secretIn(text)
        if (!code) throw ANOTHER
        this.setData({ prompt: await call<Prompt>('POST', '/auth/scans', { body: { code } }) })
      }
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    } finally {
      this.setData({ busy: false })
    }
  },

  /** What the camera reads; null when the person closed it. */
  read(): Promise<string | null> {
    return new Promise((resolve) => {
      wx.scanCode({
        onlyFromCamera: true,
        scanType: ['qrCode'],
        success: ({ result }) => resolve(result),
        fail: () => resolve(null),
      })
    })
  },

  answered(event: WechatMiniprogram.CustomEvent<{ agreed: boolean; words: string }>) {
    this.setData({ prompt: null, done: event.detail })
  },
})
