/** What to do when the server does not agree on whose behalf a page acts. Over whatever page it is. */
import { createApp } from 'vue'
import type { Problem } from '../../api/client'
import type { Session } from '../../api/models'
import { usePack } from '../../i18n'
import { useSession } from '../../stores/session'
import TroubleDialog from './TroubleDialog.vue'

let asking: Promise<boolean> | undefined

/** True when what was refused may be sent once more; several requests that are refused at once ask once. */
export function settle(refused: Problem, accept: (session: Session) => void): Promise<boolean> {
  asking ??= open(refused, accept).finally(() => (asking = undefined))
  return asking
}

async function open(refused: Problem, accept: (session: Session) => void): Promise<boolean> {
  await usePack('capacity')
  const session = useSession()
  const place = document.body.appendChild(document.createElement('div'))
  return new Promise((done) => {
    const leave = (again: boolean) => {
      app.unmount()
      place.remove()
      done(again)
    }
    const app = createApp(TroubleDialog, {
      over: refused.code === 'acting_over',
      mine: session.info.acting ?? null,
      self: session.name,
      onTurned: (now: Session) => {
        const before = session.info.acting?.id
        accept(now)
        leave(before === now.acting?.id)
      },
      onLeave: () => leave(false),
    })
    app.mount(place)
  })
}
