/** A plain sentence that helps (提示): what happened, and what to do now. */
const ICONS: Record<string, string> = { info: 'check', warn: 'alert', bad: 'alert', offline: 'offline' }

Component({
  options: { multipleSlots: false },
  properties: {
    tone: { type: String, value: 'info' },
    heading: { type: String, value: '' },
    text: { type: String, value: '' },
    /** Label of the one button; none when empty. */
    action: { type: String, value: '' },
  },
  data: { icon: 'check' },
  observers: {
    tone(tone: string) {
      this.setData({ icon: ICONS[tone] ?? 'check' })
    },
  },
  methods: {
    act() {
      this.triggerEvent('act')
    },
  },
})
