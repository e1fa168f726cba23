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


class Hall:
    """One city and its visitors for all routes: none of these requests changes anything."""

    def __init__(self, city: OpenCity) -> None:
        self.city = city
        self._known: dict[str, Visitor] = {}

    async def person(self) -> Visitor:
        if "person" not in self._known:
            self._known["person"] = await made.resident(self.city)
        return self._known["person"]

    async def staff(self, login: str = "chief.gjj") -> Visitor:
        if login not in self._known:
            self._known[login] = await made.clerk(self.city, login)
        return self._known[login]

    async def whom_it_is_for(self, route: Route) -> Visitor:
        if "person" in route.actor.kinds or route.actor is ANYONE:
            return await self.person()
        roles = route.actor.roles
        chief = not roles or roles & {"clerk", "reviewer", "approver"}
        return await self.staff("chief.gjj" if chief else LOGINS[min(roles)])


LOGINS = {"administrator": "admin", "supervisor": "supervisor"}


@pytest.fixture
def hall(embedded_city: OpenCity) -> Hall:
    return Hall(embedded_city)


Wrong = list[tuple[str, object]]


async def test_a_stranger_is_asked_to_sign_in(hall: Hall) -> None:
    stranger = await made.visitor(hall.city)
    forged = {"Cookie": f"yimen_session={'x' * 43}"}
    wrong: Wrong = []
    for route in GUARDED:
        if (told := await knock(stranger, route)) != (401, "sign_in_first"):
            wrong.append((name(route), told))
        status, code = await knock(stranger, route, headers=forged)
        if status != 401 or code not in ("sign_in_first", "session_over"):
            wrong.append((name(route), (status, code)))
    assert wrong == []


async def test_the_other_kind_of_actor_may_not(hall: Hall) -> None:
    wrong: Wrong = []
    for route in GUARDED:
        for kind, somebody in (("staff", await hall.staff()), ("person", await hall.person())):
            if kind in route.actor.kinds:
                continue
            if (told := await knock(somebody, route)) != (403, "not_for_you"):
                wrong.append((name(route), told))
    assert wrong == []


async def test_staff_without_the_role_may_not(hall: Hall) -> None:
    posts = {"chief.gjj": {"clerk", "reviewer", "approver"}, "admin": {"administrator"},
             "supervisor": {"supervisor"}}  # fmt: skip
    wrong: Wrong = []
    for route in GUARDED:
        for login, roles in posts.items():
            if not route.actor.roles or roles & route.actor.roles:
                continue
            if (told := await knock(await hall.staff(login), route)) != (403, "not_for_you"):
                wrong.append((f"{login}: {name(route)}", told))
    assert wrong == []


async def test_another_sites_page_can_write_nothing(hall: Hall) -> None:
    ways = (
        ({"Origin": "https://evil.example"}, "other_site"),
        ({"Sec-Fetch-Site": "cross-site"}, "other_site"),
        ({"X-CSRF-Token": "guessed"}, "csrf_token_wrong"),
    )
    wrong: Wrong = []
    for route in WRITES:
        person = await hall.whom_it_is_for(route)
        for headers, code in ways:
            if (told := await knock(person, route, headers=headers)) != (403, code):
                wrong.append((name(route), told))
        token = person.http.headers.pop("X-CSRF-Token")
        if (told := await knock(person, route)) != (403, "csrf_token_wrong"):
            wrong.append((name(route), told))
        person.http.headers["X-CSRF-Token"] = token
    assert wrong == []


async def test_a_keyed_write_asks_for_its_key(hall: Hall) -> None:
    wrong: Wrong = []
    for route in WRITES:
        if not route.idempotent:
            continue
        person = await hall.whom_it_is_for(route)
        for key in ("", "short", "x" * 65, "键" * 8):
            headers = {"Idempotency-Key": key.encode()}
            answer = await person.ask(route.method, path_of(route), headers=headers)
            if (answer.status_code, answer.json()["code"]) != (400, "key_missing"):
                wrong.append((name(route), key))
    assert wrong == []


async def test_a_bad_body_gets_a_clear_problem(hall: Hall) -> None:
    kind = {"content-type": "application/json"}
    wrong: Wrong = []
    for route in WITH_BODY:
        person = await hall.whom_it_is_for(route)
        for content, headers, expected in (
            (b"{", kind, (400, "body_unreadable")),
            (b"\xff\xfe", kind, (400, "body_unreadable")),
            (b"[" * 10_000, kind, (400, "body_unreadable")),
            (b"null", kind, (422, "check_input")),
            (b'{"no_such_field": 1}', kind, (422, "check_input")),
            (b"<a/>", {"content-type": "text/xml"}, (415, "wrong_media_type")),
            (b" " * (route.limit + 1), kind, (413, "body_too_large")),
        ):
            told = await knock(person, route, content=content, headers=headers)
            if told != expected:
                wrong.append((name(route), (content[:9], told)))
    assert wrong == []


async def test_what_is_not_there_is_not_found(hall: Hall) -> None:
    wrong: Wrong = []
    for route in app.ROUTES:
        if "{" not in route.path or route.body is not None or route.raw:
            continue
        status, code = await knock(await hall.whom_it_is_for(route), route)
        # deleting what is not there leaves things as they were asked to be
        if status != 404 and (route.method, status) != ("DELETE", 204):
            wrong.append((name(route), (status, code)))
    assert wrong == []
