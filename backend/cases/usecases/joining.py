"""Two accounts of one person become one (账号合并), or are parted again (拆分): what they kept.

Papers, drafts, messages, cases and what is known of the person go over to the account that stays;
so do the lines that say who read it. Each row that goes over is noted with the merge, so that
parting brings back exactly those, unless the person has thrown them away since. A case's steps
stay as they were written: their chain names the account that did them.
"""

from auth import client as auth
from backend.cases.models import lists
from backend.kernel import db, outbox
from backend.library import joining as library
from backend.notices import account as notices
from backend.vault import joining as vault

HELD = (*vault.HELD, *notices.HELD, *library.HELD, "case_action")
DRAFTS, CASES, AGENT = "case_draft", "case_case", "case_case.agent"
KNOWN = frozenset({*HELD, DRAFTS, CASES, AGENT, library.SAID})
TRIES = 8


async def join(job: outbox.Job) -> None:
    """Take over what the other account kept (outbox ``person.merged``).

    Raises:
        Refusal: ``outside_down``: the person kept writing; the outbox tries again.
    """
    person_id, gone = str(job.payload["person"]), str(job.payload["gone"])
    merge_id = str(job.payload["merge"])
    for _ in range(TRIES):
        moved = {table: await _ids(table, gone) for table in (*HELD, CASES)}
        moved[DRAFTS] = await lists.drafts_of_other_items(gone, than=person_id)
        moved[AGENT] = await _ids(CASES, gone, column="agent_id")
        moved[library.SAID], folding = await library.handing(gone, person_id)
        try:
            await db.write(
                *_moving(moved, gone, person_id), *folding, auth.merge_moved(merge_id, moved)
            )
        except (db.Stale, db.IntegrityError):
            if await auth.merge_is_moved(merge_id):  # carried out before, and its end was lost
                return
            continue  # a fact was written meanwhile
        return
    raise library.busy()


async def part(job: outbox.Job) -> None:
    """Give it back (outbox ``person.parted``).

    Raises:
        Refusal: ``outside_down``: the person kept writing; the outbox tries again.
    """
    moved: dict[str, list[str]] = job.payload["moved"]
    person_id, gone = str(job.payload["person"]), str(job.payload["gone"])
    known = {table: rows for table, rows in moved.items() if table in KNOWN}
    for _ in range(TRIES):
        folding = await library.giving_back(person_id, gone, known.get(library.SAID, ()))
        try:
            await db.write(*_moving(known, person_id, gone), *folding)
        except (db.Stale, db.IntegrityError):
            continue
        return
    raise library.busy()


def _moving(moved: dict[str, list[str]], before: str, to: str) -> list[db.Statement]:
    return [
        db.Statement(_sql(table), (to, row, before))
        for table, rows in moved.items()
        if table != library.SAID
        for row in rows
    ]


def _sql(table: str) -> str:
    if table == AGENT:
        return "UPDATE case_case SET agent_id = $1 WHERE id = $2 AND agent_id = $3"
    if table == CASES:  # two accounts may have handed in under the same key: its number is free
        return (
            "UPDATE case_case SET person_id = $1, submit_key = CASE WHEN EXISTS (SELECT 1 FROM "
            "case_case o WHERE o.person_id = $1 AND o.submit_key = case_case.submit_key) "
            "THEN case_case.number ELSE case_case.submit_key END WHERE id = $2 AND person_id = $3"
        )
    return f"UPDATE {table} SET person_id = $1 WHERE id = $2 AND person_id = $3"  # noqa: S608


async def _ids(table: str, person_id: str, *, column: str = "person_id") -> list[str]:
    found = await db.rows(f"SELECT id FROM {table} WHERE {column} = $1", person_id)  # noqa: S608
    return [str(row["id"]) for row in found]
