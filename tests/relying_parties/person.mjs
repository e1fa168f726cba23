// A person with a browser, as far as a relying party can tell: cookies, and a yes on the consent screen.

export class Person {
  constructor({ address, cookie, csrf }) {
    this.address = address
    this.headers = { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json' }
  }

  async ask(method, path, body) {
    const answer = await fetch(this.address + path, {
      method, headers: this.headers, body: body && JSON.stringify(body), redirect: 'manual',
    })
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }

  // Follow an authorization URL, agree to whatever is asked, and bring back the address of the client.
  async visit(url) {
    const answer = await fetch(url, { headers: this.headers, redirect: 'manual' })
    if (answer.status !== 303) throw new Error(`authorize: ${answer.status} ${await answer.text()}`)
    const location = answer.headers.get('location')
    if (!location.startsWith('/authorize?')) return new URL(location)
    const at = `/auth/authorizations/${new URLSearchParams(location.split('?')[1]).get('request')}`
    const shown = await (await this.ask('GET', at)).json()
    const elements = shown.elements.map(({ name }) => name)
    return new URL((await (await this.ask('POST', `${at}/agreement`, { elements })).json()).location)
  }

  // Type the code of a machine's screen, or take the question that a window asks, and say yes.
  async confirm(code, acting) {
    const one = code
      ? await (await this.ask('POST', '/auth/approvals/codes', { code })).json()
      : (await (await this.ask('GET', '/auth/approvals')).json()).approvals[0]
    const elements = one.elements.map(({ name }) => name)
    await this.ask('POST', `/auth/approvals/${one.id}/answer`, { agree: true, elements, acting })
    return one
  }
}
