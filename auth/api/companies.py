"""Companies with an account (单位账户), and their agents."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from auth.api.representations import SURE, Item, RepresentationView, Typed, view
from auth.api.visit import needed_live, visitor_of
from auth.rules import representation as rules
from auth.rules.representation import SCOPES, Role, Scope
from auth.usecases import companies
from auth.usecases.companies import Membership
from auth.usecases.representing import Named
from backend.kernel import clock, privacy, web
from backend.kernel.web import Call, Reply, Schema


class CompanySignUp(Schema):
    """The Unified Social Credit Code (统一社会信用代码), 18 characters."""

    uscc: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class CompanyView(Schema):
    """A company for which one may act. ``representation`` is the id by which (for ``PUT
    /auth/session/acting``), ``role`` and ``scope`` what one may do, ``until`` the last day (null
    for the legal representative). ``representative`` is masked; ``as_of`` is when the register was
    last asked.
    """

    id: str
    name: str
    uscc: str
    representative: str
    as_of: str
    representation: str
    role: Role
    scope: list[Scope]
    items: list[str] | None
    until: str | None


class CompanyList(Schema):
    """The companies for which one may act."""

    companies: list[CompanyView]


class CompanyDetail(CompanyView):
    """One company; ``agents`` are all who act or acted for it, for those with ``manage``."""

    agents: list[RepresentationView]


class AgentProposal(Schema):
    """Whom the company names, by name and phone; ``id_number`` makes surer that nobody else is
    meant. A manager does everything and names agents and viewers; an agent applies; a viewer only
    looks. ``items`` are services by code, null for all of them; ``until`` is the last day, at most
    a year from now (null: a year).
    """

    name: Typed
    phone: Typed
    id_number: Annotated[str, StringConstraints(max_length=40)] = ""
    role: Literal["manager", "agent", "viewer"]
    items: Annotated[list[Item], Field(max_length=50)] | None = None
    until: date | None = None


async def sign_company_up(call: Call) -> CompanyDetail:
    """Open a company's account as its legal representative."""
    live = await needed_live(call)
    return _detail(await companies.sign_up(live, call.body.uscc, visitor_of(call)), live.acting)


async def list_companies(call: Call) -> CompanyList:
    """The companies for which I may act."""
    live = await needed_live(call)
    return CompanyList(companies=[_company(one) for one in await companies.memberships(live)])


async def read_company(call: Call) -> CompanyDetail:
    """One company, and who acts for it."""
    live = await needed_live(call)
    return _detail(await companies.membership(live, call.path["id"]), live.acting)


async def name_company_agent(call: Call) -> RepresentationView:
    """Name somebody who may act for the company."""
    body: AgentProposal = call.body
    live = await needed_live(call)
    seen = await companies.name_agent(
        live,
        call.path["id"],
        Named(body.name, body.phone, body.id_number),
        role=body.role,
        items=body.items,
        last=body.until,
        visitor=visitor_of(call),
    )
    return view(seen, live.acting)


async def end_company_agent(call: Call) -> Reply:
    """End what somebody was named for, or take the invitation back."""
    live = await needed_live(call)
    path = call.path
    await companies.end_agent(live, path["id"], path["representation"], visitor_of(call))
    return Reply(status=204)


def _company(one: Membership) -> CompanyView:
    return CompanyView.model_validate(_fields(one))


def _detail(one: Membership, current: str | None) -> CompanyDetail:
    agents = [view(seen, current) for seen in one.agents]
    return CompanyDetail.model_validate({**_fields(one), "agents": agents})


def _fields(one: Membership) -> dict[str, object]:
    company, bond = one.company, one.bond
    until = rules.last_day(bond.until, clock.CITY_ZONE).isoformat() if bond.until else None
    return {
        "id": company.id,
        "name": company.name,
        "uscc": company.uscc,
        "representative": privacy.mask_name(company.representative),
        "as_of": clock.rfc3339(company.as_of),
        "representation": bond.id,
        "role": bond.role,
        "scope": [scope for scope in SCOPES if scope in bond.scope],
        "items": None if bond.items is None else sorted(bond.items),
        "until": until,
    }


TAGS = ("auth",)
ROUTES = (
    web.route("POST", "/auth/legal-persons", sign_company_up, actor=web.PERSON, fresh=SURE,
              body=CompanySignUp, returns=CompanyDetail, status=201,
              summary="Open a company's account (单位开户)", tags=TAGS),
    web.route("GET", "/auth/legal-persons", list_companies, actor=web.PERSON, returns=CompanyList,
              summary="The companies for which I may act (我的单位)", tags=TAGS),
    web.route("GET", "/auth/legal-persons/{id}", read_company, actor=web.PERSON,
              returns=CompanyDetail, summary="One company and its agents (单位和经办人)",
              tags=TAGS),
    web.route("POST", "/auth/legal-persons/{id}/agents", name_company_agent, actor=web.PERSON,
              fresh=SURE, body=AgentProposal, returns=RepresentationView, status=201,
              summary="Name somebody for the company (授权经办人)", tags=TAGS),
    web.route("DELETE", "/auth/legal-persons/{id}/agents/{representation}", end_company_agent,
              actor=web.PERSON, status=204, summary="End what somebody was named for (收回授权)",
              tags=TAGS),
)  # fmt: skip
