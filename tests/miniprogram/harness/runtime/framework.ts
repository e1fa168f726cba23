/** glass-easel, WeChat's component framework, drawing into the real DOM. */
import * as adapter from 'glass-easel-miniprogram-adapter'
import { hostTag } from '../builtins/hosts.mjs'
import { TEMPLATES } from '../builtins/templates.mjs'
import { reportError } from './control'

/** Its published types stop at the package border, so what we use of it is said here. */
// eslint-disable-next-line
export type Caller = any
export interface Root {
  get(): Caller
  getComponent(): Caller
  attach(parent: Element, placeholder: Element): void
  release(): void
}

const framework: Caller = adapter.glassEasel
framework.globalOptions.throwGlobalError = false
framework.globalOptions.writeFieldsToNode = false
framework.globalOptions.writeExtraInfoToAttr = true
framework.addGlobalErrorListener((fault: unknown) => {
  reportError(fault)
  return false
})
framework.addGlobalWarningListener((text: string) => {
  reportError(`framework warning: ${text}`)
  return false
})

export const environment: Caller = new (adapter.MiniProgramEnv as Caller)()

export const elementOf = (caller: Caller): HTMLElement => caller._$.getBackendElement()
export const callerOf = (element: Element): Caller => (element as Caller).__wxElement?.getMethodCaller()

class Backend extends framework.CurrentWindowBackendContext {
  document = {
    createElement: (tag: string) => decorated(create(tag)),
    createTextNode: (text: string) => document.createTextNode(text),
    createDocumentFragment: () => document.createDocumentFragment(),
  }
}

function create(tag: string): HTMLElement {
  if (tag.startsWith('h-')) {
    const element = document.createElement(tag.slice(2))
    element.classList.add('wx-control')
    return element
  }
  if (!(tag in TEMPLATES)) return document.createElement(tag)
  const element = document.createElement(hostTag(tag))
  element.classList.add(`wx-${tag}`)
  if (tag === 'button') element.setAttribute('type', 'button')
  return element
}

/** Inline rpx is converted; the author's id shows as data-id; framework notes stay out of the DOM. */
function decorated(element: HTMLElement): HTMLElement {
  const set = element.setAttribute.bind(element)
  element.setAttribute = (name, value) => {
    if (name === 'exparser:info-attr-id') set('data-id', value)
    else if (name === 'style') set(name, value.replace(/(-?[\d.]+)rpx\b/g, 'calc($1 * var(--rpx))'))
    else if (!name.startsWith('exparser:')) set(name, value)
  }
  return element
}

export function createBackend(): Caller {
  const backend = new Backend() as Caller
  backend.onEvent((target: Caller, type: string, detail: unknown, options: Caller) => {
    if (type === 'tap' && options.originalEvent?.target?.closest?.('button[disabled]')) return undefined
    const event = new framework.Event(type, detail, options)
    framework.Event.dispatchEvent(target, event)
    const { NoDefault, Normal } = framework.EventBubbleStatus
    return event.defaultPrevented() ? NoDefault : Normal
  })
  return environment.associateBackend(backend)
}
