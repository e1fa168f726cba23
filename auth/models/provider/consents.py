"""What a person agreed to give a department (授权记录). Withdrawn ones are kept as a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from tortoise import fields

from auth.models.people import Person
from backend.kernel import clock, db


class DepartmentConsent(db.Table):
    """A consent in force at a client, or its last state after a withdrawal (PIPL art. 15)."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    client_id = fields.CharField(max_length=60)
    elements = fields.CharField(max_length=200)
    purpose = fields.CharField(max_length=200)
    given_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)
    capacity = fields.UUIDField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "client_id": "personal",
        "elements": "personal", "purpose": "open", "given_at": "personal",
        "withdrawn_at": "personal", "capacity": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_department_consent"
        unique_together = (("person_id", "client_id"),)


@dataclass(frozen=True, slots=True)
class Consented:
    """A consent in force."""

    client_id: str
    elements: tuple[str, ...]
    purpose: str
    given_at: datetime
    capacity: str | None = None

    def covers(self, elements: Sequence[str], purpose: str, capacity: str | None) -> bool:
        """Whether nothing new is asked, for no other purpose and in no other capacity."""
        same = capacity is None or self.capacity == capacity
        return same and self.purpose == purpose and set(elements) <= set(self.elements)


def _consented(row: Any) -> Consented:
    return Consented(
        client_id=row["client_id"],
        elements=tuple(row["elements"].split()),
        purpose=row["purpose"],
        given_at=db.as_time(row["given_at"]),
        capacity=str(row["capacity"]) if row["capacity"] else None,
    )


async def find(person_id: str, client_id: str) -> Consented | None:
    """The consent in force of a person at a client."""
    row = await db.read_one(
        "SELECT * FROM auth_department_consent WHERE person_id = $1 AND client_id = $2 "
        "AND withdrawn_at IS NULL",
        person_id,
        client_id,
    )
    return None if row is None else _consented(row)


async def every(person_id: str) -> list[Consented]:
    """All consents of a person that are in force, the newest first."""
    rows = await db.read(
        "SELECT * FROM auth_department_consent WHERE person_id = $1 AND withdrawn_at IS NULL "
        "ORDER BY given_at DESC",
        person_id,
    )
    return [_consented(row) for row in rows]


def giving(
    person_id: str,
    client_id: str,
    *,
    elements: Sequence[str],
    purpose: str,
    capacity: str | None = None,
) -> db.Statement:
    """Write a consent down, in the place of the last one at that client.

    ``capacity`` is the representation that the screen named.
    """
    return db.Statement(
        "INSERT INTO auth_department_consent "
        "(id, person_id, client_id, elements, purpose, given_at, capacity) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) "
        "ON CONFLICT (person_id, client_id) DO UPDATE SET elements = $4, purpose = $5, "
        "given_at = $6, withdrawn_at = NULL, capacity = $7",
        (db.new_id(), person_id, client_id, " ".join(elements), purpose, clock.now(), capacity),
    )


def withdrawing(person_id: str, client_id: str) -> db.Statement:
    """Take a consent back."""
    return db.Statement(
        "UPDATE auth_department_consent SET withdrawn_at = $1 "
        "WHERE person_id = $2 AND client_id = $3 AND withdrawn_at IS NULL",
        (clock.now(), person_id, client_id),
    )
