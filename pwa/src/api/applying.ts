import type { Values } from '../forms/model'
import { get, server, upload } from './client'
import type { Application, Doc, Submission } from './models'

export const readApplication = (code: string) =>
  get(server.GET('/api/items/{code}/application', { params: { path: { code }, query: { form: '1' } } })) as Promise<Application>

export const readDrafts = () => get(server.GET('/api/drafts'))

export const saveDraft = (
  item: string,
  body: { revision: number; values: Values; materials: Record<string, string[]> },
) => get(server.PUT('/api/drafts/{item}', { params: { path: { item } }, body }))

export const dropDraft = (item: string) => get(server.DELETE('/api/drafts/{item}', { params: { path: { item } } }))

export const submitCase = (body: Submission, key: string) =>
  get(server.POST('/api/cases', { body, params: { header: { 'Idempotency-Key': key } } }))

export const readDocuments = () => get(server.GET('/api/documents'))

export function uploadDocument(
  file: File,
  materialType: string,
  key: string,
  onProgress: (share: number) => void,
): Promise<Doc> {
  const form = new FormData()
  form.set('material_type', materialType)
  form.set('name', file.name.slice(0, 100))
  form.set('file', file)
  return upload<Doc>('/api/documents', form, key, onProgress)
}
export const dropDocument = (id: string) =>
  get(server.DELETE('/api/documents/{id}', { params: { path: { id } } }))
