"""The web layer, by requests to a small table of its own."""

import json

import httpx2
import pytest
from starlette.requests import Request

from backend.kernel import clock, errors, web
from backend.kernel.errors import FieldError
from backend.kernel.web.headers import SafetyHeaders
from backend.kernel.web.openapi import describe


class Thing(web.Schema):
    """A thing."""

    name: str
    count: int


class Look(web.Schema):
    """A query."""

    page: int = 1


GIVEN = "0af7651916cd43dd8448eb211c80319c"
CANARY = "梁嘉欣"


async def make(call: web.Call) -> object:
    return {"name": call.body.name, "count": call.body.count}


async def look(call: web.Call) -> object:
    return {"page": call.query.page, "code": call.path["code"], "lang": call.lang}


async def refuse(call: web.Call) -> object:
    raise errors.conflict("sign_in_first", shown={"mine": CANARY})


async def break_down(call: web.Call) -> object:
    raise RuntimeError(f"the name is {CANARY}")


async def keyed(call: web.Call) -> object:
    return {"key": call.key}


async def wrong_fields(call: web.Call) -> object:
    raise errors.invalid("check_input", errors=[FieldError("/values/phone", "format")])


async def who(call: web.Call) -> object:
    return {"kind": call.actor.kind}


ROUTES = (
    web.route("POST", "/things", make, body=Thing, returns=Thing, summary="Make"),
    web.route("GET", "/things/{code}", look, query=Look, summary="Look"),
    web.route("GET", "/refuse", refuse, summary="Refuse"),
    web.route("GET", "/break", break_down, summary="Break"),
    web.route("POST", "/keyed", keyed, idempotent=True, actor=web.PERSON, summary="Keyed"),
    web.route("GET", "/fields", wrong_fields, summary="Fields"),
    web.route("GET", "/staff", who, actor=web.STAFF, summary="For staff"),
    web.route("GET", "/clerk", who, actor=web.staff("clerk"), summary="For clerks"),
)


async def authenticate(request: Request) -> web.Actor:
    kind = request.headers.get("x-kind", "anyone")
    roles = frozenset(request.headers.get("x-roles", "").split())
    csrf = "right" if request.headers.get("x-cookie") else None
    return web.Actor(kind=kind, id="1", roles=roles, csrf=csrf)  # type: ignore[arg-type]


@pytest.fixture
async def http() -> "httpx2.AsyncClient":
    app = SafetyHeaders(
        web.build(ROUTES, authenticate, base_url="https://yimen.example"), secure=True
    )
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://t") as client:
        yield client


async def test_a_good_request_is_answered(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/things", json={"name": "a", "count": 2})
    assert (answer.status_code, answer.json()) == (200, {"name": "a", "count": 2})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        (b"{", 400, "body_unreadable", None),
        (b"[]", 422, "check_input", "/"),
        (b'{"name": 1, "count": 2}', 422, "check_input", "/name"),
        (b'{"name": "a"}', 422, "check_input", "/count"),
        (b'{"name": "a", "count": 1, "more": 1}', 422, "check_input", "/more"),
        (b"x" * 600_000, 422 - 9, "body_too_large", None),
    ],
)
async def test_a_bad_body_gets_a_problem_that_names_the_place(
    http: httpx2.AsyncClient, body: bytes, status: int, code: str, pointer: str | None
) -> None:
    answer = await http.post("/things", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code
    assert problem["title"]
    assert problem["fix"]
    if pointer:
        assert [e["pointer"] for e in problem["errors"]] == [pointer]


async def test_another_media_type_is_refused(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/things", content=b"a=1", headers={"content-type": "text/plain"})
    assert answer.status_code == 415


async def test_what_was_typed_is_never_repeated(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/things", json={"name": {CANARY: 1}, "count": CANARY})
    assert CANARY not in answer.text


async def test_an_unforeseen_error_tells_nothing(
    http: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await http.get("/break")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert CANARY not in answer.text
    assert CANARY not in capsys.readouterr().err


async def test_the_state_shown_goes_to_the_caller_alone(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/refuse")).json()["mine"] == CANARY


@pytest.mark.parametrize("path", ["/nothing", "/things/a/b", "/things"])
async def test_unknown_paths_and_methods(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == (405 if path == "/things" else 404)


@pytest.mark.parametrize(
    ("asked", "given"),
    [("", "zh-CN"), ("en-GB,zh;q=0.5", "en"), ("zh-HK", "zh-Hant"), ("fr,zh-TW;q=0.2", "zh-Hant"),
     ("xx;q=bad", "zh-CN"), ("en;q=0.1,zh-CN;q=0.9", "zh-CN")],
)  # fmt: skip
async def test_the_language_follows_the_header(
    http: httpx2.AsyncClient, asked: str, given: str
) -> None:
    answer = await http.get("/things/x", headers={"accept-language": asked})
    assert answer.json()["lang"] == given
    assert answer.headers["content-language"] == given


@pytest.mark.usefixtures("embedded_city")  # what the signed-in do is counted
async def test_who_may_and_who_may_not(http: httpx2.AsyncClient) -> None:
    async def status(path: str, **headers: str) -> int:
        return (await http.get(path, headers=headers)).status_code

    assert await status("/staff") == 401
    assert await status("/staff", **{"x-kind": "person"}) == 403
    assert await status("/staff", **{"x-kind": "staff"}) == 200
    assert await status("/clerk", **{"x-kind": "staff", "x-roles": "reviewer"}) == 403
    assert await status("/clerk", **{"x-kind": "staff", "x-roles": "clerk reviewer"}) == 200


KEYED = {"x-kind": "person", "idempotency-key": "12345678"}


@pytest.mark.usefixtures("embedded_city")
@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        (KEYED, 200, None),
        ({"x-kind": "person"}, 400, "key_missing"),
        ({**KEYED, "idempotency-key": "short"}, 400, "key_missing"),
        ({**KEYED, "idempotency-key": "x" * 65}, 400, "key_missing"),
        ({**KEYED, "x-cookie": "1"}, 403, "csrf_token_wrong"),
        ({**KEYED, "x-cookie": "1", "x-csrf-token": "wrong"}, 403, "csrf_token_wrong"),
        ({**KEYED, "x-cookie": "1", "x-csrf-token": "right"}, 200, None),
        ({**KEYED, "origin": "https://evil.example"}, 403, "other_site"),
        ({**KEYED, "origin": "null"}, 403, "other_site"),
        ({**KEYED, "origin": "https://yimen.example"}, 200, None),
        ({**KEYED, "origin": "http://t"}, 200, None),
        ({**KEYED, "sec-fetch-site": "cross-site"}, 403, "other_site"),
    ],
)
async def test_unsafe_requests_prove_where_they_come_from(
    http: httpx2.AsyncClient, headers: dict[str, str], status: int, code: str | None
) -> None:
    answer = await http.post("/keyed", headers=headers)
    assert answer.status_code == status
    assert code is None or answer.json()["code"] == code


async def test_every_answer_carries_the_safety_headers(http: httpx2.AsyncClient) -> None:
    for path in ("/things/x", "/nothing", "/break"):
        headers = (await http.get(path, headers={"x-request-id": GIVEN})).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-request-id"] == GIVEN
        assert "strict-transport-security" in headers
    for odd in ("<script>", "13900000001", "440604199005120222", "a" * 31, "one two"):
        answer = await http.get("/things/x", headers={"x-request-id": odd})
        assert odd not in answer.headers["x-request-id"]


def test_the_description_says_all_of_it() -> None:
    text = json.dumps(describe(ROUTES, title="t", version="1"))
    for words in ("/things/{code}", "Idempotency-Key", "Problem", "x-actor", "staff:clerk"):
        assert words in text


def test_a_route_stated_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        web.build(
            (*ROUTES, web.route("GET", "/refuse", refuse, summary="")), authenticate, base_url=""
        )


def test_the_clock_can_be_shown_another_instant() -> None:
    real = clock.now()
    with clock.showing(real.replace(year=2030)):
        assert clock.now().year == 2030
    assert clock.now() >= real
