/** One case in a list (办件): where it stands, and whether the person has to do something. */
import { dateText, timeText } from '../../services/dates'
import type { CaseCard } from '../../services/types'

const TONES: Record<string, string> = {
  correcting: 'badge-warn',
  approved: 'badge-ok',
  closed: 'badge-ok',
  denied: 'badge-danger',
  refused: 'badge-danger',
  withdrawn: 'badge-plain',
}

Component({
  properties: {
    case: { type: Object, value: {} as CaseCard },
  },
  data: { tone: '', changed: '', due: '' },
  observers: {
    case(card: CaseCard) {
      this.setData({
        tone: TONES[card.status] ?? '',
        changed: timeText(card.updated_at),
        due: dateText(card.due_on),
      })
    },
  },
})
