"""What happens to an account is told on WeChat too, and a new phone shuts every former way in."""

from datetime import timedelta
from typing import Any

from backend.kernel import clock, db
from tests.auth.conftest import LIANG, STRANGER, Door, refusal
from tests.auth.test_counter import window_at
from tests.auth.test_promise_08_recovery import DELAY, FINISH, NEW, _recover_code, _start
from tests.city import Visitor, visitor

PIN = "846231"


async def owner(door: Door) -> tuple[Visitor, str]:
    """Somebody with WeChat, a PIN and a passkey; and their openid."""
    person = await visitor(door.city)
    await person.register({**LIANG.body, "bank_card": ""})
    openid = await person.link_wechat()
    answer = await person.http.put("/auth/pin", json={"pin": PIN})
    assert answer.status_code == 204, answer.text
    await door.proves(person.http, "pin", PIN)
    await door.passkey(person.http)
    return person, openid


async def told(person: Visitor, openid: str) -> list[str]:
    answer = await person.http.get("/sandbox/wechat/messages", params={"openid": openid})
    return [str(one["data"]["thing1"]) for one in answer.json()["messages"]]


async def ways_in() -> dict[str, Any]:
    row = await db.row(
        "SELECT (SELECT count(*) FROM auth_pin) AS pins, (SELECT count(*) FROM auth_link) AS links,"
        " (SELECT count(*) FROM auth_passkey) AS passkeys"
    )
    assert row is not None
    return dict(row)


async def test_a_recovery_is_told_to_wechat_at_its_start_and_its_end(door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        person, openid = await owner(door)
        assert (await _start(door)).status_code == 201
        await door.city.work()
        assert await told(person, openid) == ["有人正在申请找回您的账号"]
    with clock.showing(start + DELAY + timedelta(minutes=1)):
        body = {"phone": NEW, "code": await _recover_code(door)}
        done = await (await door.visitor()).post(FINISH, json=body)
        assert done.status_code == 201, done.text
        await door.city.work()
        # the account it was tied to until now
        assert "您的账号已换绑手机号码" in await told(person, openid)
    assert await ways_in() == {"pins": 0, "links": 0, "passkeys": 0}


async def test_a_phone_changed_at_a_window_shuts_every_former_way_in(door: Door) -> None:
    person, openid = await owner(door)
    assert (await _start(door)).status_code == 201
    window = await window_at(door)
    read = await window.reads(phone=STRANGER)
    check = read.json()["id"]
    assert await ways_in() == {"pins": 1, "links": 1, "passkeys": 1}  # until both officers agree
    assert (await window.decides(check)).status_code == 200
    done = await window.confirms(check, STRANGER)
    assert done.status_code == 200, done.text
    assert await ways_in() == {"pins": 0, "links": 0, "passkeys": 0}
    assert refusal(await person.http.get("/auth/account")) == (401, "session_over")
    await door.city.work()
    assert "您的账号已更换手机号码" in await told(person, openid)
    kinds = [r["kind"] for r in await db.rows("SELECT kind FROM auth_event ORDER BY at, id")]
    assert kinds.count("phone_changed") == 1
    # a recovery that somebody had begun does not outlive the owner's visit
    with clock.showing(clock.now() + DELAY + timedelta(minutes=1)):
        body = {"phone": NEW, "code": await _recover_code(door)}
        late = await (await door.visitor()).post(FINISH, json=body)
        assert refusal(late) == (403, "recovery_window")
