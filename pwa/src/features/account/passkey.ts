/** Passkeys (通行密钥) through the browser: bytes there, base64url on the wire. */
import type { Made, Shown } from '../../api/account'

type Options = Record<string, unknown>

/** WeChat's own browser has the name and not the thing. */
export const passkeysWork = () =>
  typeof PublicKeyCredential === 'function' && !/MicroMessenger/i.test(navigator.userAgent)

function bytes(text: unknown): ArrayBuffer {
  const plain = atob(String(text).replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer
}
function words(data: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(data))
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}
const named = (list: unknown) => ((list as Options[]) ?? []).map((one) => ({ ...one, id: bytes(one.id) }))

/** The person said no, waited too long, or this device holds none: nothing to be alarmed about. */
export const wasCancelled = (error: unknown) => error instanceof DOMException && error.name !== 'InvalidStateError'
/** This device holds a passkey of the account already. */
export const isHereAlready = (error: unknown) => error instanceof DOMException && error.name === 'InvalidStateError'

export async function makePasskey(options: Options, label: string): Promise<Made> {
  const user = options.user as Options
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: named(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
  const answer = made.response as AuthenticatorAttestationResponse
  return {
    credential: words(made.rawId),
    client_data: words(answer.clientDataJSON),
    attestation: words(answer.attestationObject),
    transports: answer.getTransports?.() ?? [],
    label,
  }
}

export async function showPasskey(options: Options): Promise<Shown> {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: [] }
  const shown = (await navigator.credentials.get({
    publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions,
  })) as PublicKeyCredential
  const answer = shown.response as AuthenticatorAssertionResponse
  return {
    credential: words(shown.rawId),
    client_data: words(answer.clientDataJSON),
    authenticator_data: words(answer.authenticatorData),
    signature: words(answer.signature),
    user_handle: answer.userHandle ? words(answer.userHandle) : null,
  }
}

/** What the person will know this device by, as a key of the texts. */
export function deviceName(): string {
  const agent = navigator.userAgent
  const marks = { iPhone: 'iphone', iPad: 'ipad', HarmonyOS: 'harmony', Android: 'android', Macintosh: 'mac' }
  const found = Object.entries(marks).find(([mark]) => agent.includes(mark))
  return `passkey.device.${found?.[1] ?? 'computer'}`
}
