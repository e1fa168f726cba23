import './ui/tokens.css'
import './ui/base.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { lang, setLang } from './i18n'
import { makeRouter } from './router'
import { useSession } from './stores/session'

async function open() {
  const app = createApp(App)
  app.use(createPinia())
  void useSession().refresh()
  if (lang.value !== 'zh-CN') await setLang(lang.value).catch(() => undefined)
  const router = makeRouter()
  app.use(router)
  await router.isReady()
  app.mount('#app')
  if ('serviceWorker' in navigator && import.meta.env.PROD) {
    const { keepUpdated } = await import('./offline/worker')
    void keepUpdated()
  }
}

void open()
