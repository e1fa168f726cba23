"""Whatever works once has one winner, however many come at the same time (一次性凭证)."""

import asyncio
from datetime import timedelta

from auth.usecases import once
from backend.kernel import clock, db
from tests.auth.conftest import Door
from tests.auth.test_promise_11_scans import OWN, pick, scan, screen

MANY = 100


async def test_promise_02_of_a_hundred_writes_one_is_kept(door: Door) -> None:
    secret = await once.keep("link", {"what": "matters"}, seconds=60)
    kept = await once.look("link", secret)
    assert kept is not None
    assert (kept.value, kept.used) == ({"what": "matters"}, False)

    async def redeem() -> bool:
        try:
            await db.write(once.using(kept))
        except db.Stale:
            return False
        return True

    assert sum(await asyncio.gather(*(redeem() for _ in range(MANY)))) == 1
    after = await once.look("link", secret)
    assert after is not None
    assert after.used
    assert await once.look("scan", secret) is None  # another kind of thing
    assert await once.look("link", secret.swapcase()) is None


async def test_promise_02_what_ran_out_is_gone_and_its_digits_are_free_again(door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        await once.keep("window", {"n": 1}, seconds=30, draw=lambda: "12345678")
        drawn = iter(["12345678", "12345678", "87654321"])
        assert (
            await once.keep("window", {"n": 2}, seconds=30, draw=lambda: next(drawn)) == "87654321"
        )
        kept = await once.look("window", "12345678")
        assert kept is not None
    with clock.showing(start + timedelta(seconds=31)):
        assert await once.look("window", "12345678") is None
        try:
            await db.write(once.using(kept))
        except db.Stale:
            pass
        else:
            raise AssertionError("it was used after its end")
        assert await once.keep("window", {"n": 3}, seconds=30, draw=lambda: "12345678")
        again = await once.look("window", "12345678")
        assert again is not None
        assert again.value == {"n": 3}


async def test_promise_02_of_a_hundred_phones_one_reads_the_code(door: Door) -> None:
    from auth.usecases import scans, sessions
    from auth.usecases.visitor import Visitor
    from backend.kernel.errors import Refusal

    phone, pc = await door.registered(), await screen(door)
    live = await sessions.find(phone.cookies["yimen_session"], via="web")
    assert live is not None
    code = await pc.code()
    secret_row = await once.look("scan", code)
    assert secret_row is not None
    answers = await asyncio.gather(
        *(scans.opened(live, secret_row, Visitor("127.0.0.1")) for _ in range(MANY)),
        return_exceptions=True,
    )
    won = [one for one in answers if not isinstance(one, BaseException)]
    assert len(won) == 1
    assert {one.code for one in answers if isinstance(one, Refusal)} <= {
        "scan_over",
        "prompt_pending",
    }


async def test_promise_02_of_a_hundred_times_the_screen_is_let_in_once(door: Door) -> None:
    phone, pc = await door.registered(), await screen(door)
    await pick(phone, await scan(phone, await pc.code()), pc.number)
    cookie = f"yimen_scan={pc.http.cookies['yimen_scan']}"
    twins = [await door.visitor(Cookie=cookie) for _ in range(10)]
    answers = await asyncio.gather(*(twins[n % 10].post(f"{OWN}/session") for n in range(MANY)))
    assert sorted(a.status_code for a in answers) == [201] + [403] * (MANY - 1)
    rows = await db.rows("SELECT 1 FROM auth_session WHERE methods = 'handoff'")
    assert len(rows) == 1
