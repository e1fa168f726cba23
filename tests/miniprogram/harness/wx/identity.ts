/** login, camera and clipboard, privacy consent (登录、相机、剪贴板、隐私授权). */
import { control } from '../runtime/control'
import { interfaces } from './define'

interface Resolution {
  event: 'agree' | 'disagree' | 'exposureAuthorization'
  buttonId?: string
}

let listener: ((resolve: (resolution: Resolution) => void) => void) | null = null
let pressed = ''

/** WeChat counts consent only when its own kind of button was pressed. */
export function agreedBy(buttonId: string): void {
  pressed = buttonId
}

/** Asks the app to ask the person; throws what WeChat answers when consent is refused. */
export async function requirePrivacy(): Promise<void> {
  if (control.privacyAgreed) return
  if (!listener) throw new Error('privacy permission is not authorized')
  const { event, buttonId } = await new Promise<Resolution>((resolve) => listener!(resolve))
  if (event !== 'agree') throw new Error('privacy permission is not authorized')
  if (!buttonId || buttonId !== pressed) throw new Error('privacy agreement without a pressed button')
  control.privacyAgreed = true
}

export const identity = {
  ...interfaces({
    login() {
      if (control.account === null) throw new Error('system error')
      return { code: `${control.account}.${Math.random().toString(36).slice(2)}` }
    },
    getPrivacySetting: () => ({
      needAuthorization: !control.privacyAgreed,
      privacyContractName: '《佛山一门通办隐私保护指引》',
    }),
    openPrivacyContract: () => undefined,
    scanCode() {
      if (control.scan === null) throw new Error('cancel')
      return { result: control.scan, scanType: 'QR_CODE' }
    },
    async setClipboardData({ data }: { data: string }) {
      await requirePrivacy()
      control.clipboard = data
    },
    /** The person before the camera: the sandbox hears what they do, the page only that it is over. */
    async requestFacialVerify({ verifyId }: { verifyId: string }) {
      await requirePrivacy()
      if (control.face === 'never') throw new Error('user cancel')
      const body = JSON.stringify({ does: control.face })
      await fetch(`/sandbox/wechat/face/${verifyId}`, { method: 'POST', body })
      if (control.face !== 'pass' && control.face !== 'stranger') throw new Error('verify failed')
      return { verifyResult: verifyId }
    },
  }),
  onNeedPrivacyAuthorization(told: NonNullable<typeof listener>) {
    listener = told
  },
}
