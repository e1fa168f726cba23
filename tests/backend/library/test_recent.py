"""What was worked out before is used again only while nothing under it has changed."""

import pytest

from backend.kernel import db, privacy
from backend.library import usecases as library
from backend.library.recent import LONGEST, Recent


def test_the_oldest_goes_first():
    made = []
    recent: Recent[str] = Recent(2)
    for key in ("a", "b", "a", "c", "a"):
        recent.get(key, lambda key=key: made.append(key) or key)
    assert made == ["a", "b", "c", "a"]


def test_nothing_stays_in_the_clear_for_longer_than_a_visit():
    now = [0.0]
    recent: Recent[str] = Recent(10, clock=lambda: now[0])
    recent.get("a", lambda: "first")
    now[0] = LONGEST - 1
    assert recent.get("a", lambda: "second") == "first"
    now[0] = LONGEST
    recent.get("b", lambda: "other")
    assert len(recent) == 1
    assert recent.get("a", lambda: "second") == "second"


async def test_a_change_in_the_database_is_seen_at_once(liang):
    assert "email" not in await liang.facts()
    for email in ("a@example.cn", "b@example.cn"):
        await db.write(*library.declare(liang.id, {"email": email}, case=email))
        await liang.door.city.work()
        for _ in range(2):
            assert (await liang.facts("email"))["email"] == email


async def test_an_old_document_put_back_by_hand_does_not_open_as_a_new_one(liang):
    """A row's document is bound to its row: copied elsewhere it does not open."""
    await liang.facts()
    rows = await db.rows("SELECT id, doc FROM library_facts ORDER BY fact_group")
    await db.execute(
        "UPDATE library_facts SET doc = $1 WHERE id = $2", bytes(rows[0]["doc"]), str(rows[1]["id"])
    )
    with pytest.raises(privacy.SealBroken):
        await liang.facts()
