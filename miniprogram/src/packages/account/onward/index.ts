/** From the mini-program into the phone's browser (在浏览器中继续): a link that works once.
 *
 * A mini-program may open no browser, so the link goes by the clipboard.
 */
import { call } from '../../../services/api'
import { comfort } from '../../../services/comfort'
import { Problem, toProblem } from '../../../services/problem'

Page({
  data: { ...comfort(), busy: false, copied: '', problem: null as Problem | null },

  onShow() {
    this.setData(comfort())
  },

  async copy() {
    if (this.data.busy) return
    this.setData({ busy: true, copied: '', problem: null })
    try {
      const { url, expires_in } = await call<{ url: string; expires_in: number }>('POST', '/auth/onward')
      await this.put(url)
      this.setData({ copied: `已复制。请在 ${expires_in / 60} 分钟内打开手机浏览器，粘贴到地址栏。` })
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    } finally {
      this.setData({ busy: false })
    }
  },

  put(data: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const fix = '请在提示里点“同意并继续”，再复制一次。'
      const fail = () => reject(new Problem(400, 'clipboard', '没有复制成功', fix))
      wx.setClipboardData({ data, success: () => resolve(), fail })
    })
  },
})
