/** Single-key shortcuts (快捷键). They rest while somebody types, and can be switched off (WCAG 2.1.4). */
import { onBeforeUnmount, onMounted, ref } from 'vue'
import { keep, kept } from '../../stores/prefs'

export const keysOn = ref(kept('staff.keys') !== 'off')
export function switchKeys(on: boolean) {
  keysOn.value = on
  keep('staff.keys', on ? null : 'off')
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'defaultPrevented'>

/** Whether a key press is meant as a shortcut and not as writing or as the browser's own command. */
export function isShortcut(event: Pressed, target: { tagName: string; type?: string; isContentEditable?: boolean } | null) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false
  if (!target) return true
  if (target.isContentEditable || target.tagName === 'TEXTAREA' || target.tagName === 'SELECT') return false
  return target.tagName !== 'INPUT' || ['checkbox', 'radio', 'button'].includes(target.type ?? 'text')
}

export function useKeys(actions: Record<string, () => void>) {
  function pressed(event: KeyboardEvent) {
    const action = actions[event.key]
    if (!action || (!keysOn.value && event.key !== '?')) return
    if (!isShortcut(event, event.target as HTMLElement | null) || document.querySelector('dialog[open]')) return
    event.preventDefault()
    action()
  }
  onMounted(() => addEventListener('keydown', pressed))
  onBeforeUnmount(() => removeEventListener('keydown', pressed))
}
