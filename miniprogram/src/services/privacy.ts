/** WeChat's privacy consent (隐私保护指引): asked the moment a feature first needs it, never before.
 *
 * WeChat tells the app through one listener; the page on top draws the question with the
 * `privacy-gate` component and answers it. A refusal only closes the feature that asked.
 */
type Answer = (result: { event: 'agree' | 'disagree' | 'exposureAuthorization'; buttonId?: string }) => void
/** The typings leave out what the listener is handed. */
type Listen = (listener: (resolve: Answer) => void) => void
type Asker = (ask: boolean) => void

let waiting: Answer[] = []
let askers: Asker[] = []

export function listenForPrivacy(): void {
  const listen = wx.onNeedPrivacyAuthorization as unknown as Listen | undefined
  listen?.((resolve) => {
    waiting.push(resolve)
    const top = askers[askers.length - 1]
    if (top) top(true)
    else answerPrivacy(false)
  })
}

/** A page that can ask; returns how to stop. */
export function becomeAsker(asker: Asker): () => void {
  askers.push(asker)
  return () => {
    askers = askers.filter((other) => other !== asker)
  }
}

/** `buttonId`: the id of the button with open-type agreePrivacyAuthorization that was pressed. */
export function answerPrivacy(agreed: boolean, buttonId = ''): void {
  const all = waiting
  waiting = []
  for (const resolve of all) resolve(agreed ? { event: 'agree', buttonId } : { event: 'disagree' })
}
