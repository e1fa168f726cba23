"""The audit log (审计账本): what happened cannot be edited, cut or rewritten unseen.

1. An event is written with its leaf, the hash of all it says (``models/events.py``).
2. ``keep`` gives new events their places, lets the tree grow (RFC 9162) and signs a checkpoint
   every few minutes, after it has seen that the tree still begins with the one signed before.
3. Checkpoints and proofs of consistency are for everybody: who keeps one checkpoint can show
   every later change of what came before it.
4. ``receipt`` is for the person: their own entry, and the hashes that lead to a checkpoint.
5. ``sweep`` drops contents after the legal time; the hashes stay and every proof still holds.
"""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from auth import signing
from auth.models import events, log
from auth.models.events import Entry
from auth.models.log import Checkpoint
from auth.rules import merkle, notes
from backend.kernel import cache, clock, db, settings
from backend.kernel import log as lines
from backend.kernel.errors import conflict, invalid, not_found

KEPT = timedelta(days=200)
"""The law asks for six months at least (网络安全法 art. 21)."""

AT_ONCE = 500
_DAILY = timedelta(days=1)


class Broken(Exception):
    """The tree no longer begins as it did when it was last signed."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What shows that an entry is in the log: everything a stranger needs, and no more."""

    leaf: bytes
    index: int
    size: int
    path: tuple[bytes, ...]
    checkpoint: str


def origin() -> str:
    """The log's name."""
    return notes.origin(settings.current().base_url)


async def key() -> str:
    """The log's public key, as witnesses take it."""
    return notes.verifier_key(origin(), await _public())


async def _public() -> bytes:
    x = str((await signing.log_key()).jwk["x"])
    return base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))


# -- growing ------------------------------------------------------------------------------------


async def keep() -> None:
    """Bring the log up to date and sign how far it reaches, if it is time."""
    async with cache.lock("audit", seconds=60) as mine:
        if not mine:
            return
        while await _place() == AT_ONCE:
            pass
        await _sign_if_due()


async def _place() -> int:
    coming = await events.unplaced(AT_ONCE)
    if not coming:
        return 0
    await db.write(log.beginning())
    size = await log.size()
    unfinished = await log.tiles(merkle.edge(size))
    changed = merkle.appended(size, unfinished, [leaf for _, leaf in coming])
    placing = [events.placing(row, size + n) for n, (row, _) in enumerate(coming)]
    try:
        await db.write(*log.growing(size, size + len(coming), changed), *placing)
    except db.Stale:  # another sequencer was quicker; nothing of ours was kept
        return 0
    return len(coming)


async def _sign_if_due() -> None:
    size, now = await log.size(), clock.now()
    last = next(iter(await log.checkpoints()), None)
    if last is not None:
        period = timedelta(seconds=settings.current().audit_checkpoint)
        due = _DAILY if last.size == size else period
        if now < last.at + due:
            return
        await _begins_with(last, size)
    root = await _root(size)
    text = notes.body(origin(), size=size, root=root, time=clock.rfc3339(now))
    signature = await signing.log_sign(text.encode())
    note = notes.signed(text, origin(), public=await _public(), signature=signature)
    await db.write(log.publishing(Checkpoint(size, root, now, note)))


async def _begins_with(last: Checkpoint, size: int) -> None:
    """Never sign two histories.

    Raises:
        Broken: entries that were signed for have changed or are missing.
    """
    if size < last.size or await _root(last.size) != last.root:
        lines.warning("audit.broken", signed=last.size, found=size)
        raise Broken


async def _hashes(ranges: list[merkle.Range]) -> list[bytes]:
    tiles = await log.tiles(merkle.tiles_for(ranges))
    try:
        return [merkle.range_hash(*one, tiles) for one in ranges]
    except (KeyError, ValueError):
        raise Broken from None


async def _root(size: int) -> bytes:
    return (await _hashes([(0, size)]))[0]


# -- showing ------------------------------------------------------------------------------------


async def latest() -> Checkpoint:
    """The newest checkpoint.

    Raises:
        Refusal: ``not_found`` while nothing has been signed.
    """
    found = await log.checkpoints()
    if not found:
        raise not_found()
    return found[0]


async def consistency(first: int, second: int) -> list[bytes]:
    """The hashes that show the log of ``first`` entries to be the beginning of ``second``.

    Raises:
        Refusal: ``log_range`` for sizes that no checkpoint has reached.
    """
    if not 0 <= first <= second <= (await latest()).size:
        raise invalid("log_range")
    return await _hashes(merkle.consistency(first, second))


async def receipt(person_id: str, event_id: str) -> Receipt:
    """The proof that an event of a person is in the log.

    Raises:
        Refusal: ``not_found``, ``receipt_later`` until the next checkpoint, ``record_changed``.
    """
    entry = await events.find(event_id, person_id=person_id)
    if entry is None:
        raise not_found()
    point = next(iter(await log.checkpoints()), None)
    if entry.seq is None or point is None or entry.seq >= point.size:
        raise conflict("receipt_later", minutes=-(-settings.current().audit_checkpoint // 60))
    leaf = entry.says()
    own, *path = await _hashes(
        [(entry.seq, entry.seq + 1), *merkle.inclusion(entry.seq, point.size)]
    )
    if own != merkle.leaf_hash(leaf):
        lines.warning("audit.record_changed", index=entry.seq)
        raise conflict("record_changed")
    return Receipt(leaf, entry.seq, point.size, tuple(path), point.note)


async def signed_for() -> int:
    """How many entries the newest checkpoint covers."""
    return next((point.size for point in await log.checkpoints()), 0)


async def exported() -> AsyncIterator[tuple[int, Entry | None, bytes]]:
    """Every entry of the log in order: place, content while it is kept, and leaf as the tree has
    it. For an auditor with the key file; it names nobody but by their account's number.
    """
    size = await log.size()
    for start in range(0, size, merkle.WIDTH):
        end = min(size, start + merkle.WIDTH)
        place = (0, start // merkle.WIDTH)
        hashes = (await log.tiles([place])).get(place, b"")
        kept = await events.placed(start, end)
        for index in range(start, end):
            at = (index - start) * merkle.HASH
            yield index, kept.get(index), hashes[at : at + merkle.HASH]


async def faults() -> AsyncIterator[str]:
    """Every disagreement between the events, the tree and the newest checkpoint, in a sentence."""
    swept = next((c.size for c in await log.checkpoints(until=clock.now() - KEPT)), 0)
    async for index, entry, leaf in exported():
        if entry is None and index >= swept:
            yield f"entry {index} is missing before its time"
        elif entry is not None and merkle.leaf_hash(entry.says()) != leaf:
            yield f"entry {index} does not say what it said when it was written"
    for point in await log.checkpoints():
        try:
            await _begins_with(point, await log.size())
        except Broken:
            yield f"the tree does not begin with the {point.size} entries that were signed for"


async def sweep() -> None:
    """Drop the contents of entries that were signed for longer ago than the law asks to keep them.

    Only whole beginnings go: an auditor knows from the published checkpoints alone how far.
    """
    since = clock.now() - KEPT
    old = await log.checkpoints(until=since)
    await db.write(events.sweeping(old[0].size if old else 0, since))
