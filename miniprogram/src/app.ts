/** Start of the mini-program (启动): the privacy question first, then who is signed in. */
import { listenForPrivacy } from './services/privacy'
import { restore } from './services/session'

App<IAppOption>({
  /** Settled once we know whether somebody is signed in; pages that show it wait for it. */
  started: Promise.resolve(),

  onLaunch() {
    listenForPrivacy()
    this.started = restore()
  },
})
