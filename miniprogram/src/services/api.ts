/** The one way to the platform (接口调用): bearer token, language, problem+json, no answer = offline. */
import { SERVER, TIMEOUT } from '../config'
import { asProblem, OFFLINE, Problem } from './problem'
import { proved } from './proving'
import { read } from './storage'
import type { Session } from './types'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
type Query = Readonly<Record<string, string | undefined>>

interface Options {
  query?: Query
  body?: object
  /** Idempotency-Key of a write that must happen once. */
  key?: string
}

interface Answer {
  statusCode: number
  data: unknown
}

/** Told when the server no longer knows the token. */
let onExpired: () => void = () => undefined

export function whenExpired(listener: () => void): void {
  onExpired = listener
}

/** Told when the platform does not agree on whom this phone acts for. */
let onActing: (problem: Problem) => void = () => undefined

export function whenActingIsOver(listener: typeof onActing): void {
  onActing = listener
}

export function headers(key?: string): Record<string, string> {
  const token = read<string>('token')
  // the platform refuses what was meant for somebody else than the session acts for
  const acting = read<Session>('session')?.acting?.id ?? 'self'
  return {
    Accept: 'application/json',
    'Accept-Language': 'zh-CN',
    'X-Yimen-Client': 'miniprogram',
    ...(token ? { Authorization: `Bearer ${token}`, 'Yimen-Acting': acting } : {}),
    ...(key ? { 'Idempotency-Key': key } : {}),
  }
}

export function address(path: string, query: Query = {}): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value as string)}`)
  return SERVER + path + (pairs.length ? `?${pairs.join('&')}` : '')
}

/** Raises Problem. A 401 also ends the local session; drafts stay where they are.
 *
 * What must not be done by a thief is refused with `prove_again`: the person shows once more who
 * they are, and the same request goes out again.
 */
export async function call<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  try {
    return await send<T>(method, path, options)
  } catch (fault) {
    if (!(fault instanceof Problem) || fault.code !== 'prove_again' || !(await proved(fault))) throw fault
    return send<T>(method, path, options)
  }
}

async function send<T>(method: Method, path: string, options: Options): Promise<T> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    wx.request({
      url: address(path, options.query),
      method,
      timeout: TIMEOUT,
      header: { ...headers(options.key), ...(options.body ? { 'Content-Type': 'application/json' } : {}) },
      ...(options.body ? { data: options.body } : {}),
      success: resolve,
      fail: () => reject(OFFLINE),
    })
  })
  return understood<T>(answer)
}

/** Hands in one file (上传文件) as multipart form data; raises Problem. */
export async function upload<T>(
  path: string,
  filePath: string,
  fields: Record<string, string>,
  key: string,
): Promise<T> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    wx.uploadFile({
      url: address(path),
      filePath,
      name: 'file',
      formData: fields,
      header: headers(key),
      timeout: TIMEOUT * 4,
      success: (result) => resolve({ statusCode: result.statusCode, data: parsed(result.data) }),
      fail: () => reject(OFFLINE),
    })
  })
  return understood<T>(answer)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function understood<T>(answer: Answer): T {
  if (answer.statusCode >= 200 && answer.statusCode < 300) return answer.data as T
  const problem = asProblem(answer.statusCode, answer.data)
  if (problem.signedOut && read('token')) onExpired()
  if (problem.code === 'acting_over' || problem.code === 'acting_changed') onActing(problem)
  throw problem
}
