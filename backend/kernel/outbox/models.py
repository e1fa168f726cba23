"""The outbox table and its statements."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tortoise import fields

from backend.kernel import clock, db, privacy

AT = "outbox.payload"


class GiveUp(Exception):
    """A handler says that trying again is useless. The code is kept with the dead letter."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Job:
    """One leased row. ``attempt`` counts from 1; ``key`` is for the receiver (idempotency)."""

    id: str
    kind: str
    key: str
    payload: dict[str, Any]
    attempt: int


class OutboxRow(db.Table):
    """A thing to do after the commit. ``state`` is waiting, done or dead."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(max_length=60)
    key = fields.CharField(max_length=160, unique=True)
    payload = fields.BinaryField()
    state = fields.CharField(max_length=10, default="waiting")
    attempts = fields.IntField(default=0)
    due_at = fields.DatetimeField()
    lease = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    error = fields.CharField(max_length=80, default="")

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "kind": "internal", "key": "internal", "payload": "sealed",
        "state": "internal", "attempts": "internal", "due_at": "internal", "lease": "internal",
        "created_at": "internal", "done_at": "internal", "error": "internal",
    }  # fmt: skip

    class Meta:
        table = "outbox"
        indexes = (("state", "due_at"),)


_INSERT = """
INSERT INTO outbox (id, kind, key, payload, state, attempts, due_at, created_at, error)
VALUES ($1, $2, $3, $4, 'waiting', 0, $5, $6, '')
ON CONFLICT (key) DO NOTHING
"""

# A lease is an id and a time: due_at moves to its end, so an abandoned row falls due by itself.
_LEASE = """
UPDATE outbox SET lease = $1, attempts = attempts + 1, due_at = $2
WHERE id IN (
    SELECT id FROM outbox WHERE state = 'waiting' AND due_at <= $3
    ORDER BY due_at LIMIT $4 {skip}
)
RETURNING id, kind, key, payload, attempts
"""

_nudged: asyncio.Event | None = None


def row_for(
    kind: str, *, key: str, payload: dict[str, Any], after: datetime | None = None
) -> db.Statement:
    """The insertion of one row, for a ``db.write``. A key that exists already is left as it is."""
    row = db.new_id()
    now = clock.now()
    sealed = privacy.seal_json(payload, at=AT, row=row)
    return db.Statement(_INSERT, (row, kind, key, sealed, after or now, now))


async def enqueue(
    kind: str, *, key: str, payload: dict[str, Any], after: datetime | None = None
) -> None:
    """Put one row into the transaction in force."""
    await db.write(row_for(kind, key=key, payload=payload, after=after))


def nudge() -> None:
    """Tell a dispatcher in this process that something may be due (it also looks by itself)."""
    if _nudged is not None:
        _nudged.set()


def nudges() -> asyncio.Event:
    """The event that ``nudge`` sets. For the dispatcher of this process."""
    global _nudged
    _nudged = asyncio.Event()
    return _nudged


async def lease(count: int, *, seconds: int) -> list[Job]:
    """Take due rows for some seconds; nobody else gets them meanwhile."""
    now = clock.now()
    sql = _LEASE.format(skip="" if db.on_sqlite() else "FOR UPDATE SKIP LOCKED")
    owner = db.new_id()
    async with db.transaction():
        found = await db.rows(sql, owner, now + timedelta(seconds=seconds), now, count)
    return [
        Job(
            id=str(r["id"]),
            kind=r["kind"],
            key=r["key"],
            payload=privacy.unseal_json(r["payload"], at=AT, row=str(r["id"])),
            attempt=r["attempts"],
        )
        for r in found
    ]


async def finish(jobs: Sequence[Job]) -> None:
    """Mark rows as done."""
    now = clock.now()
    await db.write(
        *(
            db.Statement(
                "UPDATE outbox SET state = 'done', done_at = $1 WHERE id = $2", (now, j.id)
            )
            for j in jobs
        )
    )


async def put_back(job: Job, *, error: str, due_at: datetime) -> None:
    """Let a failed row wait."""
    await db.execute(
        "UPDATE outbox SET error = $1, due_at = $2 WHERE id = $3", error[:80], due_at, job.id
    )


async def bury(job: Job, *, error: str) -> None:
    """Lay a row with the dead letters."""
    await db.execute(
        "UPDATE outbox SET state = 'dead', error = $1, done_at = $2 WHERE id = $3",
        error[:80], clock.now(), job.id,
    )  # fmt: skip


async def counts() -> dict[str, int]:
    """Rows by state, for the metrics."""
    found = await db.rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")
    return {r["state"]: int(r["n"]) for r in found}


async def dead(limit: int = 200) -> Sequence[db.Row]:
    """The dead letters, newest first: kind, key, attempts, error, time; no content."""
    return await db.rows(
        "SELECT kind, key, attempts, error, done_at FROM outbox WHERE state = 'dead' "
        "ORDER BY done_at DESC LIMIT $1",
        limit,
    )


async def revive(key: str) -> bool:
    """Send a dead letter again (an operator's act); whether there was one."""
    sql = (
        "UPDATE outbox SET state = 'waiting', attempts = 0, due_at = $1 "
        "WHERE key = $2 AND state = 'dead'"
    )
    return await db.execute(sql, clock.now(), key) == 1


async def sweep(older_than: datetime) -> int:
    """Delete rows done before an instant; the number of them."""
    return await db.execute("DELETE FROM outbox WHERE state = 'done' AND done_at < $1", older_than)
