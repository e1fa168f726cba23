"""The audit log's tree and its signed checkpoints (审计账本): hashes, numbers and times, nobody.

``LogHead.size`` is moved with the tiles in one write, and only from the size that was read: of two
sequencers one wins, whatever became of their lock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from tortoise import fields

from auth.rules.merkle import Place
from backend.kernel import db

_HEAD = "00000000-0000-7000-8000-000000000001"
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


class LogHead(db.Table):
    """How many entries are in the tree. One row."""

    id = fields.UUIDField(primary_key=True)
    size = fields.BigIntField(default=0)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {"id": "internal", "size": "open"}

    class Meta:
        table = "auth_log_head"


class LogTile(db.Table):
    """Up to 256 hashes of one level of the tree, side by side."""

    id = fields.UUIDField(primary_key=True)
    level = fields.SmallIntField()
    number = fields.BigIntField()
    hashes = fields.BinaryField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "level": "open", "number": "open", "hashes": "open",
    }  # fmt: skip

    class Meta:
        table = "auth_log_tile"
        unique_together = (("level", "number"),)


class LogCheckpoint(db.Table):
    """A promise to everybody: so many entries, under this root, at this time."""

    id = fields.UUIDField(primary_key=True)
    size = fields.BigIntField(db_index=True)
    root = fields.BinaryField()
    at = fields.DatetimeField(db_index=True)
    note = fields.TextField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "size": "open", "root": "open", "at": "open", "note": "open",
    }  # fmt: skip

    class Meta:
        table = "auth_log_checkpoint"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed checkpoint."""

    size: int
    root: bytes
    at: datetime
    note: str


async def size() -> int:
    """How many entries are in the tree."""
    row = await db.read_one("SELECT size FROM auth_log_head WHERE id = $1", _HEAD)
    return 0 if row is None else int(row["size"])


async def tiles(places: Iterable[Place]) -> dict[Place, bytes]:
    """Tiles by level and number; those that are not there are left out."""
    wanted = sorted(places)
    if not wanted:
        return {}
    asked = " OR ".join(
        f"(level = ${2 * n + 1} AND number = ${2 * n + 2})" for n in range(len(wanted))
    )
    found = await db.read(
        f"SELECT level, number, hashes FROM auth_log_tile WHERE {asked}",  # noqa: S608 - numbers
        *(part for place in wanted for part in place),
    )
    return {(int(r["level"]), int(r["number"])): bytes(r["hashes"]) for r in found}


def beginning() -> db.Statement:
    """The head of an empty tree, unless there is one."""
    return db.Statement(
        "INSERT INTO auth_log_head (id, size) VALUES ($1, 0) ON CONFLICT (id) DO NOTHING", (_HEAD,)
    )


def growing(before: int, after: int, changed: Mapping[Place, bytes]) -> list[db.Statement]:
    """Let the tree grow. ``Stale`` if it has grown meanwhile."""
    head = db.Statement(
        "UPDATE auth_log_head SET size = $1 WHERE id = $2 AND size = $3",
        (after, _HEAD, before),
        expect=1,
    )
    keeping = (
        "INSERT INTO auth_log_tile (id, level, number, hashes) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (level, number) DO UPDATE SET hashes = $4"
    )
    return [
        head,
        *(
            db.Statement(keeping, (db.new_id(), *place, hashes))
            for place, hashes in changed.items()
        ),
    ]


def publishing(point: Checkpoint) -> db.Statement:
    """Keep a checkpoint."""
    return db.Statement(
        "INSERT INTO auth_log_checkpoint (id, size, root, at, note) VALUES ($1, $2, $3, $4, $5)",
        (db.new_id(), point.size, point.root, point.at, point.note),
    )


async def checkpoints(
    *, most: int = 1, until: datetime | None = None, below: int | None = None
) -> list[Checkpoint]:
    """The newest checkpoints (of those signed by an instant, of fewer entries), newest first."""
    found = await db.read(
        "SELECT size, root, at, note FROM auth_log_checkpoint WHERE at <= $1 AND size < $2 "
        "ORDER BY at DESC, size DESC LIMIT $3",
        until or _END_OF_TIME,
        2**62 if below is None else below,
        most,
    )
    return [
        Checkpoint(int(r["size"]), bytes(r["root"]), db.as_time(r["at"]), r["note"]) for r in found
    ]
