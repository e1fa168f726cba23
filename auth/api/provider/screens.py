"""What the screens ask: who wants what, the person's yes or no, and what they agreed to before."""

from collections.abc import Sequence
from typing import Annotated, Literal, cast

from pydantic import Field, StringConstraints

from auth.api.answer import ActingView, acting_view
from auth.api.provider.wire import TAGS
from auth.api.visit import live_of, needed_live, visitor_of
from auth.rules.provider.client import Client
from auth.rules.provider.elements import ELEMENTS
from auth.usecases.provider import authorizing, consenting
from backend.kernel import clock, web
from backend.kernel.web import Call, Schema

Name = Literal[
    "profile", "phone", "real_name", "birthdate", "id_number", "capacity", "uscc",
]  # fmt: skip


class AskedElement(Schema):
    """One element that a department asks for, and the law behind it."""

    name: Name
    legal_basis: str | None = None


class AskingClient(Schema):
    """The department's system that asks."""

    id: str
    name: str
    department: str
    purpose: str
    place: str | None = None


class AuthorizationView(Schema):
    """A sign-in under way. ``need`` is what stands between the person and the department.

    ``acting`` is in whose place they would enter, if the department asks for it; the agreement
    names it.
    """

    need: Literal["sign_in", "again", "step_up", "consent", "none"]
    client: AskingClient
    elements: list[AskedElement]
    aal: int
    login_hint: str | None = None
    acting: ActingView | None = None


class Agreement(Schema):
    """The elements as the screen named them; empty when nothing had to be asked. ``acting`` is the
    id of the representation that it named, null for none.
    """

    acting: Annotated[str, StringConstraints(max_length=36)] | None = None
    elements: Annotated[list[Name], Field(max_length=10)] = Field(default_factory=list)


class GoOn(Schema):
    """Where the browser goes next."""

    location: str


class GivenConsent(Schema):
    """A consent in force."""

    client: AskingClient
    elements: list[AskedElement]
    given_at: str


class Consents(Schema):
    """All of a person's consents."""

    consents: list[GivenConsent]


def asking(client: Client) -> AskingClient:
    """A client in the words of its registration."""
    return AskingClient(
        id=client.client_id,
        name=client.name,
        department=client.department_name,
        purpose=client.purpose,
        place=client.place or None,
    )


def elements_of(client: Client, names: Sequence[str]) -> list[AskedElement]:
    """Elements with the law behind each."""
    return [
        AskedElement(name=cast(Name, name), legal_basis=client.legal_basis.get(name))
        for name in names
        if name in ELEMENTS
    ]


async def read_authorization(call: Call) -> AuthorizationView:
    """Who asks for what, and what is needed next."""
    found = await authorizing.screen(call.path["request"], await live_of(call))
    return AuthorizationView(
        need=found.need,
        client=asking(found.client),
        elements=elements_of(found.client, found.asked.elements),
        aal=found.asked.acr,
        login_hint=found.asked.login_hint or None,
        acting=acting_view(found.told.capacity) if found.told.capacity else None,
    )


async def agree_to_authorization(call: Call) -> GoOn:
    """Agree, and go back to the department."""
    body: Agreement = call.body
    location = await authorizing.agree(
        call.path["request"],
        tuple(body.elements),
        body.acting,
        await needed_live(call),
        visitor_of(call),
    )
    return GoOn(location=location)


async def refuse_authorization(call: Call) -> GoOn:
    """Say no, and go back to the department."""
    return GoOn(location=await authorizing.refuse(call.path["request"]))


async def list_consents(call: Call) -> Consents:
    """Which departments may have what."""
    return Consents(
        consents=[
            GivenConsent(
                client=asking(client),
                elements=elements_of(client, given.elements),
                given_at=clock.rfc3339(given.given_at),
            )
            for client, given in await consenting.every(call.actor.id)
        ]
    )


async def withdraw_consent(call: Call) -> None:
    """Take a consent back; the department's access ends at once."""
    await consenting.withdraw(call.actor.id, call.path["client_id"], visitor_of(call))


ROUTES = (
    web.route("GET", "/auth/authorizations/{request}", read_authorization,
              returns=AuthorizationView, summary="A sign-in under way (授权页)", tags=TAGS),
    web.route("POST", "/auth/authorizations/{request}/agreement", agree_to_authorization,
              actor=web.PERSON, body=Agreement, returns=GoOn,
              summary="Agree and go back (同意授权)", tags=TAGS),
    web.route("POST", "/auth/authorizations/{request}/refusal", refuse_authorization,
              returns=GoOn, summary="Say no and go back (拒绝授权)", tags=TAGS),
    web.route("GET", "/auth/consents", list_consents, actor=web.PERSON, returns=Consents,
              summary="Which departments may have what (我的授权)", tags=TAGS),
    web.route("DELETE", "/auth/consents/{client_id}", withdraw_consent, actor=web.PERSON,
              status=204, summary="Take a consent back (撤回授权)", tags=TAGS),
)  # fmt: skip
