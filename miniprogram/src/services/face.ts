/** A face before WeChat's camera (刷脸). Its page says nothing that counts: the server asks WeChat. */
import { call } from './api'
import { Problem } from './problem'
import type { Session } from './types'

type FacialVerify = (options: { verifyId: string; success: () => void; fail: () => void }) => void

/** The session under its new token, once WeChat told the server that it is this person. Raises Problem. */
export async function lookIntoCamera(): Promise<Session> {
  const { id, verify_id } = await call<{ id: string; verify_id: string }>('POST', '/auth/assurance/faces')
  await stand(verify_id)
  return call<Session>('POST', '/auth/assurance/faces/result', { body: { id } })
}

/** Shows WeChat's camera page and comes back when it is closed, whatever it says. */
function stand(verifyId: string): Promise<void> {
  const verify = (wx as unknown as { requestFacialVerify?: FacialVerify }).requestFacialVerify
  if (!verify) {
    const fix = '请先更新微信；也可以带身份证到窗口办理'
    return Promise.reject(new Problem(400, 'face_unsupported', '微信版本太低，不能刷脸', fix))
  }
  return new Promise((resolve) => verify({ verifyId, success: () => resolve(), fail: () => resolve() }))
}
