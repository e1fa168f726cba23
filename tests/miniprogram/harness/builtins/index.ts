/** Registers WeChat's built-in components in a code space of their own, usable by every tag name. */
import { elementOf, environment, type Caller } from '../runtime/framework'
import { ariaObservers, ariaProperties } from './aria'
import { checkbox, checkboxGroup, radio, radioGroup, toggle } from './choices'
import type { Builtin } from './define'
import { picker } from './picker'
import { button, navigator } from './press'
import { TEMPLATES } from './templates.mjs'
import { input, textarea } from './text-input'

const WITH_BEHAVIOUR: Record<string, Builtin> = {
  button,
  checkbox,
  'checkbox-group': checkboxGroup,
  image: { properties: { src: String, mode: String, lazyLoad: Boolean }, control: 'img' },
  input,
  navigator,
  'page-meta': {
    properties: { rootFontSize: String, pageStyle: String },
    observers: {
      rootFontSize(size: string) {
        document.documentElement.style.fontSize = size
      },
    },
  },
  picker,
  radio,
  'radio-group': radioGroup,
  switch: toggle,
  text: { properties: { userSelect: Boolean, decode: Boolean } },
  textarea,
  view: { properties: { hoverClass: String } },
}

/** A page that was left may still set data; there is nothing left to draw then. */
function whileDrawn(observers: NonNullable<Builtin['observers']>): NonNullable<Builtin['observers']> {
  const guarded = Object.entries(observers).map(([name, observe]) => [
    name,
    function (this: Caller, ...values: unknown[]) {
      if (elementOf(this)) observe.apply(this, values)
    },
  ])
  return Object.fromEntries(guarded)
}

/** `templates`: compiled templates of the whole build, those of the built-ins among them. */
export function registerBuiltins(mainSpace: Caller, templates: Record<string, unknown>): void {
  const space = environment.createCodeSpace('__builtin', false)
  for (const tag of Object.keys(TEMPLATES)) {
    const path = `__builtin/${tag}`
    const builtin = WITH_BEHAVIOUR[tag] ?? {}
    space.addComponentStaticConfig(path, { component: true, styleIsolation: 'apply-shared' })
    space.addCompiledTemplate(path, { groupList: templates, content: templates[path] })
    space
      .component(path)
      .definition({
        properties: { ...ariaProperties(), ...builtin.properties },
        data: builtin.data ?? {},
        methods: builtin.methods ?? {},
        observers: whileDrawn({ ...ariaObservers(builtin.control !== undefined), ...builtin.observers }),
        lifetimes: builtin.attached ? { attached: builtin.attached } : {},
      })
      .register()
    const component = space.getComponentSpace().getComponentByUrl(path, '')
    mainSpace.getComponentSpace().setGlobalUsingComponent(tag, component)
  }
}
