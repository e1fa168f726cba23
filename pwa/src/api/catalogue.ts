import { get, server } from './client'

export const readHome = () => get(server.GET('/api/home'))
export const readItem = (code: string) => get(server.GET('/api/items/{code}', { params: { path: { code } } }))
/** The form in force, or the version that a case was filed with. */
export const readForm = (code: string, version?: number) =>
  get(server.GET('/api/items/{code}/form', { params: { path: { code }, query: version ? { version } : {} } }))
export const readTheme = (code: string) => get(server.GET('/api/themes/{code}', { params: { path: { code } } }))
export const findItems = (query: {
  q?: string
  theme?: string
  department?: string
  audience?: 'person' | 'legal_person'
  cursor?: string
}) => get(server.GET('/api/items', { params: { query } }))
