/** What went wrong and the nearest thing to do (problem+json), in the server's own plain words. */

export interface FieldProblem {
  /** Where, e.g. `/values/phone` or `/materials/photo`. */
  pointer: string
  code: string
  detail: string
}

/** Not an Error: the stack is of no use on a phone, and subclasses of Error lose their type in ES5. */
export class Problem {
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly fix: string,
    readonly errors: readonly FieldProblem[] = [],
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {}

  get offline(): boolean {
    return this.status === 0
  }

  get signedOut(): boolean {
    return this.status === 401
  }

  /** Whether the server has definitely refused, so that the same request need not be repeated. */
  get settled(): boolean {
    return this.status >= 400 && this.status < 500 && ![401, 408, 425, 429].includes(this.status)
  }
}

export const OFFLINE = new Problem(0, 'offline', '网络连接不上', '请检查手机网络后再试，已填写的内容都在。')
const BROKEN = { code: 'server', title: '系统暂时繁忙', fix: '请稍等一会儿再试，已填写的内容都在。' }

/** Reads a refusal; an answer that is not problem+json (a proxy's page) still gets plain words. */
export function asProblem(status: number, body: unknown): Problem {
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const text = (name: string, other: string) => (typeof said[name] === 'string' ? said[name] : other)
  return new Problem(
    status,
    text('code', BROKEN.code),
    text('title', BROKEN.title),
    text('fix', BROKEN.fix),
    Array.isArray(said.errors) ? (said.errors as FieldProblem[]) : [],
    said,
  )
}

/** Anything thrown, as a problem that can be shown. */
export function toProblem(fault: unknown): Problem {
  if (fault instanceof Problem) return fault
  console.error(fault)
  return new Problem(0, 'app', '小程序出了点问题', '请返回上一页重新进入，已填写的内容都在。')
}
