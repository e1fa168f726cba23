// openid-client at a machine (device flow) and at a window (CIBA): ask, let the person say yes, poll.
import { readFileSync } from 'node:fs'
import * as client from 'openid-client'
import { Person } from './person.mjs'

const told = JSON.parse(readFileSync(0, 'utf8'))
const person = new Person(told)
const high = told.profile === 'high'
let proves = high ? undefined : client.ClientSecretPost(told.secret)
if (high) {
  const alg = { name: 'ECDSA', namedCurve: 'P-256' }
  const key = await crypto.subtle.importKey('jwk', told.key, alg, false, ['sign'])
  proves = client.PrivateKeyJwt({ key, kid: told.key.kid })
}
const config = await client.discovery(
  new URL(told.issuer), told.client_id, { id_token_signed_response_alg: told.alg }, proves,
  { execute: [client.allowInsecureRequests] },
)
const options = { DPoP: high ? client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) : undefined }
const quick = (started) => ({ ...started, interval: 0.05 }) // the answer is there before the first poll

const machine = await client.initiateDeviceAuthorization(config, { scope: 'openid profile capacity' })
const seen = await person.confirm(machine.user_code, told.child)
const first = await client.pollDeviceAuthorizationGrant(config, quick(machine), undefined, options)

const { capacity } = await client.fetchUserInfo(config, first.access_token, first.claims().sub, options)

const window = await client.initiateBackchannelAuthentication(config, {
  scope: 'openid', id_token_hint: first.id_token, binding_message: '3-47',
})
const shown = await person.confirm()
const second = await client.pollBackchannelAuthenticationGrant(config, quick(window), undefined, options)
console.log(JSON.stringify({
  place: seen.client.place, message: shown.message, types: [first.token_type, second.token_type],
  capacity: [capacity.kind, capacity.role, capacity.name], same: first.claims().sub === second.claims().sub,
}))
