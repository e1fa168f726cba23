/** Asks who somebody is, over whatever page they are on, and lets that page go on afterwards. */
import { createApp } from 'vue'
import { tokenTurned, type Told } from '../../api/client'
import type { Session } from '../../api/models'
import { usePack } from '../../i18n'
import ProveDialog from './ProveDialog.vue'

let asking: Promise<boolean> | undefined

/** True once the person has shown it; several requests that are refused at once ask once. */
export function ask(told: Told, accept: (session: Session) => void): Promise<boolean> {
  asking ??= open(told, accept).finally(() => (asking = undefined))
  return asking
}

async function open(told: Told, accept: (session: Session) => void): Promise<boolean> {
  await usePack('security')
  const place = document.body.appendChild(document.createElement('div'))
  return new Promise((done) => {
    const leave = (proved: boolean) => {
      app.unmount()
      place.remove()
      done(proved)
    }
    const app = createApp(ProveDialog, {
      told,
      onProved: (session: Session) => {
        tokenTurned()
        accept(session)
        leave(true)
      },
      onLeave: () => leave(false),
    })
    app.mount(place)
  })
}
