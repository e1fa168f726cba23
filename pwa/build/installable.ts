/**
 * Makes the built site installable: writes the web app manifest and builds the
 * service worker with the list of files it keeps for starting offline.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { build, type Plugin } from 'vite'

const root = join(import.meta.dirname, '..')

const manifest = {
  id: '/',
  name: '佛山一门通办',
  short_name: '一门',
  description: '一次实名登录，全市事项一门通办',
  lang: 'zh-CN',
  dir: 'ltr',
  start_url: '/?from=installed',
  scope: '/',
  display: 'standalone',
  orientation: 'any',
  background_color: '#f6f5f1',
  theme_color: '#0c5468',
  categories: ['government', 'utilities'],
  icons: [
    { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
    { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
  shortcuts: [
    { name: '找事办', url: '/items' },
    { name: '办件进度', url: '/cases' },
    { name: '我的空间', url: '/space' },
  ],
}

/** pages between two devices, or of what the city knows this moment: nothing without a network */
const ONLINE = /^assets\/(Security|security|Devices|Recover|ProveDialog|proving|History|history|Scan|Prompt|Onward|Merge|merges|WindowCode|QrImage|Links|handoff|Authorize|Consents|consent|WhoAsks|DevicePage|ActingPage|acting-|admin-|Companies|BondCard|invited|Entered|RealName|FactList|ChoosePage|rouble)/

/** Kept on the phone for an offline start; staff files and big icons are left to the network. */
function isKept(path: string): boolean {
  if (path === 'sw.js' || path.startsWith('assets/staff') || ONLINE.test(path)) return false
  if (path.startsWith('icons/')) return path === 'icons/icon-192.png'
  return /\.(js|css|html|svg|webmanifest)$/.test(path)
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

export function keptFiles(dist: string): { url: string; revision: string | null }[] {
  return filesBelow(dist)
    .map((file) => ({ file, url: relative(dist, file).split(sep).join('/') }))
    .filter(({ url }) => isKept(url))
    .map(({ file, url }) => ({
      url: '/' + url,
      // hashed names never change their content, so they need no revision of their own
      revision: url.startsWith('assets/')
        ? null
        : createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16),
    }))
}

export function installable(): Plugin {
  return {
    name: 'yimen-installable',
    apply: 'build',
    closeBundle: {
      sequential: true,
      order: 'post',
      async handler() {
        const dist = join(root, 'dist')
        writeFileSync(join(dist, 'manifest.webmanifest'), JSON.stringify(manifest))
        await build({
          configFile: false,
          root,
          publicDir: false,
          logLevel: 'warn',
          define: {
            'self.__WB_MANIFEST': JSON.stringify(keptFiles(dist)),
            'process.env.NODE_ENV': '"production"',
          },
          build: {
            emptyOutDir: false,
            outDir: 'dist',
            target: 'es2022',
            reportCompressedSize: false,
            lib: {
              entry: join(root, 'src/sw/sw.ts'),
              formats: ['iife'],
              name: 'sw',
              fileName: () => 'sw.js',
            },
          },
        })
      },
    },
  }
}
