/** Where the platform is served (服务地址), by the version of the mini-program WeChat is running.
 *
 * A city puts its own address here; WeChat also wants it in the list of legal request domains.
 */
const SERVERS = {
  develop: 'http://127.0.0.1:8000',
  trial: 'https://yimen.example',
  release: 'https://yimen.example',
} as const

export const SERVER: string = SERVERS[wx.getAccountInfoSync().miniProgram.envVersion]

/** Longest wait for an answer, in milliseconds; a slow network is told apart from no network. */
export const TIMEOUT = 15000
