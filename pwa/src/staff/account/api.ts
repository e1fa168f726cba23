/** A member of staff's own account (本人账号). */
import { get, server } from '../../api/client'
import type { components } from '../../api/schema'

export type Happening = components['schemas']['OfficeEvent']
export type Offer = components['schemas']['OtpOffer']

export const readOwn = () => get(server.GET('/auth/staff/account'))
export const beginOtp = () => get(server.POST('/auth/staff/otp'))
export const keepOtp = (code: string) => get(server.PUT('/auth/staff/otp', { body: { code } }))
export const dropOtp = () => get(server.DELETE('/auth/staff/otp'))
export const setOwnPassword = (password: string, present: string) => get(server.PUT('/auth/staff/password', { body: { password, present } }))
export const readHappenings = async () => (await get(server.GET('/auth/staff/events'))).events
