/** 办事身份 in words: who the represented is to the person, and what the person may do. */
import type { Capacity } from './types'

const ROLES: Record<Capacity['role'], string> = {
  guardian: '您的孩子',
  family: '家人',
  legal_representative: '您是法定代表人',
  manager: '您是管理员',
  agent: '您是经办人',
  viewer: '您只能查看',
}
const words = ({ role, scope }: Capacity) => `${ROLES[role]} · ${scope.includes('apply') ? '能看也能办' : '只能看'}`

export interface Choice {
  /** of the representation; empty for oneself */
  id: string
  name: string
  role: string
  on: boolean
}

/** Oneself first, then everybody else, the one that is chosen marked; null marks none. */
export function choicesOf(self: string, found: Capacity[], chosen: string | null): Choice[] {
  return [
    { id: '', name: '为自己办', role: self, on: chosen === '' },
    ...found.map((one) => ({ id: one.id, name: one.name, role: words(one), on: one.id === chosen })),
  ]
}
