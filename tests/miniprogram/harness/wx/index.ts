/** The wx object (微信接口). What is not listed does not exist: calling it fails, as on an old client. */
import type { Pages } from '../runtime/pages'
import { fileInterfaces } from './files'
import { identity } from './identity'
import { connection, network } from './network'
import { phone } from './phone'
import { screenInterfaces } from './screen'

export function createWx(pages: Pages): object {
  return { ...network, ...connection, ...fileInterfaces, ...identity, ...phone, ...screenInterfaces(pages) }
}
