"""How a representation begins, is answered and ends (代办关系的设立、确认和终止).

Every step is one statement that changes one row or is ``Stale``: of a hundred answers at the same
time one counts, and what has ended stays ended.
"""

from collections.abc import Iterable
from datetime import datetime

import orjson

from auth.models.representations import INVITED_NAME, INVITED_PHONE, Bond
from auth.rules.representation import Kind, Proof, Relation, Role, Side, scope_text
from backend.kernel import clock, db, privacy


def slot(subject: str, agent_id: str) -> str:
    """One representation at a time between the same two."""
    return f"{subject}:{agent_id}"


def beginning(  # noqa: PLR0913 - a row's columns
    bond_id: str,
    *,
    kind: Kind,
    subject: str,
    agent_id: str,
    role: Role,
    scope: Iterable[str],
    until: datetime | None,
    proof: Proof,
    items: Iterable[str] | None = None,
    relation: Relation | None = None,
    clerk_id: str | None = None,
) -> db.Statement:
    """Insert one that lives at once: a register or a window has proven both sides.

    ``IntegrityError`` if there is one between the two.
    """
    now = clock.now()
    return db.Statement(
        "INSERT INTO auth_representation (id, kind, person_id, legal_person_id, agent_id, role, "
        "relation, scope, items, state, proof, asked_by, asked_at, begun_at, until, ended_by, "
        "clerk_id, slot) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, 'living', $10, '', $11, $11, $12, '', $13, $14)",
        (
            bond_id,
            kind,
            subject if kind == "person" else None,
            subject if kind == "legal_person" else None,
            agent_id,
            role,
            relation or "",
            scope_text(scope),
            _items(items),
            proof,
            now,
            until,
            clerk_id,
            slot(subject, agent_id),
        ),
    )


def asking(  # noqa: PLR0913 - a row's columns
    bond_id: str,
    *,
    kind: Kind,
    by: Side,
    subject: str | None,
    agent_id: str | None,
    named_by: str,
    role: Role,
    scope: Iterable[str],
    until: datetime,
    answer_by: datetime,
    name: str,
    phone: str,
    phone_blind: str,
    number_blind: str | None,
    items: Iterable[str] | None = None,
    relation: Relation | None = None,
) -> db.Statement:
    """Insert one that waits for the other side, who is known by name and phone alone.

    ``IntegrityError`` if the same two have one that waits.
    """
    now = clock.now()
    known = subject if by == "principal" else agent_id
    return db.Statement(
        "INSERT INTO auth_representation (id, kind, person_id, legal_person_id, agent_id, role, "
        "relation, scope, items, state, proof, asked_by, asked_at, answer_by, until, ended_by, "
        "named_by_id, invited_name, invited_phone, invited_phone_blind, invited_number_blind, "
        "slot) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'asked', 'agreement', $10, $11, $12, "
        "$13, '', $14, $15, $16, $17, $18, $19)",
        (
            bond_id,
            kind,
            subject if kind == "person" else None,
            subject if kind == "legal_person" else None,
            agent_id,
            role,
            relation or "",
            scope_text(scope),
            _items(items),
            by,
            now,
            answer_by,
            until,
            named_by,
            privacy.seal(name, at=INVITED_NAME, row=bond_id),
            privacy.seal(phone, at=INVITED_PHONE, row=bond_id),
            phone_blind,
            number_blind,
            f"{by}:{known}:{phone_blind[:24]}",
        ),
    )


def accepting(
    bond_id: str, *, by: Side, answered_by: str, subject: str, agent_id: str
) -> db.Statement:
    """The invited side says yes. ``Stale`` if it was answered, ended or has run out meanwhile,
    ``IntegrityError`` if there is a living one between the two.
    """
    column = "agent_id" if by == "agent" else "person_id"
    now = clock.now()
    return db.Statement(
        f"UPDATE auth_representation SET {column} = $1, state = 'living', begun_at = $2, "  # noqa: S608
        "slot = $3, invited_name = NULL, invited_phone = NULL, invited_phone_blind = NULL, "
        "invited_number_blind = NULL WHERE id = $4 AND state = 'asked' AND answer_by > $2 "
        "AND until > $2",
        (answered_by, now, slot(subject, agent_id), bond_id),
        expect=1,
    )


def ending(bond_id: str, *, by: str) -> db.Statement:
    """End it, asked or living. ``Stale`` if it has ended.

    What was written down of somebody who never answered is forgotten with it.
    """
    return db.Statement(
        "UPDATE auth_representation SET state = 'ended', ended_at = $1, ended_by = $2, "
        "slot = NULL, invited_name = NULL, invited_phone = NULL, invited_phone_blind = NULL, "
        "invited_number_blind = NULL WHERE id = $3 AND state <> 'ended'",
        (clock.now(), by, bond_id),
        expect=1,
    )


def using(bond_id: str) -> db.Statement:
    """Somebody acts by it, in the very write that does it. ``Stale`` if it is over.

    The row is locked with that write: an end that comes at the same time comes before or after.
    """
    now = clock.now()
    return db.Statement(
        "UPDATE auth_representation SET used_at = $1 WHERE id = $2 AND state = 'living' "
        "AND (until IS NULL OR until > $1)",
        (now, bond_id),
        expect=1,
    )


def handing(bond: Bond, *, before: str, to: str) -> db.Statement:
    """Side by side with the account, its representations go over to another one of the person.

    ``Stale`` if it has ended meanwhile, ``IntegrityError`` if there is one between the same two.
    """
    return db.Statement(
        "UPDATE auth_representation SET person_id = CASE WHEN person_id = $1 THEN $2 "
        "ELSE person_id END, agent_id = CASE WHEN agent_id = $1 THEN $2 ELSE agent_id END, "
        "slot = $3 WHERE id = $4 AND state = $5",
        (before, to, bond.slot.replace(before, to) if bond.slot else None, bond.id, bond.state),
        expect=1,
    )


def _items(items: Iterable[str] | None) -> str | None:
    return None if items is None else orjson.dumps(sorted(set(items))).decode()
