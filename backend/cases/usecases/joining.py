"""Two accounts of one person become one (账号合并), or are parted again (拆分): what they kept.

The account that goes never had its number proven, so it holds no cases and no facts; but papers,
drafts and messages are there. Each row that goes over is noted with the
merge, so that parting brings back exactly those, unless the person has thrown them away since.
"""

from auth import client as auth
from backend.cases.models import lists
from backend.kernel import db, outbox
from backend.notices import account as notices
from backend.vault import joining as vault

HELD = (*vault.HELD, *notices.HELD)
DRAFTS = "case_draft"


async def join(job: outbox.Job) -> None:
    """Take over what the other account kept (outbox ``person.merged``)."""
    person_id, gone = str(job.payload["person"]), str(job.payload["gone"])
    moved = {table: await _ids(table, gone) for table in HELD}
    moved[DRAFTS] = await lists.drafts_of_other_items(gone, than=person_id)
    try:
        await db.write(
            *_moving(moved, gone, person_id),
            auth.merge_moved(str(job.payload["merge"]), moved),
        )
    except db.Stale:  # this job was carried out before, and its end was lost
        return


async def part(job: outbox.Job) -> None:
    """Give it back (outbox ``person.parted``)."""
    moved: dict[str, list[str]] = job.payload["moved"]
    person_id, gone = str(job.payload["person"]), str(job.payload["gone"])
    known = {table: rows for table, rows in moved.items() if table in (*HELD, DRAFTS)}
    await db.write(*_moving(known, person_id, gone))


def _moving(moved: dict[str, list[str]], before: str, to: str) -> list[db.Statement]:
    return [
        db.Statement(
            f"UPDATE {table} SET person_id = $1 WHERE id = $2 AND person_id = $3",  # noqa: S608
            (to, row, before),
        )
        for table, rows in moved.items()
        for row in rows
    ]


async def _ids(table: str, person_id: str) -> list[str]:
    found = await db.rows(f"SELECT id FROM {table} WHERE person_id = $1", person_id)  # noqa: S608
    return [str(row["id"]) for row in found]
