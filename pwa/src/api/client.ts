/** The one door to the server: language, CSRF token, and refusals as `Problem`. */
import createClient from 'openapi-fetch'
import type { FieldError } from '../forms/model'
import { lang, t } from '../i18n'
import type { paths } from './schema'

/** A refusal of the server (RFC 9457), or `offline` when the server was not reached at all. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title = '',
    readonly fix = '',
    readonly errors: FieldError[] = [],
    readonly params: Record<string, unknown> = {},
  ) {
    super(code)
  }

  get offline() {
    return this.status === 0
  }
  get signedOut() {
    return this.status === 401
  }
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, 'offline')
}

/** A refusal in one line: what is the matter, and the nearest fix. Each part comes without a full stop. */
export function inWords(error: unknown, offline = 'problem.offline'): string {
  const problem = asProblem(error)
  if (problem.offline) return t(offline)
  return [problem.title || t('problem.failed'), problem.fix].filter(Boolean).join(lang.value === 'en' ? '. ' : '。')
}

let csrf: string | null = null
let whenSignedOut: () => void = () => {}
let renewToken: () => Promise<void> = async () => {}

export function useToken(token: string | null) {
  csrf = token
}
/** Asks the person to show once more who they are; false when they would rather not. */
let proveAgain: (told: Told) => Promise<boolean> = async () => false
export type Told = { aal: number; ways: string[] }
export function onProveAgain(ask: typeof proveAgain) {
  proveAgain = ask
}
/** On whose behalf this page believes to act: a representation, or "self". The server refuses what does not agree. */
let capacity = ''
export function actAs(id: string) {
  capacity = id
}
/** Asks the person on whose behalf to go on; true when what was refused may be sent once more. */
let settleActing: (refused: Problem) => Promise<boolean> = async () => false
export function onActing(ask: typeof settleActing) {
  settleActing = ask
}
const aboutActing = (code?: string) => Boolean(code?.startsWith('acting_'))
let turned = 0
/** A proof turns the session's token: what was under way with the former one is sent once more. */
export function tokenTurned() {
  turned = performance.now()
}
export function onSignedOut(listener: () => void, renew: () => Promise<void>) {
  whenSignedOut = listener
  renewToken = renew
}

function problemFrom(response: Response, body: unknown): Problem {
  const told = (body && typeof body === 'object' ? body : {}) as Record<string, unknown>
  const { title, code, fix, errors, ...params } = told
  return new Problem(
    response.status,
    typeof code === 'string' ? code : response.status === 404 ? 'not_found' : 'failed',
    typeof title === 'string' ? title : '',
    typeof fix === 'string' ? fix : '',
    Array.isArray(errors) ? (errors as FieldError[]) : [],
    params,
  )
}

function withHeaders(request: Request, as: string): Request {
  request.headers.set('Accept-Language', lang.value)
  if (as) request.headers.set('Yimen-Acting', as)
  if (csrf && request.method !== 'GET') request.headers.set('X-CSRF-Token', csrf)
  return request
}

/**
 * Sends once more with a fresh token when the page held an old one (a sign-in in another tab), and
 * after the person has shown who they are where the server wants to be sure, or on whose behalf.
 */
async function send(input: Request): Promise<Response> {
  const again = input.clone()
  const began = performance.now()
  const as = capacity
  const response = await fetch(withHeaders(input, as))
  if (response.status === 401 && turned > began) return fetch(withHeaders(again, as))
  if (response.status !== 403 && response.status !== 409) return response
  const told = (await response.clone().json().catch(() => ({}))) as Partial<Told> & { code?: string }
  if (told.code?.includes('csrf') && input.method !== 'GET') await renewToken()
  else if (aboutActing(told.code)) {
    if (!(await settleActing(problemFrom(response, told)))) return response
  } else if (told.code !== 'prove_again' || !(await proveAgain(told as Told))) return response
  return fetch(withHeaders(again, as))
}

export const server = createClient<paths>({ baseUrl: location.origin, fetch: send })

type Answered<T> = { data?: T; error?: unknown; response: Response }

/** Unwraps an answer; raises `Problem` for every refusal. */
export async function get<T>(asked: Promise<Answered<T>>): Promise<NonNullable<T>> {
  let answer: Answered<T>
  try {
    answer = await asked
  } catch {
    throw new Problem(0, 'offline')
  }
  if (!answer.response.ok) {
    if (answer.response.status === 401) whenSignedOut()
    throw problemFrom(answer.response, answer.error)
  }
  return answer.data as NonNullable<T>
}

/** Files travel as multipart with progress, which fetch can not report. */
export function upload<T>(
  path: string,
  form: FormData,
  key: string,
  onProgress: (share: number) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', path)
    request.responseType = 'json'
    request.setRequestHeader('Accept-Language', lang.value)
    request.setRequestHeader('Idempotency-Key', key)
    if (capacity) request.setRequestHeader('Yimen-Acting', capacity)
    if (csrf) request.setRequestHeader('X-CSRF-Token', csrf)
    request.upload.onprogress = (event) => event.total && onProgress(event.loaded / event.total)
    request.onerror = () => reject(new Problem(0, 'offline'))
    request.onload = () => {
      if (request.status < 300) return resolve(request.response as T)
      if (request.status === 401) whenSignedOut()
      const refused = problemFrom(new Response(null, { status: request.status }), request.response)
      if (!aboutActing(refused.code)) return reject(refused)
      const again = (yes: boolean) => (yes ? upload<T>(path, form, key, onProgress) : Promise.reject(refused))
      settleActing(refused).then(again).then(resolve, reject)
    }
    request.send(form)
  })
}
