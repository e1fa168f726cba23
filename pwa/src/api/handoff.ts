/** From one device to another (跨设备): a screen signed in by phone, a link into the browser. */
import { get, server } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
export type ScreenState = Schemas['ScreenView']
export type Prompt = Schemas['PromptView']

export const startScreen = () => get(server.POST('/auth/screens'))
export const readScreen = () => get(server.GET('/auth/screens/own'))
export const drawCode = () => get(server.POST('/auth/screens/own/codes'))
export const finishScreen = () => get(server.POST('/auth/screens/own/session'))

export const openScan = (code: string) => get(server.POST('/auth/scans', { body: { code } }))
export const readPrompt = () => get(server.GET('/auth/prompt'))
export const answerPrompt = (id: string, number: string | null) =>
  get(server.POST('/auth/prompts/{id}/answer', { params: { path: { id } }, body: { number } }))

export const offerLink = () => get(server.POST('/auth/onward'))
export const linkOwner = (secret: string) => get(server.POST('/auth/onward/owner', { body: { secret } }))
export const enterByLink = (secret: string) => get(server.POST('/auth/onward/sessions', { body: { secret } }))
export const signInByWechat = (next: string) => get(server.POST('/auth/wechat', { body: { next } }))

export const readLinks = () => get(server.GET('/auth/links'))
export const dropLink = (id: string) => get(server.DELETE('/auth/links/{id}', { params: { path: { id } } }))

export const showWindowCode = () => get(server.POST('/auth/window/codes'))
