"""The person's own page about how sure the city is of them (实名认证)."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from auth.api.answer import SessionView, signed_in
from auth.api.visit import needed_live, visitor_of
from auth.rules.assurance import JOURNEYS
from auth.usecases import faces, raising
from auth.usecases.raising import Standing
from backend.kernel import clock, web
from backend.kernel.web import Call, Reply, Schema

Card = Annotated[str, StringConstraints(max_length=40)]
WayName = Literal["registers", "bank_card", "face", "counter", "counter_override"]
LevelName = Literal["registered", "real_name", "verified"]


class WayView(Schema):
    """A way on, and the level it gives."""

    way: WayName
    gives: LevelName


class ProofView(Schema):
    """By which way the level was reached, when, and the last day on which it counts."""

    way: WayName
    at: str
    until: str


class StandingView(Schema):
    """What was proven of the person, and what the nearest way to more is."""

    level: LevelName
    document: str
    name: str
    number: str
    proof: ProofView | None
    troubles: list[str]
    ways: list[WayView]
    asked_at: str | None


class Cards(Schema):
    """Nothing to ask the silent registers again, or a card's number, which is not kept."""

    bank_card: Card = ""


class FaceOpened(Schema):
    """Our id of the check, and what ``wx.requestFacialVerify`` wants."""

    id: str
    verify_id: str


class FaceDone(Schema):
    """Which check is over. How it went, WeChat is asked itself."""

    id: Annotated[str, StringConstraints(max_length=40)]


async def read_standing(call: Call) -> StandingView:
    """How the person stands."""
    return _view(await raising.standing(call.actor.id))


async def ask_registers_again(call: Call) -> StandingView:
    """Ask the registers again, with a card's number if there is one."""
    body: Cards = call.body
    return _view(
        await raising.ask_again(
            call.actor.id,
            visitor_of(call),
            bank_card=body.bank_card,
        )
    )


async def open_face_check(call: Call) -> FaceOpened:
    """Open a face check at WeChat."""
    row, verify_id = await faces.begin(await needed_live(call))
    return FaceOpened(id=row, verify_id=verify_id)


async def finish_face_check(call: Call) -> Reply:
    """Have WeChat asked how it went; the session goes on under a new token."""
    visitor = visitor_of(call)
    token = await faces.finish(await needed_live(call), call.body.id, visitor)
    return await signed_in(token, visitor)


def _view(found: Standing) -> StandingView:
    proof = found.proof
    return StandingView(
        level=found.level,
        document=found.document,
        name=found.name,
        number=found.number,
        proof=ProofView(way=proof.way, at=clock.rfc3339(proof.at), until=proof.until.isoformat())
        if proof
        else None,
        troubles=list(found.troubles),
        ways=[WayView(way=way, gives=JOURNEYS[way].gives) for way in found.ways],
        asked_at=clock.rfc3339(found.asked_at) if found.asked_at else None,
    )


TAGS = ("auth",)
ROUTES = (
    web.route("GET", "/auth/assurance", read_standing, actor=web.PERSON, returns=StandingView,
              summary="How sure the city is of oneself (实名认证)", tags=TAGS),
    web.route("POST", "/auth/assurance/checks", ask_registers_again, actor=web.PERSON, body=Cards,
              returns=StandingView, summary="Ask the registers again (重新核对)", tags=TAGS),
    web.route("POST", "/auth/assurance/faces", open_face_check, actor=web.PERSON,
              returns=FaceOpened, status=201, summary="Open a face check (发起刷脸)", tags=TAGS),
    web.route("POST", "/auth/assurance/faces/result", finish_face_check, actor=web.PERSON,
              body=FaceDone, returns=SessionView, status=201,
              summary="Ask WeChat how it went (刷脸结果)", tags=TAGS),
)  # fmt: skip
