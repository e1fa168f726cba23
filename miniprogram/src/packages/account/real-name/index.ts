/** Identity check (实名认证): what was proven, and the face check that proves more. */
import { call } from '../../../services/api'
import { comfort } from '../../../services/comfort'
import { dateText } from '../../../services/dates'
import { lookIntoCamera } from '../../../services/face'
import { toProblem, type Problem } from '../../../services/problem'
import { renew } from '../../../services/session'
import type { Standing } from '../../../services/types'
import { LEVELS, PROOFS, TROUBLES } from './words'

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
      renew(await lookIntoCamera())
      this.setData({ done: true })
      await this.load()
    } catch (fault) {
      this.setData({ problem: toProblem(fault) })
    } finally {
      this.setData({ busy: false })
    }
  },
})
