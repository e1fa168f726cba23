/** The phone and what it stores (设备与存储). */
import { control } from '../runtime/control'
import { interfaces } from './define'

const PREFIX = 'wx:'

export const phone = {
  ...interfaces({ makePhoneCall: () => undefined }),
  getAppBaseInfo: () => ({
    SDKVersion: '3.8.12',
    language: 'zh_CN',
    theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
    fontSizeScaleFactor: control.fontSizeScaleFactor,
    fontSizeSetting: 16 * control.fontSizeScaleFactor,
  }),
  getAccountInfoSync: () => ({ miniProgram: { appId: 'touristappid', envVersion: 'develop', version: '' } }),
  getStorageSync(key: string): unknown {
    const kept = localStorage.getItem(PREFIX + key)
    return kept === null ? '' : JSON.parse(kept)
  },
  setStorageSync: (key: string, value: unknown) => localStorage.setItem(PREFIX + key, JSON.stringify(value)),
  removeStorageSync: (key: string) => localStorage.removeItem(PREFIX + key),
  getStorageInfoSync: () => ({
    keys: Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length)),
  }),
}
