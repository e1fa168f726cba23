import { nextTick } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import HomePage from './features/home/HomePage.vue'
import OfflinePage from './features/home/OfflinePage.vue'
import { t, usePack, type Pack } from './i18n'
import Citizen from './layouts/Citizen.vue'
import { useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** key of the page's name, for the title and the screen reader */
    title?: string
    packs?: Pack[]
    /** only for a person who is signed in */
    person?: boolean
    /** which tab is lit */
    tab?: 'home' | 'items' | 'cases' | 'space'
    /** a task of its own: the tab bar steps aside */
    focused?: boolean
  }
}

const citizen: RouteRecordRaw[] = [
  { path: '', component: HomePage, meta: { title: 'title.home', tab: 'home' } },
  {
    path: 'items',
    component: () => import('./features/catalogue/ItemsPage.vue'),
    meta: { title: 'title.items', tab: 'items', packs: ['catalogue'] },
  },
  {
    path: 'items/:code',
    component: () => import('./features/catalogue/ItemPage.vue'),
    meta: { title: 'title.item', tab: 'items', packs: ['catalogue'] },
  },
  {
    path: 'items/:code/apply',
    component: () => import('./features/apply/ApplyPage.vue'),
    meta: { title: 'title.apply', tab: 'items', packs: ['apply', 'catalogue'], person: true, focused: true },
  },
  {
    path: 'themes/:code',
    component: () => import('./features/catalogue/ThemePage.vue'),
    meta: { title: 'title.theme', tab: 'items', packs: ['catalogue'] },
  },
  {
    path: 'sign-in',
    component: () => import('./features/auth/SignInPage.vue'),
    meta: { title: 'title.sign_in', packs: ['auth'], focused: true },
  },
  {
    path: 'register',
    component: () => import('./features/auth/RegisterPage.vue'),
    meta: { title: 'title.register', packs: ['auth'], focused: true },
  },
  {
    path: 'cases',
    component: () => import('./features/cases/CasesPage.vue'),
    meta: { title: 'title.cases', tab: 'cases', packs: ['cases'], person: true },
  },
  {
    path: 'cases/:number',
    component: () => import('./features/cases/CasePage.vue'),
    meta: { title: 'title.case', tab: 'cases', packs: ['cases', 'apply'], person: true },
  },
  {
    path: 'cases/:number/correction',
    component: () => import('./features/cases/CorrectionPage.vue'),
    meta: { title: 'title.correction', tab: 'cases', packs: ['cases', 'apply'], person: true, focused: true },
  },
  {
    path: 'notices',
    component: () => import('./features/inbox/NoticesPage.vue'),
    meta: { title: 'title.notices', tab: 'space', packs: ['space'], person: true },
  },
  {
    path: 'space',
    component: () => import('./features/space/SpacePage.vue'),
    meta: { title: 'title.space', tab: 'space', packs: ['space', 'cases'], person: true },
  },
  {
    path: 'offline',
    component: OfflinePage,
    meta: { title: 'title.offline' },
  },
]

export function makeRouter() {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      {
        path: '/staff/:rest(.*)*',
        name: 'staff',
        component: Citizen,
        beforeEnter: async (to) => {
          const { addStaffPages } = await import('./staff/routes')
          addStaffPages(router)
          return to.fullPath
        },
      },
      {
        path: '/',
        name: 'citizen',
        component: Citizen,
        children: [
          ...citizen,
          // pages that few begin with stay out of the first load, and so do their names
          {
            path: ':rest(.*)*',
            name: 'more',
            component: OfflinePage,
            beforeEnter: async (to) => {
              const { more } = await import('./pages')
              router.removeRoute('more')
              for (const page of more) router.addRoute('citizen', page)
              return to.fullPath
            },
          },
        ],
      },
    ],
    scrollBehavior(to, from, saved) {
      if (saved) return saved
      if (to.hash) return { el: to.hash, top: 80 }
      return to.path === from.path ? undefined : { top: 0 }
    },
  })

  router.beforeEach(async (to) => {
    if (to.meta.packs) await usePack(...to.meta.packs).catch(() => undefined)
    if (!to.meta.person) return
    const session = useSession()
    await session.ready()
    // an unknown session (offline) may still show what this device keeps
    if (session.known && !session.signedIn && !session.expired) {
      return { path: '/sign-in', query: { next: to.fullPath } }
    }
  })

  let first = true
  router.afterEach(async (to, from, failure) => {
    if (failure) return
    nameThePage(to.meta.title ? t(to.meta.title) : '')
    if (first || to.path === from.path) {
      first = false
      return
    }
    await nextTick()
    // a screen reader hears the new page's name, and Tab starts from its top
    const heading = document.querySelector<HTMLElement>('main h1') ?? document.querySelector('main')
    heading?.setAttribute('tabindex', '-1')
    heading?.focus({ preventScroll: true })
  })

  // a new release removed the file of this page: load the whole page again, once
  router.onError((error, to) => {
    if (!navigator.onLine) {
      void router.replace('/offline')
      return
    }
    if (/import|fetch|load/i.test(String(error)) && navigator.onLine && !sessionStorage.getItem('reloaded')) {
      sessionStorage.setItem('reloaded', '1')
      location.assign(to.fullPath)
    }
  })
  return router
}

export function nameThePage(name: string) {
  document.title = name ? `${name} · ${t('brand.full')}` : t('brand.full')
}
