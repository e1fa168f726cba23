"""Enrolled places (场所登记): named by administrators, enrolled at the machine itself."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from auth.api.members import ADMINISTRATOR, SURE
from auth.api.visit import needed_live, place_of, visitor_of
from auth.models import places as rows
from auth.models.places import Known
from auth.rules import cookies
from auth.rules.staff import Reach
from auth.usecases import places
from backend.kernel import clock, settings, web
from backend.kernel.web import Call, Reply, Schema

Named = Annotated[str, StringConstraints(max_length=40)]
Short = Annotated[str, StringConstraints(max_length=20)]


class PlaceIn(Schema):
    """A machine or screen, and where it stands."""

    name: Named
    kind: Literal["kiosk", "screen", "window"]
    department: Short = ""
    district: Short = ""
    hall: Named = ""


class EnrolledPlace(Schema):
    """``offered``: it waits for its browser. ``code_until``: a code is out until then."""

    id: str
    name: str
    kind: Literal["kiosk", "screen", "window"]
    department: str
    district: str
    hall: str
    state: Literal["offered", "living", "revoked"]
    code_until: str | None
    enrolled_at: str | None


class EnrolledPlaces(Schema):
    """By hall and name."""

    places: list[EnrolledPlace]


class PlaceOffer(Schema):
    """A place and the code to type at its machine, shown only now."""

    place: EnrolledPlace
    code: str


class PlaceCode(Schema):
    """What is typed at the machine."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class PlaceHere(Schema):
    """Where this browser stands; both empty when the city does not know."""

    name: str
    kind: Literal["kiosk", "screen", "window", ""]


async def list_places(call: Call) -> EnrolledPlaces:
    """The places within one's own reach."""
    live = await needed_live(call)
    return EnrolledPlaces(places=[_view(one) for one in await rows.within(live.reach)])


async def offer_place(call: Call) -> PlaceOffer:
    """Name a new place."""
    live, body = await needed_live(call), call.body
    place, code = await places.offer(
        live,
        name=body.name,
        kind=body.kind,
        at=Reach(body.department, body.district, body.hall.strip()),
        visitor=visitor_of(call),
    )
    return PlaceOffer(place=_view(place), code=_grouped(code))


async def offer_place_again(call: Call) -> PlaceOffer:
    """Another code."""
    live = await needed_live(call)
    place, code = await places.offer_again(live, call.path["id"], visitor_of(call))
    return PlaceOffer(place=_view(place), code=_grouped(code))


async def revoke_place(call: Call) -> Reply:
    """The machine is taken away."""
    await places.revoke(await needed_live(call), call.path["id"], visitor_of(call))
    return Reply(status=204)


async def enrol_place(call: Call) -> Reply:
    """This browser stands at the place whose code is typed."""
    place, token = await places.enrol(call.body.code, visitor_of(call))
    cookie = cookies.place(token, secure=settings.current().secure)
    return Reply(PlaceHere(name=place.said, kind=place.kind), headers={"Set-Cookie": cookie})


async def read_place(call: Call) -> PlaceHere:
    """Where this browser stands."""
    found = await place_of(call)
    return PlaceHere(name=found.said, kind=found.kind) if found else PlaceHere(name="", kind="")


def _grouped(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"


def _view(place: Known) -> EnrolledPlace:
    waits = place.code_until is not None and place.code_until > clock.now()
    return EnrolledPlace(
        id=place.id,
        name=place.name,
        kind=place.kind,
        department=place.at.department,
        district=place.at.district,
        hall=place.at.hall,
        state=place.state,
        code_until=clock.rfc3339(place.code_until) if waits and place.code_until else None,
        enrolled_at=clock.rfc3339(place.enrolled_at) if place.enrolled_at else None,
    )


TAGS = ("office",)
ROUTES = (
    web.route("GET", "/auth/staff/places", list_places, actor=ADMINISTRATOR, returns=EnrolledPlaces,
              summary="Enrolled places (已登记的场所)", tags=TAGS),
    web.route("POST", "/auth/staff/places", offer_place, actor=ADMINISTRATOR, fresh=SURE,
              body=PlaceIn, returns=PlaceOffer, status=201, summary="Name a new place (登记场所)",
              tags=TAGS),
    web.route("POST", "/auth/staff/places/{id}/codes", offer_place_again, actor=ADMINISTRATOR,
              fresh=SURE, returns=PlaceOffer, status=201,
              summary="Another code for a place (重新登记)", tags=TAGS),
    web.route("DELETE", "/auth/staff/places/{id}", revoke_place, actor=ADMINISTRATOR, fresh=SURE,
              status=204, summary="Revoke a place (注销场所)", tags=TAGS),
    web.route("POST", "/auth/places/own", enrol_place, body=PlaceCode, returns=PlaceHere,
              status=201, summary="This browser stands at a place (在本机登记)", tags=TAGS),
    web.route("GET", "/auth/places/own", read_place, returns=PlaceHere,
              summary="Where this browser stands (本机所在场所)", tags=TAGS),
)  # fmt: skip
