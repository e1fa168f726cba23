"""Enrolled places (已登记的场所): the machines and screens of halls that the city knows by name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from tortoise import fields

from auth.rules.staff import Reach
from backend.kernel import clock, db

Kind = Literal["kiosk", "screen", "window"]
State = Literal["offered", "living", "revoked"]


class Place(db.Table):
    """A browser in a hall that proved with a code of ten letters that it stands where it says.

    ``code_digest`` waits for that code, ``token_digest`` is what the browser's cookie hashes to.
    """

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=40)
    kind = fields.CharField(max_length=8)
    department = fields.CharField(max_length=20)
    district = fields.CharField(max_length=12)
    hall = fields.CharField(max_length=40)
    state = fields.CharField(max_length=8)
    code_digest = fields.CharField(max_length=64, null=True, unique=True)
    code_until = fields.DatetimeField(null=True)
    token_digest = fields.CharField(max_length=64, null=True, unique=True)
    created_at = fields.DatetimeField()
    enrolled_at = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "name": "open", "kind": "open", "department": "open",
        "district": "open", "hall": "open", "state": "internal", "code_digest": "sealed",
        "code_until": "internal", "token_digest": "sealed", "created_at": "internal",
        "enrolled_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_place"


@dataclass(frozen=True, slots=True)
class Known:
    """A place as administrators and screens need it."""

    id: str
    name: str
    kind: Kind
    at: Reach
    state: State
    code_until: datetime | None
    enrolled_at: datetime | None

    @property
    def said(self) -> str:
        """What a person's phone is told: the hall, and which of its machines."""
        return f"{self.at.hall} {self.name}".strip()


def _known(row: Any) -> Known:
    return Known(
        id=str(row["id"]),
        name=row["name"],
        kind=row["kind"],
        at=Reach(row["department"], row["district"], row["hall"]),
        state=row["state"],
        code_until=db.as_time(row["code_until"]) if row["code_until"] else None,
        enrolled_at=db.as_time(row["enrolled_at"]) if row["enrolled_at"] else None,
    )


async def within(reach: Reach) -> list[Known]:
    """The places within a reach, by hall and name."""
    found = await db.read(
        "SELECT * FROM auth_place WHERE $1 IN ('', department) AND $2 IN ('', district) "
        "AND $3 IN ('', hall) ORDER BY hall, name, id",
        reach.department,
        reach.district,
        reach.hall,
    )
    return [_known(row) for row in found]


async def find(row: str) -> Known | None:
    """One place."""
    found = await db.row("SELECT * FROM auth_place WHERE id = $1", row) if db.is_id(row) else None
    return None if found is None else _known(found)


async def waiting_for(code_digest: str) -> Known | None:
    """The place that waits for a code."""
    found = await db.row(
        "SELECT * FROM auth_place WHERE code_digest = $1 AND code_until > $2 "
        "AND state <> 'revoked'",
        code_digest,
        clock.now(),
    )
    return None if found is None else _known(found)


async def with_token(token_digest: str) -> Known | None:
    """The living place of a browser."""
    found = await db.read_one(
        "SELECT * FROM auth_place WHERE token_digest = $1 AND state = 'living'", token_digest
    )
    return None if found is None else _known(found)


def offering(place: Known, *, code_digest: str) -> db.Statement:
    """Insert a place that waits for its browser."""
    return db.Statement(
        "INSERT INTO auth_place (id, name, kind, department, district, hall, state, code_digest, "
        "code_until, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'offered', $7, $8, $9)",
        (
            place.id,
            place.name,
            place.kind,
            place.at.department,
            place.at.district,
            place.at.hall,
            code_digest,
            place.code_until,
            clock.now(),
        ),
    )


def offering_again(row: str, *, code_digest: str, until: datetime) -> db.Statement:
    """Another code, for another browser; the one before stays until the new one comes."""
    return db.Statement(
        "UPDATE auth_place SET code_digest = $1, code_until = $2, "
        "state = CASE WHEN state = 'living' THEN 'living' ELSE 'offered' END WHERE id = $3",
        (code_digest, until, row),
        expect=1,
    )


def enrolling(row: str, *, code_digest: str, token_digest: str) -> db.Statement:
    """The browser came with the code. ``Stale`` for everybody but the first."""
    return db.Statement(
        "UPDATE auth_place SET state = 'living', token_digest = $1, enrolled_at = $2, "
        "code_digest = NULL, code_until = NULL WHERE id = $3 AND code_digest = $4 "
        "AND code_until > $2 AND state <> 'revoked'",
        (token_digest, clock.now(), row, code_digest),
        expect=1,
    )


def revoking(row: str) -> db.Statement:
    """The place is none any more; what its browser holds counts for nothing."""
    return db.Statement(
        "UPDATE auth_place SET state = 'revoked', token_digest = NULL, code_digest = NULL, "
        "code_until = NULL WHERE id = $1 AND state <> 'revoked'",
        (row,),
        expect=1,
    )
