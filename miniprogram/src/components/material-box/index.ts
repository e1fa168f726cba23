/** One material (材料): what satisfies it already, what is attached, and how to add one.
 *
 * Events, all with {code, id}: `photo`, `file`, `use` (a paper of My Space), `drop`.
 */
import type { MaterialView } from '../../packages/apply/form/filling'

type Tap = WechatMiniprogram.TouchEvent<object, object, { id: string }>

Component({
  properties: {
    material: { type: Object, value: {} as MaterialView },
  },
  methods: {
    tell(name: string, id = '') {
      this.triggerEvent(name, { code: (this.data.material as MaterialView).code, id })
    },
    photo() {
      this.tell('photo')
    },
    file() {
      this.tell('file')
    },
    use(event: Tap) {
      this.tell('use', event.currentTarget.dataset.id)
    },
    drop(event: Tap) {
      this.tell('drop', event.currentTarget.dataset.id)
    },
  },
})
