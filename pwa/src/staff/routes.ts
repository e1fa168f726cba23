/** Pages of the staff console (工作人员端). They join the router when somebody first goes there. */
import type { Router } from 'vue-router'
import Staff from '../layouts/Staff.vue'
import { useSession } from '../stores/session'

/** Nobody has to be signed in there. */
const OPEN = ['/staff/sign-in', '/staff/place']

export function addStaffPages(router: Router) {
  router.removeRoute('staff')
  router.addRoute({
    path: '/staff',
    component: Staff,
    children: [
      {
        path: '',
        component: () => import('./queue/QueuePage.vue'),
        meta: { title: 'staff.title.queue', packs: ['staff'] },
      },
      {
        path: 'sign-in',
        component: () => import('./shell/SignInPage.vue'),
        meta: { title: 'staff.title.sign_in', packs: ['staff', 'auth'] },
      },
      {
        path: 'cases/:number',
        component: () => import('./case/CasePage.vue'),
        meta: { title: 'staff.title.case', packs: ['staff', 'cases', 'apply'] },
      },
      {
        path: 'window',
        component: () => import('./window/WindowPage.vue'),
        meta: { title: 'staff.title.window', packs: ['staff', 'cases'] },
      },
      {
        path: 'family',
        component: () => import('./family/FamilyPage.vue'),
        meta: { title: 'errand.title', packs: ['staff', 'acting', 'staff_change'] },
      },
      {
        path: 'accounts',
        component: () => import('./accounts/AccountsPage.vue'),
        meta: { title: 'change.title', packs: ['staff', 'staff_change'] },
      },
      {
        path: 'verify',
        component: () => import('./verify/VerifyPage.vue'),
        meta: { title: 'staff.title.verify', packs: ['staff'] },
      },
      {
        path: 'account',
        component: () => import('./account/AccountPage.vue'),
        meta: { title: 'own.title', packs: ['staff', 'staff_admin', 'auth', 'security', 'history'] },
      },
      {
        path: 'admin',
        component: () => import('./admin/MembersPage.vue'),
        meta: { title: 'admin.members', packs: ['staff', 'staff_admin'], section: 'members' },
      },
      {
        path: 'admin/systems',
        component: () => import('./admin/SystemsPage.vue'),
        meta: { title: 'admin.systems', packs: ['staff', 'staff_admin'], section: 'systems' },
      },
      {
        // the id stands in the query: it may hold a dot, as names of files do
        path: 'admin/system',
        component: () => import('./admin/SystemPage.vue'),
        meta: { title: 'admin.systems', packs: ['staff', 'staff_admin'], section: 'systems' },
      },
      {
        path: 'admin/places',
        component: () => import('./admin/PlacesPage.vue'),
        meta: { title: 'admin.places', packs: ['staff', 'staff_admin'], section: 'places' },
      },
      {
        path: 'place',
        component: () => import('./place/PlacePage.vue'),
        meta: { title: 'place.title', packs: ['staff'] },
      },
      {
        path: 'admin/journal',
        component: () => import('./admin/JournalPage.vue'),
        meta: { title: 'admin.journal', packs: ['staff', 'staff_admin'], section: 'journal' },
      },
      {
        path: ':rest(.*)*',
        component: () => import('./shell/MissingPage.vue'),
        meta: { title: 'title.missing', packs: ['staff'] },
      },
    ],
  })

  router.beforeEach(async (to) => {
    if (!to.path.startsWith('/staff') || OPEN.includes(to.path)) return
    const session = useSession()
    await session.ready()
    if (session.known && session.info.kind !== 'staff') {
      return { path: '/staff/sign-in', query: to.fullPath === '/staff' ? {} : { next: to.fullPath } }
    }
    // who gives out roles has no cases to see
    if (to.path === '/staff' && session.info.staff?.roles.includes('administrator')) return '/staff/admin'
  })
}
