/** One service item in a list (事项): what it is, who handles it, how much trouble it will be. */
import { comfort } from '../../services/comfort'
import type { ItemCard } from '../../services/types'

Component({
  properties: {
    item: { type: Object, value: {} as ItemCard },
    /** Place in a theme, 1, 2, 3…; 0 leaves it out. */
    step: { type: Number, value: 0 },
    /** No line below it. */
    last: { type: Boolean, value: false },
    why: { type: String, value: '' },
  },
  data: { roomy: true },
  lifetimes: {
    attached() {
      this.makeRoom()
    },
  },
  pageLifetimes: {
    show() {
      this.makeRoom()
    },
  },
  methods: {
    /** At the largest text the words need the width more than the pictures do. */
    makeRoom() {
      this.setData({ roomy: comfort().textSize !== 'huge' })
    },
  },
})
