"""What giving an account up to another one of the same person (账号合并) does to the two rows.

The account that is given up keeps its document: whoever looks for that number is led to the one
that stays (``people.find_account``), and taking the merge back needs nothing that was thrown away.
"""

from auth.models import people
from auth.models.people import Identity
from backend.kernel import db

PARTS = (
    "WITH RECURSIVE parts(id) AS (SELECT living_gone FROM auth_merge "
    "WHERE person_id = $1 AND living_gone IS NOT NULL "
    "UNION SELECT m.living_gone FROM auth_merge m JOIN parts p ON m.person_id = p.id "
    "WHERE m.living_gone IS NOT NULL) SELECT id FROM parts"
)
"""The accounts that became part of the one in ``$1``, also by way of another."""


async def parts_of(person_id: str) -> list[str]:
    """The accounts that became part of one, also by way of another."""
    return [str(row["id"]) for row in await db.read(PARTS, person_id)]


def holding(*person_ids: str) -> list[db.Statement]:
    """Keep accounts for the caller's write: whoever wants one of them too comes before or after."""
    return [
        db.Statement("UPDATE auth_person SET level = level WHERE id = $1", (one,), expect=1)
        for one in sorted(person_ids)
    ]


def standing(person_id: str) -> db.Statement:
    """Changes nothing, and is ``Stale`` if the account has become part of another one."""
    return db.Statement(
        "UPDATE auth_person SET level = level WHERE id = $1 AND NOT EXISTS "
        "(SELECT 1 FROM auth_merge m WHERE m.living_gone = auth_person.id)",
        (person_id,),
        expect=1,
    )


def leaving_phone(person_id: str) -> db.Statement:
    """The phone opens it no more, and is free for another account."""
    return db.Statement(
        "UPDATE auth_person SET phone_blind = $1 WHERE id = $2",
        (people.unproven(person_id), person_id),
    )


def taking_phone_back(person_id: str, phone: str) -> db.Statement:
    """An account that gave its phone up has it again. ``IntegrityError`` if it is somebody's."""
    return db.Statement(
        "UPDATE auth_person SET phone_blind = $1 WHERE id = $2 AND phone_blind = $3",
        (people.blind_phone(phone), person_id, people.unproven(person_id)),
        expect=1,
    )


def forgetting_password(person_id: str) -> db.Statement:
    """No password opens it."""
    return db.Statement("UPDATE auth_person SET password_hash = NULL WHERE id = $1", (person_id,))


def exchanging(one_id: str, one: Identity, other_id: str, other: Identity) -> list[db.Statement]:
    """Two accounts exchange their documents, and the names these are in.

    ``Stale`` if the first has another document by now.
    """
    parked = db.Statement(
        "UPDATE auth_person SET id_number_blind = $1 WHERE id = $2 AND id_number_blind = $3",
        (people.unproven(one_id), one_id, people.blind_document(one.document, one.id_number)),
        expect=1,
    )

    def taking(person_id: str, held: Identity) -> db.Statement:
        return people.owning(
            person_id, document=held.document, number=held.id_number, name=held.name
        )

    return [parked, taking(other_id, one), taking(one_id, other)]
