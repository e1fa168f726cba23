"""A hundred at once with what staff and owners type: one-time passwords, recovery codes, PINs."""

import asyncio
import secrets
from collections.abc import Callable

from auth import demo
from auth.models import otps as otp_rows
from auth.models import people, pins, recoveries, staff
from auth.rules import otp, recovery
from auth.usecases import load_staff, otps
from backend.kernel import clock, db
from tests.auth.conftest import LIANG, Door

MANY = 100


async def kept(make: Callable[[int], db.Statement]) -> list[int]:
    """Which of a hundred writes at once are kept."""

    async def one(number: int) -> bool:
        try:
            await db.write(make(number))
        except db.Stale:
            return False
        return True

    won = await asyncio.gather(*(one(number) for number in range(MANY)))
    return [number for number, well in enumerate(won) if well]


async def _owner(door: Door) -> str:
    await door.registered()
    found = await people.find_account(phone_blind=people.blind_phone(LIANG.phone))
    assert found is not None
    return found.person_id


async def test_promise_02_a_one_time_password_counts_once(door: Door) -> None:
    await load_staff(demo.staff()[:1])
    member = await staff.find("clerk.ga")
    assert member is not None
    secret, now = secrets.token_bytes(20), clock.now()
    with clock.showing(now):
        step = int(now.timestamp()) // otp.STEP
        await db.write(otp_rows.enrolling(member.staff_id, secret, step=step - 2))
        enrolled = await otp_rows.find(member.staff_id)
        assert enrolled is not None
        code = otp.code(secret, step)
        assert len(await kept(lambda _: otps.using(enrolled, code))) == 1
        # and the one before it, which somebody may have seen being typed, counts no more
        before = otp.code(secret, step - 1)
        assert await kept(lambda _: otps.using(enrolled, before)) == []


async def test_promise_02_a_recovery_code_counts_once(door: Door) -> None:
    person_id = await _owner(door)
    code = recovery.normal(recovery.spelled(secrets.token_bytes(recovery.LENGTH)))
    await db.write(recoveries.keeping_code(person_id, code))
    assert len(await kept(lambda _: recoveries.using_code(person_id, code))) == 1
    assert await kept(lambda _: recoveries.using_code(person_id, code)) == []


async def test_promise_02_a_changed_pin_shuts_out_the_former_one(door: Door) -> None:
    person_id = await _owner(door)
    await db.write(pins.setting(person_id, "hash of the first"))
    claimed = await pins.claim(person_id)  # somebody's guess is being compared
    assert claimed == "hash of the first"
    changed = await kept(lambda n: pins.setting(person_id, f"hash {n}"))
    assert len(changed) == MANY
    (row,) = await db.rows("SELECT hash, tries FROM auth_pin")
    assert row["tries"] == 0
    # what was right a moment ago raises nobody now, and what is set counts
    assert await kept(lambda _: pins.right(person_id, claimed)) == []
    assert len(await kept(lambda _: pins.right(person_id, row["hash"]))) == MANY
