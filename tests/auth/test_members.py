"""Administrators: who may add, change and lock whom, and what is left of it in the journal."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth import demo
from auth.usecases import audit, load_staff
from backend.kernel import clock, db
from tests.auth.conftest import Door, refusal

MEMBERS, ACTS, SYSTEMS = "/auth/staff/members", "/auth/staff/acts", "/auth/staff/clients"
NEW = {
    "login": "clerk.new", "name": "窗口小新", "department": "GJJ", "department_name": "公积金中心",
    "district": "440605", "hall": "南海大厅", "roles": ["clerk"],
}  # fmt: skip
POST = {name: value for name, value in NEW.items() if name != "login"}
SYSTEM = {
    "client_id": "gjj.loan", "name": "贷款审批", "purpose": "办理贷款",
    "department": "GJJ", "department_name": "公积金中心",
    "redirect_uris": ["https://loan.gjj.example/back"], "scopes": ["profile"],
}  # fmt: skip


async def staff(door: Door, login: str, **post: Any) -> httpx2.AsyncClient:
    """Somebody of the demo's staff, signed in; with ``post`` at another one."""
    known = {entry["login"]: entry for entry in demo.staff()}
    await load_staff([{**known.get(login, known["admin"]), "login": login, **post}])
    return await sign_in(door, login, demo.PASSWORD)


async def sign_in(door: Door, login: str, password: str, **more: str) -> httpx2.AsyncClient:
    browser = await door.visitor()
    answer = await enter(browser, login, password, **more)
    assert answer.status_code == 201, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return browser


async def enter(
    browser: httpx2.AsyncClient, login: str, password: str, **more: str
) -> httpx2.Response:
    body = {"login": login, "password": password, **more}
    return await browser.post("/auth/staff/sessions", json=body)


async def journal(browser: httpx2.AsyncClient, name: str = "") -> list[tuple[str, str, str]]:
    """What the journal says of one subject: act, by whom, detail."""
    lines = (await browser.get(ACTS, params={"name": name})).json()["acts"]
    return [(line["act"], line["by"], line["detail"]) for line in lines]


async def test_somebody_new_begins_with_a_password_of_their_own(door: Door) -> None:
    admin = await staff(door, "admin")
    answer = await admin.post(MEMBERS, json=NEW)
    assert answer.status_code == 201, answer.text
    first = answer.json()["password"]
    assert answer.json()["member"]["starting"] is True
    visitor = await door.visitor()
    assert refusal(await enter(visitor, "clerk.new", first)) == (403, "start_password")
    for own, code in (
        (first, "password_same"),
        ("short", "too_short"),
        ("clerk.new1", "too_personal"),
    ):
        wrong = await enter(visitor, "clerk.new", first, new_password=own)
        assert wrong.json()["errors"][0] | {"detail": ""} == {
            "pointer": "/new_password", "code": code, "detail": "",
        }  # fmt: skip
    clerk = await sign_in(door, "clerk.new", first, new_password="one of my own")
    session = (await clerk.get("/auth/session")).json()["staff"]
    assert (session["district"], session["hall"]) == ("440605", "南海大厅")
    # the starting password is spent, the other one counts
    again = await enter(visitor, "clerk.new", first, new_password="another of my own")
    assert refusal(again) == (403, "staff_sign_in_failed")
    await sign_in(door, "clerk.new", "one of my own")
    found = (await admin.get(f"{MEMBERS}/clerk.new")).json()
    assert (found["starting"], found["otp"], found["passkeys"]) == (False, False, 0)
    assert await journal(admin, "clerk.new") == [
        ("added", "管理员老简", "clerk GJJ 440605 南海大厅")
    ]
    events = await db.rows(
        "SELECT detail, staff_id FROM auth_event WHERE kind = 'staff_changed' AND via = 'web'"
    )
    assert [(row["detail"], row["staff_id"] is not None) for row in events] == [
        ("added clerk.new", True)
    ]
    await audit.keep()
    assert [line async for line in audit.faults()] == []


async def test_a_starting_password_runs_out(small_door: Door) -> None:
    admin = await staff(small_door, "admin")
    first = (await admin.post(MEMBERS, json=NEW)).json()["password"]
    with clock.showing(clock.now() + timedelta(days=3, seconds=1)):
        visitor = await small_door.visitor()
        late = await enter(visitor, "clerk.new", first, new_password="one of my own")
        assert refusal(late) == (403, "start_over")


async def test_whoever_is_changed_or_locked_is_out_at_once(door: Door) -> None:
    admin, clerk = await staff(door, "admin"), await staff(door, "clerk.gjj")
    await load_staff([{**demo.staff()[0], "login": "admin.other"}])
    body = {**POST, "name": "窗口小邓", "roles": ["clerk", "reviewer"], "district": "", "hall": ""}
    answer = await admin.put(f"{MEMBERS}/clerk.gjj", json=body)
    assert (answer.status_code, answer.json()["roles"]) == (200, ["clerk", "reviewer"])
    assert not (await clerk.get("/auth/session")).json()["signed_in"]
    clerk = await sign_in(door, "clerk.gjj", demo.PASSWORD)
    state = f"{MEMBERS}/clerk.gjj/state"
    assert (await admin.put(state, json={"active": False})).status_code == 204
    assert not (await clerk.get("/auth/session")).json()["signed_in"]
    out = await enter(await door.visitor(), "clerk.gjj", demo.PASSWORD)
    assert refusal(out) == (403, "staff_sign_in_failed")
    assert (await admin.put(state, json={"active": True})).status_code == 204
    await sign_in(door, "clerk.gjj", demo.PASSWORD)
    acts = [act for act, _, _ in await journal(admin, "clerk.gjj")]
    assert acts == ["back", "left", "roles", "added"]


async def test_an_administrator_reaches_no_further_than_the_own_post(small_door: Door) -> None:
    fund = await staff(small_door, "admin.gjj")
    hall = await staff(
        small_door, "admin.hall", department="GJJ", district="440605", hall="南海大厅"
    )
    await load_staff(demo.staff(), only_new=True)
    logins = {one["login"] for one in (await fund.get(MEMBERS)).json()["members"]}
    assert {"clerk.gjj", "admin.gjj", "admin.hall", "clerk.nanhai"} <= logins
    assert not {"admin", "clerk.ga", "supervisor"} & logins
    shown = (await hall.get(MEMBERS)).json()["members"]
    assert [one["login"] for one in shown] == ["admin.hall"]
    for path in ("admin", "clerk.ga", "nobody"):
        assert refusal(await fund.get(f"{MEMBERS}/{path}")) == (404, "not_found")
        locked = await fund.put(f"{MEMBERS}/{path}/state", json={"active": False})
        assert refusal(locked) == (404, "not_found")
    for wider in ({"department": "GA"}, {"department": "", "roles": ["administrator"]}):
        answer = await fund.post(MEMBERS, json={**NEW, **wider})
        assert refusal(answer) == (403, "beyond_your_post")
        moved = await fund.put(f"{MEMBERS}/clerk.gjj", json={**POST, **wider})
        assert refusal(moved) == (403, "beyond_your_post")
    assert refusal(await hall.post(MEMBERS, json={**NEW, "hall": ""}))[1] == "beyond_your_post"
    assert (await hall.post(MEMBERS, json=NEW)).status_code == 201
    # what others do elsewhere is not in one's journal, what happens here is
    assert [act for act, by, _ in await journal(hall) if by] == ["added"]
    assert "clerk.ga" not in {line["name"] for line in (await fund.get(ACTS)).json()["acts"]}


async def test_nobody_changes_their_own_post(small_door: Door) -> None:
    admin = await staff(small_door, "admin")
    own = {**POST, "name": "管理员老简", "department": "", "roles": ["administrator"], "hall": ""}
    assert refusal(await admin.put(f"{MEMBERS}/admin", json=own)) == (403, "own_post")
    answer = await admin.put(f"{MEMBERS}/admin/state", json={"active": False})
    assert refusal(answer) == (403, "own_post")


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"login": "Ä"}, "/login", "format"),
        ({"name": " "}, "/name", "required"),
        ({"roles": []}, "/roles", "role_needed"),
        ({"login": " "}, "/login", "required"),
        ({"roles": ["clerk", "administrator"]}, "/roles", "administrator_alone"),
        ({"department": ""}, "/department", "department_needed"),
        ({"district": "nanhai"}, "/district", "format"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_at_its_field(
    small_door: Door, change: dict[str, Any], pointer: str, code: str
) -> None:
    admin = await staff(small_door, "admin")
    answer = await admin.post(MEMBERS, json={**NEW, **change})
    assert refusal(answer) == (422, "check_input")
    assert (pointer, code) in [(e["pointer"], e["code"]) for e in answer.json()["errors"]]


async def test_a_login_belongs_to_one(small_door: Door) -> None:
    admin = await staff(small_door, "admin")
    answer = await admin.post(MEMBERS, json={**NEW, "login": "admin"})
    assert refusal(answer) == (409, "login_taken")


async def test_who_may_and_who_may_not(small_door: Door) -> None:
    """Every endpoint of the office by every role: the administrator's, and the journal."""
    await load_staff(demo.staff(), only_new=True)
    asked = [
        ("GET", MEMBERS, None), ("POST", MEMBERS, NEW), ("GET", f"{MEMBERS}/clerk.ga", None),
        ("PUT", f"{MEMBERS}/clerk.ga", POST),
        ("PUT", f"{MEMBERS}/clerk.ga/state", {"active": True}),
        ("GET", SYSTEMS, None), ("POST", SYSTEMS, SYSTEM), ("GET", f"{SYSTEMS}/x.y", None),
        ("PUT", f"{SYSTEMS}/x.y", SYSTEM), ("POST", f"{SYSTEMS}/x.y/secret", {}),
        ("PUT", f"{SYSTEMS}/x.y/state", {"enabled": False}),
    ]  # fmt: skip
    for login in ("clerk.ga", "reviewer.ga", "approver.ga", "supervisor"):
        browser = await sign_in(small_door, login, demo.PASSWORD)
        for method, path, body in asked:
            answer = await browser.request(method, path, json=body)
            assert refusal(answer) == (403, "not_for_you"), (login, method, path)
        seen = await browser.get(ACTS)
        assert seen.status_code == (200 if login == "supervisor" else 403)
    person = await small_door.registered()
    assert refusal(await person.get(MEMBERS)) == (403, "not_for_you")


async def test_a_department_keeps_its_own_systems(door: Door) -> None:
    admin, fund = await staff(door, "admin"), await staff(door, "admin.gjj")
    made = await fund.post(SYSTEMS, json=SYSTEM)
    assert made.status_code == 201, made.text
    secret = made.json()["secret"]
    assert len(secret) >= 43
    assert refusal(await fund.post(SYSTEMS, json=SYSTEM)) == (409, "client_taken")
    foreign = {**SYSTEM, "client_id": "ga.card", "department": "GA"}
    assert refusal(await fund.post(SYSTEMS, json=foreign)) == (403, "beyond_your_post")
    assert (await admin.post(SYSTEMS, json=foreign)).status_code == 201
    shown = (await fund.get(SYSTEMS)).json()["clients"]
    assert [one["client_id"] for one in shown] == ["gjj.loan"]
    assert "secret" not in shown[0] and secret not in str(shown)
    for method, path, body in (
        ("GET", "", None), ("PUT", "", {**foreign, "department": "GJJ"}), ("POST", "/secret", {}),
        ("PUT", "/state", {"enabled": False}),
    ):  # fmt: skip
        sent = {k: v for k, v in body.items() if k != "client_id"} if body else body
        answer = await fund.request(method, f"{SYSTEMS}/ga.card{path}", json=sent)
        assert refusal(answer) == (404, "not_found"), path
    body = {k: v for k, v in SYSTEM.items() if k != "client_id"}
    assert shown[0]["id_token_alg"] == "RS256"  # what a library expects that was not told more
    for sent, kept in (("ES256", "ES256"), (None, "ES256"), ("RS256", "RS256")):
        said = await fund.put(f"{SYSTEMS}/gjj.loan", json={**body, "id_token_alg": sent})
        assert said.json()["client"]["id_token_alg"] == kept
    changed = await fund.put(f"{SYSTEMS}/gjj.loan", json={**body, "name": "贷款审批系统"})
    assert (changed.json()["client"]["name"], changed.json()["secret"]) == ("贷款审批系统", "")
    turned = (await fund.post(f"{SYSTEMS}/gjj.loan/secret", json={})).json()
    assert turned["secret"] not in ("", secret) and turned["client"]["former_until"]
    await fund.put(f"{SYSTEMS}/gjj.loan/state", json={"enabled": False})
    assert (await fund.get(f"{SYSTEMS}/gjj.loan")).json()["enabled"] is False
    assert [(act, by) for act, by, _ in await journal(admin, "gjj.loan")] == [
        (act, "管理员小庞") for act in ("disabled", "rotated", *["changed"] * 4, "added")
    ]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"client_id": "X"}, "/client_id", "client_id_form"),
        ({"redirect_uris": []}, "/redirect_uris", "redirect_needed"),
        ({"redirect_uris": ["http://a.example/"]}, "/redirect_uris", "uri_https"),
        ({"redirect_uris": ["https://a.example/#x"]}, "/redirect_uris", "uri_fragment"),
        ({"scopes": ["id_number"]}, "/legal_basis/id_number", "basis_needed"),
        ({"scopes": ["everything"]}, "/scopes", "not_an_option"),
        ({"auth_method": "private_key_jwt"}, "/jwks", "keys_needed"),
        ({"profile": "high"}, "/auth_method", "method_of_high"),
        ({"profile": "high", "id_token_alg": "RS256"}, "/id_token_alg", "alg_of_profile"),
        ({"auth_method": "private_key_jwt", "jwks": {"keys": "x"}}, "/jwks", "format"),
        ({"auth_method": "private_key_jwt", "jwks": {"keys": [{"kty": "EC", "d": "x"}]}},
         "/jwks", "private_key"),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_a_registration(
    small_door: Door, change: dict[str, Any], pointer: str, code: str
) -> None:
    admin = await staff(small_door, "admin")
    answer = await admin.post(SYSTEMS, json={**SYSTEM, **change})
    assert refusal(answer) == (422, "check_input")
    errors = answer.json()["errors"]
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in errors]
    assert all(one["detail"] for one in errors)
