/** Which addresses the service worker may answer. Pure, tested. */

/** Not pages of this app: the server answers them itself, always. */
export const notPages = [
  /^\/(api|auth|sandbox|wechat|healthz|readyz|metrics|openapi\.json|problems)(\/|$)/,
  /\.\w{2,12}$/,
]

const PUBLIC = /^\/api\/(home|themes\/[^/]+|items(\/[^/]+(\/form)?)?)$/

/** The catalogue is the same for everybody. Anything about a person is never kept in a cache. */
export function isPublicRead(method: string, path: string): boolean {
  return method === 'GET' && PUBLIC.test(path)
}
