/** The four doors at the bottom (底部导航), drawn by us so that text and targets grow with rem. */
Component({
  data: {
    selected: 0,
    tabs: [
      { path: '/pages/home/index', text: '首页', icon: 'home' },
      { path: '/pages/items/index', text: '办事', icon: 'list' },
      { path: '/pages/cases/index', text: '进度', icon: 'progress' },
      { path: '/pages/me/index', text: '我的', icon: 'person' },
    ],
  },
  methods: {
    open(event: WechatMiniprogram.TouchEvent<object, object, { path: string }>) {
      wx.switchTab({ url: event.currentTarget.dataset.path })
    },
  },
})
