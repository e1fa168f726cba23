"""Whatever changes how one gets in asks first, and lately, who one is (再次验证)."""

import re
from datetime import timedelta

import httpx2
import pytest

from backend import app
from backend.kernel import clock, db, web
from backend.kernel.web import ANYONE, SIGNED, Route
from tests import city as made
from tests.auth.conftest import LIANG, Door, refusal
from tests.conftest import OpenCity

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
WRITES = [r for r in app.ROUTES if r.method in UNSAFE and r.actor not in (ANYONE, SIGNED)]
FRESH = [route for route in app.ROUTES if route.fresh is not None]

# Every write by somebody signed in declares `fresh` or stands here with its reason. What is in
# neither place fails: nobody adds a way in by forgetting.
ORDINARY = {
    "DELETE /auth/session": "whoever wants to leave is never held",
    "PUT /auth/session/acting": "chooses among what one was given already",
    "DELETE /auth/representations/{id}": "ends or declines, which nobody should wait for",
    "DELETE /auth/legal-persons/{id}/agents/{representation}": "ends, which nobody should wait for",
    "POST /auth/session/codes": "is how one proves oneself",
    "POST /auth/session/proofs": "is how one proves oneself",
    "POST /auth/assurance/checks": "asks registers about oneself; they decide",
    "POST /auth/assurance/faces": "is how one proves oneself",
    "POST /auth/assurance/faces/result": "is how one proves oneself",
    "POST /auth/window/codes": "digits that let nobody in; the answer decides",
    "POST /auth/staff/readings": "the person at the window decides",
    "DELETE /auth/staff/readings": "forgets who stood there",
    "POST /auth/onward": "what is given is no surer, fresher or longer than this",
    "POST /auth/scans": "shows who asks; the answer decides",
    "POST /auth/prompts/{id}/answer": "what is given is no surer, fresher or longer than this",
    "DELETE /auth/recovery": "whoever is inside may stop somebody who wants in",
    "PUT /auth/passkeys/{id}": "another name for what is there",
    "POST /auth/events/{id}/disown": "ends one's other sessions, which nobody should wait for",
    "POST /auth/approvals/codes": "looks up who asks",
    "POST /auth/approvals/{id}/answer": "asks for what the department's request says",
    "POST /auth/authorizations/{request}/agreement": "asks for what the department's request says",
    "DELETE /auth/consents/{client_id}": "takes a permission back",
    "POST /auth/staff/representations/endings": "ends, which nobody should wait for",
    "POST /auth/staff/representations/checks": "reads two cards; nothing follows without a yes",
    "POST /auth/staff/changes/look": "looks, and changes nothing; the person sees who looked",
    "POST /auth/staff/verifications": "reads a document; nothing follows without the person",
    "POST /auth/staff/verifications/{id}/confirmation": "the person at the window decides",
    "POST /api/notices/read": "marks notices",
    "POST /api/push/subscriptions": "wakes a device and tells it nothing",
    "DELETE /api/push/subscriptions": "wakes a device no more",
    "POST /api/space/refresh": "asks the registers again",
    "POST /api/documents": "adds a paper to one's own space",
    "DELETE /api/documents/{id}": "one's own paper, kept for those who hold it already",
    "PUT /api/drafts/{item}": "one's own unfinished words",
    "DELETE /api/drafts/{item}": "one's own unfinished words",
    "POST /api/cases": "an application; a clerk looks at it before anything follows",
    "POST /api/cases/{number}/correction": "an answer to the clerk who asked",
    "POST /api/cases/{number}/withdrawal": "takes an application back, and may be made again",
    "POST /api/staff/cases/search": "looks, and changes nothing; the person sees who looked",
    "POST /api/staff/cases/{number}/actions": "every step is recorded, and checked by another",
}


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def test_promise_07_every_write_says_how_sure_it_must_be() -> None:
    said = {name(route) for route in FRESH} | set(ORDINARY)
    assert {name(route) for route in WRITES} - said == set()
    assert set(ORDINARY) - {name(route) for route in WRITES if route.fresh is None} == set()


async def test_promise_07_a_stale_session_is_asked_again(embedded_city: OpenCity) -> None:
    start = clock.now()
    with clock.showing(start):
        person = await made.resident(embedded_city)
        clerk = await made.clerk(embedded_city, "chief.gjj")
        admin = await made.clerk(embedded_city, "admin")
    for route in FRESH:
        assert route.fresh is not None
        office = admin if "administrator" in route.actor.roles else clerk
        who = person if "person" in route.actor.kinds else office
        path = re.sub(r"\{[^}]+\}", "01a20675-0000-7000-8000-000000000000", route.path)
        headers = {"Idempotency-Key": made.key()}
        with clock.showing(start + timedelta(seconds=route.fresh.within + 1)):
            answer = await who.ask(route.method, path, headers=headers)
            assert refusal(answer) == (403, "prove_again"), name(route)
            assert answer.json()["ways"], name(route)


async def _code(door: Door, browser: httpx2.AsyncClient) -> str:
    assert (await browser.post("/auth/session/codes")).status_code == 202
    shown = await door.phone_shows(LIANG.phone)
    return str(next(m["params"]["code"] for m in shown if m["template"] == "prove_code"))


async def test_the_refused_request_goes_through_after_the_proof(door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        browser = await door.registered(password="one that is long")
    with clock.showing(start + timedelta(minutes=11)):
        answer = await browser.post("/auth/links/wechat")
        assert refusal(answer) == (403, "prove_again")
        body = answer.json()
        assert (body["aal"], body["within"], body["ways"]) == (2, 600, ["pwd"])
        former = browser.cookies["yimen_session"]
        proof = {"way": "sms", "secret": await _code(door, browser)}
        answer = await browser.post("/auth/session/proofs", json=proof)
        assert (answer.status_code, answer.json()["aal"]) == (201, 1)
        # the text message was the sign-in's factor: it takes another kind to be surer
        assert refusal(await browser.post("/auth/links/wechat")) == (403, "prove_again")
        proof = {"way": "pwd", "secret": "one that is long"}
        answer = await browser.post("/auth/session/proofs", json=proof)
        assert (answer.status_code, answer.json()["aal"]) == (201, 2)
        assert (await browser.post("/auth/links/wechat")).status_code == 200
        assert browser.cookies["yimen_session"] != former
        thief = await door.visitor(Cookie=f"yimen_session={former}")
        thief.headers["X-CSRF-Token"] = browser.headers["X-CSRF-Token"]
        assert refusal(await thief.post("/auth/links/wechat")) == (401, "session_over")
    (row,) = await db.rows("SELECT methods, aal FROM auth_session")
    assert (row["methods"], row["aal"]) == ("sms pwd", 2)


async def test_nobody_is_asked_for_more_than_they_have(door: Door) -> None:
    browser = await door.registered()  # no password: one factor is all there is
    assert (await browser.post("/auth/links/wechat")).status_code == 200


async def test_a_wrong_proof_raises_nothing(door: Door) -> None:
    browser = await door.registered(password="one that is long")
    for proof, code in (
        ({"way": "pwd", "secret": "another long one"}, "password_wrong"),
        ({"way": "sms", "secret": "000000"}, "code_wrong"),
    ):
        answer = await browser.post("/auth/session/proofs", json=proof)
        assert refusal(answer) == (422, code)
        assert answer.json()["errors"][0]["pointer"] == "/secret"
    assert refusal(await browser.post("/auth/links/wechat")) == (403, "prove_again")
    statuses = [
        (await browser.post("/auth/session/proofs", json=proof)).status_code for _ in range(12)
    ]
    assert statuses[-1] == 429
    other = await door.visitor()  # the thief of a session wears out nothing at the front door
    answer = await other.post(
        "/auth/sessions", json={"account": LIANG.phone, "password": "one that is long"}
    )
    assert answer.status_code == 201


async def test_of_a_hundred_proofs_at_once_one_turns_the_token(door: Door) -> None:
    import asyncio

    from auth.usecases import sessions
    from backend.kernel.errors import Refusal

    browser = await door.registered()
    live = await sessions.find(browser.cookies["yimen_session"], via="web")
    assert live is not None
    tokens = await asyncio.gather(
        *(sessions.raise_to(live, 2, "passkey") for _ in range(100)), return_exceptions=True
    )
    won = [token for token in tokens if isinstance(token, str)]
    assert len(won) == 1
    assert all(isinstance(token, Refusal) for token in tokens if token not in won)
    after = await sessions.find(won[0], via="web")
    assert after is not None
    assert (after.aal, after.session_id, after.methods) == (2, live.session_id, ("sms", "passkey"))


async def _probe(call: web.Call) -> dict[str, object]:
    return {"aal": call.actor.aal}


@pytest.mark.parametrize(
    ("fresh", "status"),
    [(web.Fresh(), 200), (web.Fresh(aal=2), 403), (web.Fresh(aal=2, or_best=True), 200),
     (web.Fresh(aal=3, or_best=True), 200), (web.Fresh(within=-1), 403)],
)  # fmt: skip
async def test_declared_minimum(small_door: Door, fresh: web.Fresh, status: int) -> None:
    from auth.client import authenticate, means

    browser = await small_door.registered()
    app = web.build(
        [web.route("GET", "/probe", _probe, actor=web.PERSON, summary="Probe", fresh=fresh)],
        authenticate, base_url="http://localhost:8000", means_of=means,
    )  # fmt: skip
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000") as visitor:
        headers = {"Cookie": f"yimen_session={browser.cookies['yimen_session']}"}
        assert (await visitor.get("/probe", headers=headers)).status_code == status
