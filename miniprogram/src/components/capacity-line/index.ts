/** Whom the session acts for (办事身份), on every page; nothing in one's own capacity. */
import { current } from '../../services/session'

Component({
  data: { name: '', company: false },
  lifetimes: {
    attached() {
      this.look()
    },
  },
  pageLifetimes: {
    show() {
      this.look()
    },
  },
  methods: {
    look() {
      const acting = current()?.acting
      this.setData({ name: acting?.name ?? '', company: acting?.kind === 'legal_person' })
    },
    change() {
      void wx.switchTab({ url: '/pages/me/index' })
    },
  },
})
