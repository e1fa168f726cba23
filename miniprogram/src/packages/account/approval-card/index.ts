/** A department's own system asks at a window (部门系统请您确认): compare the words, then yes or no. */
import { call } from '../../../services/api'
import { Problem, toProblem } from '../../../services/problem'
import type { Approval } from '../../../services/types'
import { AGREED, ELEMENTS, REFUSED } from './words'

interface Shown {
  name: string
  label: string
  basis: string
}

Component({
  properties: { approval: { type: Object, value: {} as Approval } },
  data: { same: '', elements: [] as Shown[], busy: false, problem: null as Problem | null },
  lifetimes: {
    attached() {
      const { message, code, elements } = this.data.approval as Approval
      this.setData({
        same: message ?? code ?? '',
        elements: elements.map(({ name, legal_basis }) => ({
          name,
          label: ELEMENTS[name] ?? name,
          basis: legal_basis ?? '',
        })),
      })
    },
  },
  methods: {
    agree() {
      void this.answer(true)
    },
    refuse() {
      void this.answer(false)
    },
    async answer(agree: boolean) {
      if (this.data.busy) return
      this.setData({ busy: true, problem: null })
      const { id, elements } = this.data.approval as Approval
      try {
        const body = { agree, elements: agree ? elements.map(({ name }) => name) : [] }
        await call('POST', `/auth/approvals/${id}/answer`, { body })
        this.triggerEvent('answered', { agreed: agree, words: agree ? AGREED : REFUSED })
      } catch (fault) {
        const problem = toProblem(fault)
        // they closed the dialog, and may try again
        if (problem.code !== 'prove_again') this.setData({ problem })
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
