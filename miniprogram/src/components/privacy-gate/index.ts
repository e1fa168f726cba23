/** The privacy question (隐私授权弹窗), drawn by the page on top when WeChat asks for it. */
import { answerPrivacy, becomeAsker } from '../../services/privacy'

const BUTTON = 'agree-privacy'
const stopAsking = new WeakMap<object, () => void>()

Component({
  data: { asking: false, name: '《隐私保护指引》' },
  lifetimes: {
    attached() {
      stopAsking.set(this, becomeAsker((asking) => this.ask(asking)))
    },
    detached() {
      stopAsking.get(this)?.()
    },
  },
  methods: {
    ask(asking: boolean) {
      this.setData({ asking })
      wx.getPrivacySetting?.({
        success: ({ privacyContractName }) => this.setData({ name: privacyContractName }),
      })
    },
    read() {
      wx.openPrivacyContract?.({})
    },
    agree() {
      this.setData({ asking: false })
      answerPrivacy(true, BUTTON)
    },
    refuse() {
      this.setData({ asking: false })
      answerPrivacy(false)
    },
  },
})
