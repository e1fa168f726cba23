import 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** which of the administrator's pages is lit */
    section?: 'members' | 'systems' | 'journal' | 'places'
  }
}
