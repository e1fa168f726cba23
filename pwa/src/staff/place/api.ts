/** Where this browser stands (本机所在场所). */
import { get, server } from '../../api/client'

export const readHere = () => get(server.GET('/auth/places/own'))
export const enrolHere = (code: string) => get(server.POST('/auth/places/own', { body: { code } }))
