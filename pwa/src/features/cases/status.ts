import type { CaseCard } from '../../api/models'

export type Tone = 'plain' | 'info' | 'good' | 'warn' | 'bad'

const TONES: Record<string, Tone> = {
  correcting: 'warn', approved: 'good', closed: 'good', denied: 'bad', refused: 'bad', withdrawn: 'plain',
}

export function toneOf(one: Pick<CaseCard, 'status'>): Tone {
  return TONES[one.status] ?? 'info'
}

export const isOver = (one: Pick<CaseCard, 'status'>) => ['closed', 'refused', 'withdrawn'].includes(one.status)
