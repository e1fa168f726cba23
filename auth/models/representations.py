"""Who acts for whom (代办关系), from the first word of it to its end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import orjson
from tortoise import fields

from auth.models import companies, people
from auth.models.companies import LegalPerson
from auth.models.people import Person
from auth.models.staff import Staff
from auth.rules.representation import Kind, Proof, Relation, Role, Side, State
from backend.kernel import clock, db, privacy

INVITED_NAME = "auth_representation.invited_name"
INVITED_PHONE = "auth_representation.invited_phone"


class Representation(db.Table):
    """One person who may act for a person or a legal person.

    ``asked`` waits for the side that did not ask: the invited one, known by name and phone until
    they answer. ``slot`` is taken as long as it is asked or living: one between the same two.
    """

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(max_length=12)
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    legal_person: fields.ForeignKeyNullableRelation[LegalPerson] = fields.ForeignKeyField(
        "auth.LegalPerson", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    agent: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    role = fields.CharField(max_length=20)
    relation = fields.CharField(max_length=8)
    scope = fields.CharField(max_length=20)
    items = fields.TextField(null=True)
    state = fields.CharField(max_length=8)
    proof = fields.CharField(max_length=12)
    asked_by = fields.CharField(max_length=10)
    asked_at = fields.DatetimeField()
    answer_by = fields.DatetimeField(null=True)
    begun_at = fields.DatetimeField(null=True)
    until = fields.DatetimeField(null=True, db_index=True)
    used_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.CharField(max_length=10)
    named_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=False
    )
    clerk: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=False
    )
    invited_name = fields.BinaryField(null=True)
    invited_phone = fields.BinaryField(null=True)
    invited_phone_blind = fields.CharField(max_length=32, null=True, db_index=True)
    invited_number_blind = fields.CharField(max_length=32, null=True)
    slot = fields.CharField(max_length=80, null=True, unique=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "kind": "internal", "person_id": "internal",
        "legal_person_id": "internal", "agent_id": "internal", "role": "personal",
        "relation": "personal", "scope": "internal", "items": "personal", "state": "internal",
        "proof": "internal", "asked_by": "internal", "asked_at": "personal",
        "answer_by": "internal", "begun_at": "personal", "until": "personal",
        "used_at": "personal", "ended_at": "personal", "ended_by": "internal",
        "named_by_id": "internal", "clerk_id": "internal", "invited_name": "sealed",
        "invited_phone": "sealed", "invited_phone_blind": "sealed",
        "invited_number_blind": "sealed", "slot": "internal",
    }  # fmt: skip

    blinds: ClassVar[dict[str, tuple[str, ...]]] = {
        "invited_phone_blind": ("auth.phone",), "invited_number_blind": ("auth.id_number",),
    }  # fmt: skip

    class Meta:
        table = "auth_representation"


@dataclass(frozen=True, slots=True)
class Bond:
    """A representation as it is read; names are plain, for the use cases to mask."""

    id: str
    kind: Kind
    person_id: str | None
    legal_person_id: str | None
    agent_id: str | None
    principal_name: str = field(repr=False)
    agent_name: str = field(repr=False)
    role: Role
    relation: Relation | None
    scope: frozenset[str]
    items: frozenset[str] | None
    state: State
    proof: Proof
    asked_by: Side | None
    asked_at: datetime
    answer_by: datetime | None
    begun_at: datetime | None
    until: datetime | None
    used_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    named_by_id: str | None
    invited_name: str = field(repr=False)
    invited_phone: str = field(repr=False)
    invited_phone_blind: str | None = field(repr=False)
    invited_number_blind: str | None = field(repr=False)
    company_state: str | None
    slot: str | None

    @property
    def subject(self) -> str | None:
        """The id under which everything of the represented is kept."""
        return self.person_id if self.kind == "person" else self.legal_person_id

    def lives(self, at: datetime) -> bool:
        """Whether it lets somebody act at an instant."""
        return (
            self.state == "living"
            and (self.until is None or at < self.until)
            and self.company_state in (None, "active")
        )

    def waits(self, at: datetime) -> bool:
        """Whether it can still be answered."""
        return self.state == "asked" and (self.answer_by is None or at < self.answer_by)


_BOND = """
SELECT r.*, p.name AS person_name, l.name AS company_name, l.state AS company_state,
       a.name AS agent_name
FROM auth_representation r
LEFT JOIN auth_person p ON p.id = r.person_id
LEFT JOIN auth_legal_person l ON l.id = r.legal_person_id
LEFT JOIN auth_person a ON a.id = r.agent_id
"""


async def find(bond_id: str) -> Bond | None:
    """The representation under an id."""
    if not db.is_id(bond_id):
        return None
    row = await db.read_one(f"{_BOND} WHERE r.id = $1", bond_id)
    return None if row is None else _bond(row)


async def of_agent(person_id: str) -> list[Bond]:
    """For whom somebody acts or acted, or is asked to, the newest first."""
    return _bonds(
        await db.read(f"{_BOND} WHERE r.agent_id = $1 ORDER BY r.asked_at DESC, r.id", person_id)
    )


async def of_person(person_id: str) -> list[Bond]:
    """Who acts or acted for somebody, or asks to, the newest first."""
    return _bonds(
        await db.read(f"{_BOND} WHERE r.person_id = $1 ORDER BY r.asked_at DESC, r.id", person_id)
    )


async def of_company(company_id: str) -> list[Bond]:
    """Who acts or acted for a legal person, or is asked to, the newest first."""
    return _bonds(
        await db.read(
            f"{_BOND} WHERE r.legal_person_id = $1 ORDER BY r.asked_at DESC, r.id", company_id
        )
    )


async def invited(phone_blind: str) -> list[Bond]:
    """What waits for the answer of whoever has a phone."""
    return _bonds(
        await db.read(
            f"{_BOND} WHERE r.invited_phone_blind = $1 AND r.state = 'asked' "
            "ORDER BY r.asked_at DESC, r.id",
            phone_blind,
        )
    )


async def lapsed(now: datetime, *, most: int) -> list[Bond]:
    """What has run out, answered or not, without anybody having noted it."""
    return _bonds(
        await db.read(
            f"{_BOND} WHERE (r.state = 'living' AND r.until <= $1) "
            "OR (r.state = 'asked' AND r.answer_by <= $1) ORDER BY r.id LIMIT $2",
            now,
            most,
        )
    )


async def living_of(person_id: str) -> int:
    """For how many others somebody may act now."""
    row = await db.read_one(
        "SELECT COUNT(*) AS many FROM auth_representation r "
        "LEFT JOIN auth_legal_person l ON l.id = r.legal_person_id "
        "WHERE r.agent_id = $1 AND r.state = 'living' AND (r.until IS NULL OR r.until > $2) "
        "AND (l.state IS NULL OR l.state = 'active')",
        person_id,
        clock.now(),
    )
    return int(row["many"]) if row else 0


def _bonds(rows: Sequence[db.Row]) -> list[Bond]:
    return [_bond(row) for row in rows]


def _bond(row: db.Row) -> Bond:
    number = str(row["id"])

    def name(column: str, key: str, at: str) -> str:
        sealed = row[column]
        return "" if sealed is None else privacy.unseal_text(sealed, at=at, row=str(row[key]))

    person = name("person_name", "person_id", people.NAME)
    return Bond(
        id=number,
        kind=row["kind"],
        person_id=_id(row["person_id"]),
        legal_person_id=_id(row["legal_person_id"]),
        agent_id=_id(row["agent_id"]),
        principal_name=person or name("company_name", "legal_person_id", companies.NAME),
        agent_name=name("agent_name", "agent_id", people.NAME),
        role=row["role"],
        relation=row["relation"] or None,
        scope=frozenset(row["scope"].split()),
        items=None if row["items"] is None else frozenset(orjson.loads(row["items"])),
        state=row["state"],
        proof=row["proof"],
        asked_by=row["asked_by"] or None,
        asked_at=db.as_time(row["asked_at"]),
        answer_by=_time(row["answer_by"]),
        begun_at=_time(row["begun_at"]),
        until=_time(row["until"]),
        used_at=_time(row["used_at"]),
        ended_at=_time(row["ended_at"]),
        ended_by=row["ended_by"],
        named_by_id=_id(row["named_by_id"]),
        invited_name=name("invited_name", "id", INVITED_NAME),
        invited_phone=name("invited_phone", "id", INVITED_PHONE),
        invited_phone_blind=row["invited_phone_blind"],
        invited_number_blind=row["invited_number_blind"],
        company_state=row["company_state"],
        slot=row["slot"],
    )


def _id(value: Any) -> str | None:
    return None if value is None else str(value)


def _time(value: Any) -> datetime | None:
    return None if value is None else db.as_time(value)
