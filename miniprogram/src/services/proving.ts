/** Who one is, asked once more (再次验证身份), in the middle of something a thief must not do.
 *
 * The server refuses with `prove_again` and names the ways this person has. The page on top asks
 * with the `prove-gate` component; the request that was refused then goes out again.
 */
import type { Problem } from './problem'

export type Way = 'pin' | 'sms' | 'pwd' | 'face'
type Asker = (ways: Way[]) => Promise<boolean>

/** Ways that work inside WeChat; the server names them, the easiest first. */
const WORKING: Way[] = ['pin', 'sms', 'pwd', 'face']
let askers: Asker[] = []
let asking: Promise<boolean> | null = null

/** A page that can ask; returns how to stop. */
export function becomeProver(asker: Asker): () => void {
  askers.push(asker)
  return () => {
    askers = askers.filter((other) => other !== asker)
  }
}

/** True once the person has shown it; several requests refused at once ask once. */
export function proved(refusal: Problem): Promise<boolean> {
  const top = askers[askers.length - 1]
  const named = Array.isArray(refusal.body.ways) ? (refusal.body.ways as string[]) : []
  if (!top) return Promise.resolve(false)
  if (!asking) {
    asking = top(named.filter((way): way is Way => (WORKING as string[]).includes(way)))
    const over = () => {
      asking = null
    }
    asking.then(over, over)
  }
  return asking
}
