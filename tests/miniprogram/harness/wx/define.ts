/** One wx interface: promise without callbacks, callbacks when given, errMsg either way, every call noted. */
import { control, reportError } from '../runtime/control'

// eslint-disable-next-line
export type Options = any
export type Interface = (options?: Options) => unknown

export function wxInterface(name: string, act: (options: Options) => unknown): Interface {
  return (options: Options = {}) => {
    control.calls.push([name, options])
    const outcome = (async () => act(options))().then(
      (result) => ({ errMsg: `${name}:ok`, ...(result as object) }),
      (fault) => {
        throw { errMsg: `${name}:fail ${(fault as Error)?.message ?? fault}` }
      },
    )
    if (!options.success && !options.fail && !options.complete) return outcome
    outcome.then(
      (result) => {
        options.success?.(result)
        options.complete?.(result)
      },
      (fault) => {
        options.fail?.(fault)
        options.complete?.(fault)
      },
    ).catch(reportError)
    return undefined
  }
}

export function interfaces(table: Record<string, (options: Options) => unknown>): Record<string, Interface> {
  return Object.fromEntries(Object.entries(table).map(([name, act]) => [name, wxInterface(name, act)]))
}
