"""What somebody handed in for others (代办的办件), as long as they may act for them.

A notice tells them that it moved on; whoever then asks where it stands, in a chat where nobody
chooses a capacity, is told that much: a card, and whose it is.
"""

from typing import Any

from auth import client as auth
from backend.cases.models import history, lists
from backend.cases.models.history import AT_APPLICANT
from backend.cases.usecases.read import card
from backend.cases.usecases.telling import shown_name
from backend.kernel import db, privacy
from backend.library import usecases as library

LOOKED_AT = 20


async def handed_in(
    person_id: str, *, lang: str, count: int, number: str | None = None
) -> list[dict[str, Any]]:
    """The latest cases that somebody handed in for others and still may follow (or the one with a
    number), each a card with ``for_whom``. That they were looked at is recorded for the applicants.
    """
    found: list[dict[str, Any]] = []
    lives: dict[str, bool] = {}
    for row in await lists.of_agent(person_id, number=number, count=LOOKED_AT):
        agent = history.agent_of(row)
        assert agent is not None
        if agent.representation not in lives:
            lives[agent.representation] = await auth.acting_lives(agent.representation)
        if not lives[agent.representation]:
            continue
        found.append({**card(row, lang), "for_whom": _applicant(row)})
        await library.note_read(
            str(row["person_id"]),
            reader=library.Reader(
                "agent", person_id, agent.name, of=str(row["person_id"]), capacity=agent.role
            ),
            elements=(),
            purpose="view_case",
            case=row["number"],
        )
        if len(found) == count:
            break
    return found


def _applicant(row: db.Row) -> str:
    return shown_name(privacy.unseal_json(row["applicant"], at=AT_APPLICANT, row=str(row["id"])))
