"""Promise 18: what happened cannot be edited, cut or rewritten. The judge is ``log_verifier``."""

import asyncio
import base64
import hashlib
import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import httpx2
import pymerkle
import pytest
from cryptography.exceptions import InvalidSignature

from auth import commands
from auth.models import events, sessions
from auth.rules import merkle
from auth.usecases import audit
from backend.kernel import clock, db
from tests.auth import log_verifier as judge
from tests.auth.conftest import HUANG, LIANG, Door, refusal
from tests.conftest import OpenCity


async def published(city: OpenCity) -> tuple[str, str]:
    """What anybody may fetch: the newest checkpoint and the log's key."""
    anyone = await city.client()
    note = await anyone.get("/auth/log/checkpoint")
    assert note.headers["content-type"].startswith("text/plain")
    return note.text, (await anyone.get("/auth/log")).json()["key"]


async def happen(count: int) -> None:
    """Things happen to nobody in particular."""
    await db.write(
        *(
            events.happened("sign_in_failed", method="pwd", via="web", address=f"192.0.2.{n % 250}")
            for n in range(count)
        )
    )


async def exported(capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert await commands.audit_log(["export"]) == 0
    return capsys.readouterr().out.splitlines()


def later(days: float = 0, minutes: float = 6) -> Any:
    return clock.showing(clock.now() + timedelta(days=days, minutes=minutes))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 511, 700, 66_000])
def test_the_tree_is_the_rfcs_tree_whatever_the_batches(size: int) -> None:
    leaves = [hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(size)]
    chance = random.Random(size)
    tiles: dict[merkle.Place, bytes] = {}
    at = 0
    while at < size:
        step = chance.randint(1, 500 if size < 1000 else 5000)
        edge = {place: tiles[place] for place in merkle.edge(at)}
        tiles |= merkle.appended(at, edge, leaves[at : at + step])
        at = min(size, at + step)
    for part in {1, size, chance.randint(1, size), max(1, size - 1)}:
        assert merkle.range_hash(0, part, tiles) == judge.root(leaves[:part])
    most = max(
        len(merkle.tiles_for([one])) for one in merkle.inclusion(size // 2, size) or [(0, 1)]
    )
    assert most <= 4


def test_pymerkle_agrees() -> None:
    """A second witness, by another hand: roots and both kinds of proof."""
    witness = pymerkle.InmemoryTree(algorithm="sha256")
    data = [f"entry {n}".encode() for n in range(300)]
    for one in data:
        witness.append_entry(one)
    leaves = [merkle.leaf_hash(one) for one in data]
    tiles = merkle.appended(0, {}, leaves)
    for size in (1, 2, 5, 64, 255, 256, 257, 300):
        assert merkle.range_hash(0, size, tiles) == witness.get_root(size)
        for index in {0, size // 2, size - 1}:
            path = [merkle.range_hash(*one, tiles) for one in merkle.inclusion(index, size)]
            assert judge.included(data[index], index, size, path, witness.get_root(size))
            theirs = witness.prove_inclusion(index + 1, size)
            assert [bytes.fromhex(h) for h in theirs.serialize()["path"]][1:] == path


async def test_promise_18_every_forgery_shows_against_a_published_checkpoint(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    await happen(520)
    await door.registered(LIANG)
    await audit.keep()
    kept = [await published(door.city)]
    await happen(40)
    with later():
        await audit.keep()
        kept.append(await published(door.city))
    key = kept[0][1]
    notes = [note for note, _ in kept]
    honest = await exported(capsys)
    assert judge.faults(honest, notes, key) == []

    target = json.loads(honest[530 if len(honest) > 530 else 100])["index"]
    (victim,) = await db.rows("SELECT * FROM auth_event WHERE seq = $1", target)
    (other,) = await db.rows("SELECT id FROM auth_event WHERE seq = $1", target - 3)
    one, two = str(victim["id"]), str(other["id"])
    before = {"kind": victim["kind"], "seq": target}

    # edited: every column that says something
    for column, value in {
        "kind": "signed_out", "method": "face", "via": "counter", "detail": "x",
        "at": clock.now() - timedelta(days=1),
    }.items():  # fmt: skip
        was = dict(victim)[column]
        await db.execute(f"UPDATE auth_event SET {column} = $1 WHERE id = $2", value, one)
        assert judge.faults(await exported(capsys), notes, key), column
        assert await commands.audit_log(["check"]) == 1
        was = db.as_time(was) if column == "at" else was
        await db.execute(f"UPDATE auth_event SET {column} = $1 WHERE id = $2", was, one)
    assert judge.faults(await exported(capsys), notes, key) == []
    assert await commands.audit_log(["check"]) == 0

    # put in another order
    await db.execute("UPDATE auth_event SET seq = NULL WHERE id = $1", one)
    await db.execute("UPDATE auth_event SET seq = $1 WHERE id = $2", before["seq"], two)
    await db.execute("UPDATE auth_event SET seq = $1 WHERE id = $2", before["seq"] - 3, one)
    assert judge.faults(await exported(capsys), notes, key)
    await db.execute("UPDATE auth_event SET seq = NULL WHERE id = $1", one)
    await db.execute("UPDATE auth_event SET seq = $1 WHERE id = $2", before["seq"] - 3, two)
    await db.execute("UPDATE auth_event SET seq = $1 WHERE id = $2", before["seq"], one)
    assert judge.faults(await exported(capsys), notes, key) == []

    # deleted: the hash is still there, what it stood for is not
    await db.execute("DELETE FROM auth_event WHERE id = $1", one)
    assert judge.faults(await exported(capsys), notes, key) == [f"no content: {target}"]
    assert await commands.audit_log(["check"]) == 1

    # cut at the end
    shorter = len(honest) - 10
    assert judge.faults(honest[:shorter], notes, key)

    # written anew as a whole, by somebody who holds even the signing key
    await db.execute("UPDATE auth_event SET seq = NULL")
    for table in ("auth_log_tile", "auth_log_head", "auth_log_checkpoint"):
        await db.execute(f"DELETE FROM {table}")
    with later(minutes=12):
        await audit.keep()
        forged, _ = await published(door.city)
        rewritten = await exported(capsys)
    assert judge.faults(rewritten, [forged], key) == []  # in itself it is a perfect log
    assert judge.faults(rewritten, notes, key)


async def test_the_city_itself_signs_no_second_history(city_app: OpenCity) -> None:
    await happen(10)
    await audit.keep()
    signed = await audit.signed_for()
    await happen(10)
    (tile,) = await db.rows("SELECT id, hashes FROM auth_log_tile WHERE level = 0")
    forged = bytes(tile["hashes"])[:-32] + bytes(32)
    await db.execute("UPDATE auth_log_tile SET hashes = $1 WHERE id = $2", forged, tile["id"])
    with later():
        with pytest.raises(audit.Broken):
            await audit.keep()
        anyone = await city_app.client()
        assert (await anyone.get("/auth/log/checkpoints")).json()["checkpoints"][0][
            "size"
        ] == signed


def grew(first: int, second: int, path: list[bytes], old: bytes, new: bytes) -> bool:
    """RFC 9162, 2.1.4.2: what a monitor does with two checkpoints and a proof."""
    if first == second:
        return not path and old == new
    if first & (first - 1) == 0:
        path = [old, *path]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for one in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = judge.node(one, fr), judge.node(one, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = judge.node(sr, one)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and (fr, sr) == (old, new)


async def test_anybody_can_see_that_the_log_only_grew(city_app: OpenCity) -> None:
    anyone = await city_app.client()
    points: list[tuple[int, bytes]] = []
    key = ""
    start = clock.now()
    for step, count in enumerate((1, 6, 250, 3, 300, 256)):
        with clock.showing(start + timedelta(minutes=6 * step)):
            await happen(count)
            await audit.keep()
            note, key = await published(city_app)
            size, root, time = judge.opened(note, key)
            assert time == clock.rfc3339(clock.now())
            points.append((size, root))
    witness = pymerkle.InmemoryTree(algorithm="sha256")
    async for _, entry, _ in audit.exported():
        assert entry is not None
        witness.append_entry(entry.says())
    for first, first_root in points:
        assert witness.get_root(first) == first_root
        for second, second_root in points:
            if first <= second:
                sizes = {"first": first, "second": second}
                answer = await anyone.get("/auth/log/consistency", params=sizes)
                path = [base64.b64decode(one) for one in answer.json()["path"]]
                assert grew(first, second, path, first_root, second_root)
                if path:
                    forged = [*path[:-1], bytes(32)]
                    assert not grew(first, second, forged, first_root, second_root)
    largest = points[-1][0]
    for sizes in ({"first": 1, "second": largest + 1}, {"first": 5, "second": 4}):
        answer = await anyone.get("/auth/log/consistency", params=sizes)
        assert refusal(answer) == (422, "log_range")
    with pytest.raises(InvalidSignature):
        judge.opened(note.replace("\n", "\n1", 1), key)


async def own(browser: httpx2.AsyncClient) -> list[dict[str, Any]]:
    answer = await browser.get("/auth/events")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


async def test_a_person_gets_the_proof_of_their_own_lines_and_no_others(door: Door) -> None:
    browser = await door.registered(LIANG)
    other = await door.registered(HUANG)
    await happen(300)
    shown = await own(browser)
    assert [one["kind"] for one in shown] == ["registered"]
    assert shown[0]["receipt"] == "soon"
    early = await browser.get(f"/auth/events/{shown[0]['id']}/receipt")
    assert refusal(early) == (409, "receipt_later")
    await audit.keep()
    (one,) = await own(browser)
    assert one["receipt"] == "ready"
    receipt = (await browser.get(f"/auth/events/{one['id']}/receipt")).json()
    size, root, _ = judge.opened(receipt["checkpoint"], receipt["key"])
    path = [base64.b64decode(h) for h in receipt["path"]]
    leaf = receipt["leaf"].encode()
    assert size == receipt["size"]
    assert judge.included(leaf, receipt["index"], size, path, root)
    assert json.loads(leaf)["kind"] == "registered"
    for wrong in (leaf.replace(b"registered", b"signed_out"), leaf + b" "):
        assert not judge.included(wrong, receipt["index"], size, path, root)
    assert not judge.included(leaf, receipt["index"] + 1, size, path, root)
    assert refusal(await other.get(f"/auth/events/{one['id']}/receipt")) == (404, "not_found")
    await db.execute("UPDATE auth_event SET via = 'counter' WHERE id = $1", one["id"])
    changed = await browser.get(f"/auth/events/{one['id']}/receipt")
    assert refusal(changed) == (409, "record_changed")


async def test_what_is_published_lets_nobody_guess(door: Door) -> None:
    """An entry's hash covers a salt that only the key file makes."""
    await door.registered(LIANG)
    await audit.keep()
    async for _, entry, leaf in audit.exported():
        assert entry is not None
        said = json.loads(entry.says())
        assert len(bytes.fromhex(said.pop("salt"))) == 16
        assert merkle.leaf_hash(json.dumps(said, separators=(",", ":")).encode()) != leaf
    note, _ = await published(door.city)
    for telling in (LIANG.name, LIANG.phone, LIANG.id_number, "registered"):
        assert telling not in note


async def test_old_contents_go_and_every_proof_still_holds(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    await door.registered(LIANG)
    await happen(300)
    await audit.keep()
    old = await published(door.city)
    with later(days=100):
        browser = await door.registered(HUANG)
        await audit.keep()
        middle = await published(door.city)
    with later(days=199):
        await audit.sweep()
        assert await db.rows("SELECT 1 FROM auth_event WHERE seq = 0")
    with later(days=201):
        await audit.sweep()
        await happen(5)
        await audit.keep()
        notes = [old[0], middle[0], (await published(door.city))[0]]
        lines = await exported(capsys)
        since = clock.rfc3339(clock.now() - audit.KEPT)
        assert judge.faults(lines, notes, old[1], since) == []
        assert "hash" in json.loads(lines[0])
        assert "leaf" in json.loads(lines[-1])
        assert judge.faults(lines, notes, old[1])  # without the excuse of age
        assert await commands.audit_log(["check"]) == 0
        assert browser is not None


async def test_two_sequencers_at_once_lose_and_double_nothing(
    city_app: OpenCity, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(6):
        await happen(30)
        await asyncio.gather(*(audit._place() for _ in range(4)), audit.keep(), audit.keep())
    while await audit._place():
        pass
    (row,) = await db.rows("SELECT count(*) AS n, max(seq) AS top FROM auth_event")
    assert int(row["top"]) == int(row["n"]) - 1
    assert await commands.audit_log(["check"]) == 0


async def test_not_me_ends_every_other_session(door: Door) -> None:
    mine = await door.registered(LIANG)
    thief = await door.visitor()
    body = {"phone": LIANG.phone, "code": await door.code(LIANG.phone, "sign_in")}
    assert (await thief.post("/auth/sessions", json=body)).status_code == 201
    (latest, *_) = await own(mine)
    assert latest["kind"] == "signed_in"
    stranger = await door.registered(HUANG)
    wrong = await stranger.post(f"/auth/events/{latest['id']}/disown")
    assert refusal(wrong) == (404, "not_found")
    answer = await mine.post(f"/auth/events/{latest['id']}/disown")
    assert answer.json() == {"ended": 1}
    assert refusal(await thief.get("/auth/events")) == (401, "session_over")
    newest = (await own(mine))[0]
    assert (newest["kind"], newest["detail"]) == ("disowned", "signed_in")


async def test_staff_and_keys_leave_a_line_too(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    await door.clerk()
    assert await commands.signing_keys(["distrust", "ES256"]) == 0
    client = [
        "name=公积金",
        "department=gjj",
        "purpose=登录",
        "redirect_uris=https://gjj.example/back",
    ]
    assert await commands.client(["add", "gjj", *client]) == 0
    found = {r["kind"] for r in await db.rows("SELECT DISTINCT kind FROM auth_event")}
    assert {"staff_changed", "signed_in", "keys_changed", "client_changed"} <= found
    await audit.keep()
    assert {
        json.loads(json.loads(line)["leaf"])["kind"] for line in await exported(capsys)
    } >= found


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_kind_of_event_has_words_for_its_owner(language: str) -> None:
    path = Path(__file__).parents[2] / "pwa" / "src" / "i18n" / language / "history.json"
    words = json.loads(path.read_text())
    wanted = {f"history.kind.{kind}" for kind in get_args(events.EventKind)}
    wanted |= {f"history.by.{method}" for method in get_args(sessions.Method)}
    assert not {key for key in wanted if not words.get(key)}
