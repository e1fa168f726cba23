/** Who stands at the window (窗口亮码认人). */
import { get, server } from '../../api/client'
import type { components } from '../../api/schema'

export type Present = components['schemas']['AtWindow']
export type Purpose = components['schemas']['WindowReading']['purpose']
export const PURPOSES: Purpose[] = ['apply', 'progress', 'papers', 'collect']

export const readCode = (body: { code: string; window: string; purpose: Purpose }) =>
  get(server.POST('/auth/staff/readings', { body }))
export const readAnswer = (id: string) => get(server.GET('/auth/staff/readings/{id}', { params: { path: { id } } }))
export const leaveWindow = () => get(server.DELETE('/auth/staff/readings'))
export const readPresent = () => get(server.GET('/api/staff/window'))
