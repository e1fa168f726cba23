/** Everything kept on the phone (本机存储), under one prefix so that signing out can clear it. */
export type Slot =
  | 'token'
  | 'session'
  | 'signed-out'
  | 'text-size'
  | `draft:${string}`
  | `key:${string}`

const PREFIX = 'yimen:'

export function read<T>(slot: Slot): T | null {
  const kept: unknown = wx.getStorageSync(PREFIX + slot)
  return kept === '' || kept === undefined ? null : (kept as T)
}

export function write(slot: Slot, value: unknown): void {
  wx.setStorageSync(PREFIX + slot, value)
}

export function remove(slot: Slot): void {
  wx.removeStorageSync(PREFIX + slot)
}

/** Removes every slot that starts with `start`, e.g. all drafts of the person signing out. */
export function removeAll(start: 'draft:' | 'key:'): void {
  for (const name of wx.getStorageInfoSync().keys) {
    if (name.startsWith(PREFIX + start)) wx.removeStorageSync(name)
  }
}
