import { get, server } from './client'

export const readHome = () => get(server.GET('/api/home'))
export const readItem = (code: string) => get(server.GET('/api/items/{code}', { params: { path: { code } } }))
export const readForm = (code: string) => get(server.GET('/api/items/{code}/form', { params: { path: { code } } }))
export const readTheme = (code: string) => get(server.GET('/api/themes/{code}', { params: { path: { code } } }))
export const findItems = (query: {
  q?: string
  theme?: string
  department?: string
  audience?: string
  cursor?: string
}) => get(server.GET('/api/items', { params: { query } }))
