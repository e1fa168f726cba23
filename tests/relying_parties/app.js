// A department's page with oidc-client-ts and nothing else; the test writes the settings.
const keys = ['authority', 'client_id', 'scope', 'acr_values']
const given = new URLSearchParams(location.hash.slice(1))
for (const key of keys) if (given.has(key)) sessionStorage.setItem(key, given.get(key))
const here = location.origin + '/'
const manager = new oidc.UserManager({
  ...Object.fromEntries(keys.map((key) => [key, sessionStorage.getItem(key) ?? undefined])),
  redirect_uri: here, post_logout_redirect_uri: here, response_type: 'code', loadUserInfo: true,
  automaticSilentRenew: false,
})
const say = (words) => (document.getElementById('who').textContent = words)
document.getElementById('enter').onclick = () => manager.signinRedirect().catch((error) => say(String(error)))
document.getElementById('leave').onclick = () => manager.signoutRedirect().catch((error) => say(String(error)))
if (new URLSearchParams(location.search).has('state')) {
  manager.signinCallback()
    .then((user) => say(`您好，${user.profile.name ?? user.profile.sub}`))
    .catch((error) => say(String(error)))
}
