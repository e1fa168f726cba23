/** Identity check (实名认证): what was proven, and the face check that proves more.
 *
 * WeChat's camera page says nothing that counts: however it ends, the server asks WeChat itself.
 */
import { call } from '../../../services/api'
import { comfort } from '../../../services/comfort'
import { dateText } from '../../../services/dates'
import { Problem, toProblem } from '../../../services/problem'
import { renew } from '../../../services/session'
import type { Session, Standing } from '../../../services/types'
import { LEVELS, PROOFS, TROUBLES } from './words'

type FacialVerify = (options: { verifyId: string; success: () => void; fail: () => void }) => void

Page({
  data: {
    ...comfort(),
    standing: null as Standing | null,
    level: '',
    proof: '',
    until: '',
    troubles: [] as { code: string; heading: string; text: string }[],
    canLook: false,
    busy: false,
    done: false,
    problem: null as Problem | null,
  },

  async onShow() {
    await this.load()
  },

  async load() {
    try {
      this.show(await call<Standing>('GET', '/auth/assurance'))
      this.setData({ problem: null })
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    }
  },

  show(standing: Standing) {
    this.setData({
      standing,
      level: LEVELS[standing.level],
      proof: standing.proof ? PROOFS[standing.proof.way] : '',
      until: standing.proof ? dateText(standing.proof.until) : '',
      troubles: standing.troubles.map((code) => ({ code, ...(TROUBLES[code] || TROUBLES['registers_silent']!) })),
      canLook: standing.ways.some(({ way }) => way === 'face'),
    })
  },

  async look() {
    if (this.data.busy) return
    this.setData({ busy: true, problem: null, done: false })
    try {
      const { id, verify_id } = await call<{ id: string; verify_id: string }>('POST', '/auth/assurance/faces')
      await this.stand(verify_id)
      renew(await call<Session>('POST', '/auth/assurance/faces/result', { body: { id } }))
      this.setData({ done: true })
      await this.load()
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    } finally {
      this.setData({ busy: false })
    }
  },

  /** Shows WeChat's camera page and comes back when it is closed, whatever it says. */
  stand(verifyId: string): Promise<void> {
    const verify = (wx as unknown as { requestFacialVerify?: FacialVerify }).requestFacialVerify
    if (!verify) {
      const fix = '请先更新微信；也可以带身份证到窗口办理'
      return Promise.reject(new Problem(400, 'face_unsupported', '微信版本太低，不能刷脸', fix))
    }
    return new Promise((resolve) => verify({ verifyId, success: () => resolve(), fail: () => resolve() }))
  },
})
