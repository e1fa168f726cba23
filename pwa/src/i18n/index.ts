/** Texts of the app in three languages; switching changes texts only, never what was typed. */
import { ref, shallowReactive } from 'vue'
import type { Lang } from '../api/models'
import common from './zh-CN/common.json'

export const LANGS: { code: Lang; name: string }[] = [
  { code: 'zh-CN', name: '简体中文' },
  { code: 'zh-Hant', name: '繁體中文' },
  { code: 'en', name: 'English' },
]
export type Pack = 'common' | 'catalogue' | 'auth' | 'apply' | 'cases' | 'space' | 'staff' | 'account' | 'consent' | 'security' | 'handoff' | 'history' | 'staff_admin' | 'staff_change' | 'capacity' | 'acting'
type Texts = Record<string, string>

const files = import.meta.glob<{ default: Texts }>(['./*/*.json', '!./zh-CN/common.json'])
const loaded: Record<Lang, Texts> = { 'zh-CN': { ...common }, 'zh-Hant': {}, en: {} }
const texts = shallowReactive<Texts>({ ...common })
const wanted = new Set<Pack>(['common'])

const asked = document.documentElement.lang
export const lang = ref<Lang>(LANGS.some(({ code }) => code === asked) ? (asked as Lang) : 'zh-CN')

async function fetchPack(pack: Pack, language: Lang) {
  const file = files[`./${language}/${pack}.json`]
  if (file) Object.assign(loaded[language], (await file()).default)
}

/** Loads a group of texts before the page that needs it is shown. */
export async function usePack(...packs: Pack[]) {
  packs.forEach((pack) => wanted.add(pack))
  await Promise.all(packs.map((pack) => fetchPack(pack, lang.value)))
  Object.assign(texts, loaded[lang.value])
}

export async function setLang(next: Lang) {
  await Promise.all([...wanted].map((pack) => fetchPack(pack, next)))
  lang.value = next
  document.documentElement.lang = next
  Object.assign(texts, loaded[next])
}

/** `{name}` is replaced by params; "one|many" is chosen by `n`. */
export function fill(text: string, params: Record<string, unknown> = {}): string {
  const forms = text.split('|')
  const form = forms.length === 2 && params.n === 1 ? forms[0]! : forms[forms.length - 1]!
  return form.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''))
}

export function t(key: string, params?: Record<string, unknown>): string {
  const text = texts[key]
  return text === undefined ? key : fill(text, params)
}

export const has = (key: string) => key in texts
