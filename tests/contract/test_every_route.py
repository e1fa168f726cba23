"""Who may and who may not, and what a bad request gets: for every route of the table."""

import re

import pytest

from backend import app
from backend.kernel.web import ANYONE, SIGNED, Route
from tests import city as made
from tests.city import Visitor
from tests.conftest import OpenCity

UNSAFE = ("POST", "PUT", "DELETE", "PATCH")
GUARDED = [route for route in app.ROUTES if route.actor not in (ANYONE, SIGNED)]
WRITES = [route for route in GUARDED if route.method in UNSAFE]
WITH_BODY = [route for route in app.ROUTES if route.body is not None and route.actor is not SIGNED]


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def path_of(route: Route) -> str:
    return re.sub(r"\{[^}]+\}", "01a20675-0000-7000-8000-000000000000", route.path)


async def knock(who: Visitor, route: Route, **request: object) -> tuple[int, str]:
    """Status and problem code of a request with nothing in it."""
    headers = {"Idempotency-Key": made.key(), **request.pop("headers", {})}  # type: ignore[dict-item]
    answer = await who.ask(route.method, path_of(route), headers=headers, **request)
    problem = answer.headers.get("content-type", "") == "application/problem+json"
    return answer.status_code, answer.json()["code"] if problem else ""


async def someone_for(city: OpenCity, route: Route) -> Visitor:
    """Somebody whom the route is for."""
    if "person" in route.actor.kinds or route.actor is ANYONE:
        return await made.resident(city)
    return await made.clerk(city, "chief.gjj")


@pytest.mark.parametrize("route", GUARDED, ids=name)
async def test_a_stranger_is_asked_to_sign_in(embedded_city: OpenCity, route: Route) -> None:
    stranger = await made.visitor(embedded_city)
    assert await knock(stranger, route) == (401, "sign_in_first")
    stranger.http.cookies.set("yimen_session", "x" * 43)
    status, code = await knock(stranger, route)
    assert (status, code in ("sign_in_first", "session_over")) == (401, True)


@pytest.mark.parametrize("route", GUARDED, ids=name)
async def test_the_other_kind_of_actor_may_not(embedded_city: OpenCity, route: Route) -> None:
    for kind, comes in (
        ("staff", made.clerk(embedded_city, "chief.gjj")), ("person", made.resident(embedded_city)),
    ):  # fmt: skip
        somebody = await comes
        if kind not in route.actor.kinds:
            assert await knock(somebody, route) == (403, "not_for_you")


@pytest.mark.parametrize("route", WRITES, ids=name)
async def test_another_sites_page_can_write_nothing(embedded_city: OpenCity, route: Route) -> None:
    person = await someone_for(embedded_city, route)
    evil = {"Origin": "https://evil.example"}
    assert await knock(person, route, headers=evil) == (403, "other_site")
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert await knock(person, route, headers=cross) == (403, "other_site")
    person.http.headers["X-CSRF-Token"] = "guessed"
    assert await knock(person, route) == (403, "csrf_token_wrong")
    del person.http.headers["X-CSRF-Token"]
    assert await knock(person, route) == (403, "csrf_token_wrong")


@pytest.mark.parametrize("route", [r for r in WRITES if r.idempotent], ids=name)
async def test_a_keyed_write_asks_for_its_key(embedded_city: OpenCity, route: Route) -> None:
    person = await someone_for(embedded_city, route)
    for key in ("", "short", "x" * 65, "键" * 8):
        headers = {"Idempotency-Key": key.encode()}
        answer = await person.ask(route.method, path_of(route), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "key_missing"), key


@pytest.mark.parametrize("route", WITH_BODY, ids=name)
async def test_a_bad_body_gets_a_clear_problem(embedded_city: OpenCity, route: Route) -> None:
    person = await someone_for(embedded_city, route)
    kind = {"content-type": "application/json"}
    bad = [
        (b"{", kind, (400, "body_unreadable")),
        (b"\xff\xfe", kind, (400, "body_unreadable")),
        (b"[" * 10_000, kind, (400, "body_unreadable")),
        (b"null", kind, (422, "check_input")),
        (b'{"no_such_field": 1}', kind, (422, "check_input")),
        (b"<a/>", {"content-type": "text/xml"}, (415, "wrong_media_type")),
        (b" " * (route.limit + 1), kind, (413, "body_too_large")),
    ]
    for content, headers, expected in bad:
        assert await knock(person, route, content=content, headers=headers) == expected, content[:9]


@pytest.mark.parametrize("route", [r for r in app.ROUTES if "{" in r.path], ids=name)
async def test_what_is_not_there_is_not_found(embedded_city: OpenCity, route: Route) -> None:
    person = await someone_for(embedded_city, route)
    if route.body is None and not route.raw:
        status, code = await knock(person, route)
        # deleting what is not there leaves things as they were asked to be
        assert status == 404 or (route.method, status) == ("DELETE", 204), (status, code)
