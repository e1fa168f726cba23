// npm openid-client (certified by the OpenID Foundation) as a department's system: a full sign-in in
// the standard or the high profile. Prints what it got as JSON; anything amiss ends with an error.
import { readFileSync } from 'node:fs'
import * as client from 'openid-client'
import { Person } from './person.mjs'

const told = JSON.parse(readFileSync(0, 'utf8'))
const person = new Person(told)
const high = told.profile === 'high'
const importKey = (jwk, alg, use) => crypto.subtle.importKey('jwk', jwk, alg, false, use)
const EC = { name: 'ECDSA', namedCurve: 'P-256' }

let proves = high ? undefined : client[told.method](told.secret)
if (high) proves = client.PrivateKeyJwt({ key: await importKey(told.key, EC, ['sign']), kid: told.key.kid })
const config = await client.discovery(
  new URL(told.issuer), told.client_id, { id_token_signed_response_alg: told.alg }, proves,
  { execute: [client.allowInsecureRequests], algorithm: told.algorithm ?? 'oidc' },
)
if (told.enc_key) {
  const key = await importKey(told.enc_key, { name: 'ECDH', namedCurve: 'P-256' }, ['deriveBits'])
  client.enableDecryptingResponses(config, ['A256GCM'], { key, kid: told.enc_key.kid })
}
const DPoP = high ? client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) : undefined

const verifier = client.randomPKCECodeVerifier()
const parameters = {
  redirect_uri: told.redirect_uri, scope: told.scope,
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  state: client.randomState(), nonce: client.randomNonce(),
  ...(told.claims ? { claims: JSON.stringify(told.claims) } : {}),
}
const url = high
  ? await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
  : client.buildAuthorizationUrl(config, parameters)
const back = await person.visit(url)
const tokens = await client.authorizationCodeGrant(
  config, back,
  { pkceCodeVerifier: verifier, expectedState: parameters.state, expectedNonce: parameters.nonce },
  undefined, { DPoP },
)
const claims = tokens.claims()
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP })
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
const good = await client.tokenIntrospection(config, renewed.access_token)
await client.tokenRevocation(config, renewed.refresh_token ?? tokens.refresh_token)
const after = await client.tokenIntrospection(config, renewed.access_token)
const bye = client.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token, post_logout_redirect_uri: told.bye, state: 'left',
})
// an encrypted ID token is no hint (the provider has no key to read it): the person is asked then
const left = told.enc_key ? null : (await fetch(bye, { headers: person.headers, redirect: 'manual' })).headers.get('location')
console.log(JSON.stringify({
  claims, userinfo, type: tokens.token_type, active: [good.active, after.active], left,
}))
