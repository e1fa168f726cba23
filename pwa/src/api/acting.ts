/** 代办: whom somebody acts for and who acts for them. Loaded by the pages about it alone. */
import { get, server, tokenTurned } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
export type Representation = Schemas['RepresentationView']
/** As much as a list to choose from shows. */
export type Capacity = Pick<Representation, 'id' | 'kind' | 'name' | 'role' | 'relation' | 'scope' | 'until'>

export const readRepresentations = () => get(server.GET('/auth/representations'))
/** For whom one may act now. */
export const readCapacities = async (): Promise<Capacity[]> =>
  (await readRepresentations()).i_act_for.filter(({ state }) => state === 'living')

/** Goes on in another capacity, null for one's own. The session has another token then. */
export async function actFor(representation: string | null) {
  const session = await get(server.PUT('/auth/session/acting', { body: { representation } }))
  tokenTurned()
  return session
}

type Id = { params: { path: { id: string } } }
const by = (id: string): Id => ({ params: { path: { id } } })
export type Proposal = Schemas['FamilyProposal']
export type Child = Schemas['ChildView']
/** Somebody of the family may act for me. */
export const grant = (body: Proposal) => get(server.POST('/auth/representations', { body }))
/** I would act for somebody of the family, who has to agree. */
export const askFor = (body: Proposal) => get(server.POST('/auth/representations/requests', { body }))
export const accept = (id: string) => get(server.POST('/auth/representations/{id}/acceptance', by(id)))
/** Ends it, takes an invitation back, or says no to one. */
export const end = (id: string) => get(server.DELETE('/auth/representations/{id}', by(id)))
export const readChildren = () => get(server.GET('/auth/representations/children'))
/** As the child's parent, who consents to the use of the child's data. */
export const actForChild = (child: string) =>
  get(server.POST('/auth/representations/children', { body: { child, consent: true } }))

export type Company = Schemas['CompanyView']
export type AgentProposal = Schemas['AgentProposal']
export const readCompanies = async () => (await get(server.GET('/auth/legal-persons'))).companies
export const readCompany = (id: string) => get(server.GET('/auth/legal-persons/{id}', by(id)))
/** As the company's legal representative, by the market register. */
export const signUpCompany = (uscc: string) => get(server.POST('/auth/legal-persons', { body: { uscc } }))
export const inviteAgent = (company: string, body: AgentProposal) =>
  get(server.POST('/auth/legal-persons/{id}/agents', { ...by(company), body }))
export const endAgent = (company: string, representation: string) =>
  get(
    server.DELETE('/auth/legal-persons/{id}/agents/{representation}', {
      params: { path: { id: company, representation } },
    }),
  )
