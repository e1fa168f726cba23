/** Pages of the citizens' app that few people begin with. They join the router when somebody first goes there. */
import type { RouteRecordRaw } from 'vue-router'

export const more: RouteRecordRaw[] = [
  {
    path: 'entered',
    component: () => import('./features/auth/EnteredPage.vue'),
    meta: { title: 'title.sign_in', focused: true },
  },
  {
    path: 'acting',
    component: () => import('./features/acting/ChoosePage.vue'),
    meta: { title: 'capacity.ask', packs: ['capacity'], person: true, focused: true },
  },
  {
    path: 'space/acting',
    component: () => import('./features/acting/ActingPage.vue'),
    meta: { title: 'acting.title', tab: 'space', packs: ['capacity', 'acting'], person: true },
  },
  {
    path: 'space/companies',
    component: () => import('./features/acting/CompaniesPage.vue'),
    meta: { title: 'companies.title', tab: 'space', packs: ['capacity', 'acting'], person: true },
  },
  {
    path: 'space/documents',
    component: () => import('./features/space/DocumentsPage.vue'),
    meta: { title: 'title.documents', tab: 'space', packs: ['space'], person: true },
  },
  {
    path: 'space/reads',
    component: () => import('./features/space/ReadsPage.vue'),
    meta: { title: 'title.reads', tab: 'space', packs: ['space'], person: true },
  },
  {
    path: 'space/real-name',
    component: () => import('./features/account/RealNamePage.vue'),
    meta: { title: 'real.title', tab: 'space', packs: ['account'], person: true },
  },
  {
    path: 'space/settings',
    component: () => import('./features/settings/SettingsPage.vue'),
    meta: { title: 'title.settings', tab: 'space', packs: ['space'] },
  },
  {
    path: 'space/history',
    component: () => import('./features/account/HistoryPage.vue'),
    meta: { title: 'history.title', tab: 'space', packs: ['history'], person: true },
  },
  {
    path: 'space/consents',
    component: () => import('./features/consent/ConsentsPage.vue'),
    meta: { title: 'consent.list', tab: 'space', packs: ['consent'], person: true },
  },
  {
    path: 'device',
    component: () => import('./features/consent/DevicePage.vue'),
    meta: { title: 'device.title', packs: ['consent', 'capacity'], person: true, focused: true },
  },
  {
    path: 'authorize',
    component: () => import('./features/consent/AuthorizePage.vue'),
    meta: { title: 'consent.title', packs: ['consent', 'capacity'], focused: true },
  },
  {
    path: 'recover',
    component: () => import('./features/account/RecoverPage.vue'),
    meta: { title: 'recover.title', packs: ['auth', 'security'], focused: true },
  },
  {
    path: 'space/security',
    component: () => import('./features/account/SecurityPage.vue'),
    meta: { title: 'title.security', tab: 'space', packs: ['auth', 'security'], person: true },
  },
  {
    path: 'space/devices',
    component: () => import('./features/account/DevicesPage.vue'),
    meta: { title: 'title.devices', tab: 'space', packs: ['security'], person: true },
  },
  {
    path: 'space/merge',
    component: () => import('./features/account/MergePage.vue'),
    meta: { title: 'merge.title', tab: 'space', packs: ['handoff'], person: true },
  },
  {
    path: 'onward',
    component: () => import('./features/handoff/OnwardPage.vue'),
    meta: { title: 'onward.title', packs: ['handoff'], focused: true },
  },
  {
    path: 'space/links',
    component: () => import('./features/handoff/LinksPage.vue'),
    meta: { title: 'links.title', tab: 'space', packs: ['handoff'], person: true },
  },
  {
    path: 'space/window',
    component: () => import('./features/handoff/WindowCodePage.vue'),
    meta: { title: 'window.title', tab: 'space', packs: ['handoff'], person: true },
  },
  {
    path: 'scan',
    component: () => import('./features/handoff/ScanPage.vue'),
    meta: { title: 'scan.title', packs: ['handoff'], person: true, focused: true },
  },
  {
    path: ':rest(.*)*',
    component: () => import('./features/home/MissingPage.vue'),
    meta: { title: 'title.missing' },
  },
]
