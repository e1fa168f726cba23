import { get, server } from './client'

export const readSession = () => get(server.GET('/auth/session'))
export const askCode = (phone: string, purpose: 'register' | 'sign_in') =>
  get(server.POST('/auth/codes', { body: { phone, purpose } }))
export const signInWithCode = (phone: string, code: string) =>
  get(server.POST('/auth/sessions', { body: { phone, code } }))
export const signInWithPassword = (account: string, password: string) =>
  get(server.POST('/auth/sessions', { body: { account, password } }))
export const register = (body: {
  name: string
  id_number: string
  phone: string
  code: string
  password?: string
  consent: true
}) => get(server.POST('/auth/registrations', { body }))
export const endSession = () => get(server.DELETE('/auth/session'))
export const linkWechat = () => get(server.POST('/auth/links/wechat'))
export const unlinkWechat = () => get(server.DELETE('/auth/links/wechat'))
