/** A department's own system asks at a window (部门系统请您确认): compare the words, then yes or no. */
import { call } from '../../../services/api'
import { choicesOf, type Choice } from '../../../services/capacity'
import { Problem, toProblem } from '../../../services/problem'
import { current } from '../../../services/session'
import type { Approval } from '../../../services/types'
import { AGREED, ELEMENTS, REFUSED, UNSAID, tells } from './words'

interface Shown {
  name: string
  label: string
  basis: string
}

type Tap = WechatMiniprogram.TouchEvent<object, object, { id: string }>
type Unsaid = typeof UNSAID

Component({
  properties: { approval: { type: Object, value: {} as Approval } },
  data: {
    same: '',
    elements: [] as Shown[],
    /** 替谁来的: for whom the person has come; empty when there is no choice */
    choices: [] as Choice[],
    /** the representation, empty for oneself, null until it is said */
    as: '' as string | null,
    tells: '',
    busy: false,
    problem: null as Problem | Unsaid | null,
  },
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
      this.choose(this.before())
    },
  },
  methods: {
    /** The session's own capacity is offered; one that ended meanwhile is not replaced by oneself. */
    before(): string | null {
      const { capacities } = this.data.approval as Approval
      const now = current()?.acting?.id
      if (!now || !capacities) return ''
      return capacities.some(({ id }) => id === now) ? now : null
    },
    choose(as: string | null) {
      const { capacities } = this.data.approval as Approval
      const self = current()?.name ?? ''
      const choices = capacities ? choicesOf(self, capacities, as) : []
      const chosen = choices.find(({ on }) => on)
      this.setData({
        as,
        choices: choices.length > 1 || as === null ? choices : [],
        tells: chosen ? tells(chosen.id ? chosen.name : '', self) : '',
        problem: null,
      })
    },
    pick(event: Tap) {
      this.choose(event.currentTarget.dataset.id)
    },
    agree() {
      if (this.data.as === null) return this.setData({ problem: UNSAID })
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
        const body = agree
          ? { agree, elements: elements.map(({ name }) => name), acting: this.data.as || null }
          : { agree, elements: [] }
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
