/** Acting for another, arranged at a window (窗口办理亲友代办). */
import { get, server } from '../../api/client'
import type { components } from '../../api/schema'

export type Errand = components['schemas']['CounterErrand']
export type Done = components['schemas']['CounterErrandDone']

export const checkErrand = (body: Errand) => get(server.POST('/auth/staff/representations/checks', { body }))
export const arrange = (body: Errand, code: string) => get(server.POST('/auth/staff/representations', { body: { ...body, code } }))
/** Who has no phone signs; another officer agrees before it counts. */
export const askSigned = (body: Errand) => get(server.POST('/auth/staff/representations/signed', { body: { ...body, signed: true } }))
export type Ending = components['schemas']['CounterEnding']
export const endErrand = (body: Ending) => get(server.POST('/auth/staff/representations/endings', { body }))
