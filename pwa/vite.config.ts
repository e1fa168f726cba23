import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { installable } from './build/installable.ts'

const backend = process.env.YIMEN_DEV_BACKEND ?? 'http://127.0.0.1:8000'
const served = ['/api', '/auth', '/sandbox', '/wechat', '/healthz', '/readyz', '/openapi.json']

/** The staff console is not part of what a citizen's phone downloads ahead of time. */
const isStaff = (files: readonly string[]) =>
  files.some((file) => file.includes('/src/staff/') || file.includes('layouts/Staff'))

/** What every page needs comes in one file: fewer requests before the first page is seen. */
const EVERY_PAGE =
  /rolldown\/runtime|node_modules\/(@vue|vue|vue-router|pinia|openapi-fetch)\/|src\/(i18n|stores)\/|src\/api\/(client|models|identity|catalogue|applying|cases|space)\b|src\/ui\/(Icon|icons|Logo|Badge|Banner|Skeleton|Empty|Failure|loading|names)\b/

/** What every page asks for right after it is seen: one file instead of five small ones. */
const LATER = /node_modules\/idb\/|src\/offline\/|features\/home\/PageNotes/

export default defineConfig({
  plugins: [vue(), installable()],
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false' },
  json: { stringify: true },
  server: { proxy: Object.fromEntries(served.map((path) => [path, backend])) },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // data: addresses would break the content security policy
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'base', priority: 1, test: (id) => EVERY_PAGE.test(id) && !/i18n\/.*\/(?!common)\w+\.json|i18n\/(en|zh-Hant)/.test(id) },
            { name: 'later', test: LATER },
          ],
        },
        chunkFileNames: (chunk) =>
          isStaff(chunk.moduleIds) ? 'assets/staff-[name]-[hash].js' : 'assets/[name]-[hash].js',
        assetFileNames: (asset) =>
          isStaff(asset.originalFileNames.map((name) => '/' + name))
            ? 'assets/staff-[name]-[hash][extname]'
            : 'assets/[name]-[hash][extname]',
      },
    },
  },
})
