/** The person's own account (账号安全), and proving again who one is. Loaded by its pages alone. */
import { get, server } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
export type Account = Schemas['AccountView']
export type Place = Schemas['PlaceView']
export type Passkey = Schemas['PasskeyView']
export type Proof = Schemas['Proof']
export type Shown = Schemas['PasskeyShown']
export type Made = Schemas['PasskeyMade']

const at = (id: string) => ({ params: { path: { id } } })

export const readAccount = () => get(server.GET('/auth/account'))
export const readPlaces = () => get(server.GET('/auth/sessions'))
export const endPlace = (id: string) => get(server.DELETE('/auth/sessions/{id}', at(id)))
export const endOthers = () => get(server.DELETE('/auth/sessions'))
export const setPassword = (password: string, present?: string) => get(server.PUT('/auth/password', { body: { password, present } }))
export const setPin = (pin: string) => get(server.PUT('/auth/pin', { body: { pin } }))
export const dropPin = () => get(server.DELETE('/auth/pin'))

export type RecoveryStart = Schemas['RecoveryStart']
export const askRecoveryCode = (phone: string) => get(server.POST('/auth/recoveries/codes', { body: { phone } }))
export const startRecovery = (body: RecoveryStart) => get(server.POST('/auth/recoveries', { body }))
export const finishRecovery = (phone: string, code: string) =>
  get(server.POST('/auth/recoveries/completion', { body: { phone, code } }))
export const readRecovery = () => get(server.GET('/auth/recovery'))
export const stopRecovery = () => get(server.DELETE('/auth/recovery'))
export const makeRecoveryCode = () => get(server.POST('/auth/recovery-code'))
export const askPhoneCode = (phone: string) => get(server.POST('/auth/phone/codes', { body: { phone } }))
export const changePhone = (phone: string, code: string) => get(server.PUT('/auth/phone', { body: { phone, code } }))

export const readPasskeys = () => get(server.GET('/auth/passkeys'))
export const askForPasskey = () => get(server.POST('/auth/passkeys/challenges'))
export const signInByPasskey = (body: Shown) => get(server.POST('/auth/passkeys/sessions', { body }))
export const beginPasskey = () => get(server.POST('/auth/passkeys/options'))
export const keepPasskey = (body: Made) => get(server.POST('/auth/passkeys', { body }))
export const namePasskey = (id: string, label: string) =>
  get(server.PUT('/auth/passkeys/{id}', { ...at(id), body: { label } }))
export const dropPasskey = (id: string) => get(server.DELETE('/auth/passkeys/{id}', at(id)))

export const askProofCode = () => get(server.POST('/auth/session/codes'))
export const prove = (body: Proof) => get(server.POST('/auth/session/proofs', { body }))
