/** How a person likes to read: text size, light or dark, language. Kept on this device only. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Lang } from '../api/models'
import { lang, setLang } from '../i18n'

export type Scale = '1' | '1.4' | '2'
export type Theme = 'auto' | 'light' | 'dark'

export function keep(key: string, value: string | null) {
  try {
    if (value === null) localStorage.removeItem('yimen.' + key)
    else localStorage.setItem('yimen.' + key, value)
  } catch {
    // private windows may forbid it; the choice then lasts for this visit
  }
}
export function kept(key: string): string | null {
  try {
    return localStorage.getItem('yimen.' + key)
  } catch {
    return null
  }
}

export const usePrefs = defineStore('prefs', () => {
  const root = document.documentElement
  const scale = ref((root.dataset.scale ?? '1') as Scale)
  const theme = ref((kept('theme') ?? 'auto') as Theme)
  const elder = computed(() => scale.value !== '1')
  const darkDevice = matchMedia('(prefers-color-scheme: dark)')

  function paint() {
    const dark = theme.value === 'auto' ? darkDevice.matches : theme.value === 'dark'
    root.dataset.theme = dark ? 'dark' : 'light'
  }
  darkDevice.addEventListener('change', paint)

  function setScale(next: Scale) {
    scale.value = next
    root.dataset.scale = next
    keep('scale', next === '1' ? null : next)
  }
  function setTheme(next: Theme) {
    theme.value = next
    keep('theme', next === 'auto' ? null : next)
    paint()
  }
  async function speak(next: Lang) {
    await setLang(next)
    keep('lang', next === 'zh-CN' ? null : next)
  }
  /** Signing out clears this site's storage; how a person reads is no secret and stays. */
  function keepAll() {
    setScale(scale.value)
    setTheme(theme.value)
    keep('lang', lang.value === 'zh-CN' ? null : lang.value)
  }
  return { keepAll, scale, theme, elder, lang, setScale, setTheme, speak }
})
