"""Companies and other legal persons (法人) with an account."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from tortoise import fields

from backend.kernel import clock, db, privacy

USCC = "auth_legal_person.uscc"
NAME = "auth_legal_person.name"
REPRESENTATIVE = "auth_legal_person.representative"
State = Literal["active", "revoked", "dissolved"]


class LegalPerson(db.Table):
    """A legal person, one per Unified Social Credit Code (统一社会信用代码, GB 32100).

    ``representative`` is the legal representative's name as the market register last said it, at
    ``as_of``; ``state`` is active, revoked (吊销) or dissolved (注销).
    """

    id = fields.UUIDField(primary_key=True)
    uscc = fields.BinaryField()
    uscc_blind = fields.CharField(max_length=32, unique=True)
    name = fields.BinaryField()
    representative = fields.BinaryField()
    state = fields.CharField(max_length=12)
    as_of = fields.DatetimeField(db_index=True)
    created_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "uscc": "sealed", "uscc_blind": "sealed", "name": "sealed",
        "representative": "sealed", "state": "internal", "as_of": "internal",
        "created_at": "internal",
    }  # fmt: skip

    blinds: ClassVar[dict[str, tuple[str, ...]]] = {"uscc_blind": ("auth.uscc",)}

    class Meta:
        table = "auth_legal_person"


@dataclass(frozen=True, slots=True)
class Company:
    """A legal person as it is read."""

    id: str
    uscc: str = field(repr=False)
    name: str = field(repr=False)
    representative: str = field(repr=False)
    state: State
    as_of: datetime


def blind_uscc(uscc: str) -> str:
    """The look-up key of a Unified Social Credit Code."""
    return privacy.blind(uscc, "auth.uscc")


async def find(company_id: str) -> Company | None:
    """The legal person under an id."""
    if not db.is_id(company_id):
        return None
    return _company(await db.read_one("SELECT * FROM auth_legal_person WHERE id = $1", company_id))


async def find_by_uscc(uscc: str) -> Company | None:
    """The legal person with a Unified Social Credit Code."""
    return _company(
        await db.read_one("SELECT * FROM auth_legal_person WHERE uscc_blind = $1", blind_uscc(uscc))
    )


def _company(row: db.Row | None) -> Company | None:
    if row is None:
        return None
    number = str(row["id"])
    return Company(
        id=number,
        uscc=privacy.unseal_text(row["uscc"], at=USCC, row=number),
        name=privacy.unseal_text(row["name"], at=NAME, row=number),
        representative=privacy.unseal_text(row["representative"], at=REPRESENTATIVE, row=number),
        state=row["state"],
        as_of=db.as_time(row["as_of"]),
    )


def adding(
    company_id: str, *, uscc: str, name: str, representative: str, state: State
) -> db.Statement:
    """Insert a legal person, as the register describes it now.

    A second one with the same code is an ``IntegrityError``.
    """
    now = clock.now()
    return db.Statement(
        "INSERT INTO auth_legal_person (id, uscc, uscc_blind, name, representative, state, as_of, "
        "created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        (
            company_id,
            privacy.seal(uscc, at=USCC, row=company_id),
            blind_uscc(uscc),
            privacy.seal(name, at=NAME, row=company_id),
            privacy.seal(representative, at=REPRESENTATIVE, row=company_id),
            state,
            now,
        ),
    )


def learning(company_id: str, *, name: str, representative: str, state: State) -> db.Statement:
    """What the register says of a legal person now."""
    return db.Statement(
        "UPDATE auth_legal_person SET name = $1, representative = $2, state = $3, as_of = $4 "
        "WHERE id = $5",
        (
            privacy.seal(name, at=NAME, row=company_id),
            privacy.seal(representative, at=REPRESENTATIVE, row=company_id),
            state,
            clock.now(),
            company_id,
        ),
        expect=1,
    )


async def unasked_since(before: datetime, *, most: int) -> list[str]:
    """Legal persons whom somebody represents and whose register was last asked before then."""
    rows = await db.read(
        "SELECT l.id FROM auth_legal_person l WHERE l.as_of < $1 AND EXISTS (SELECT 1 FROM "
        "auth_representation r WHERE r.legal_person_id = l.id AND r.state <> 'ended') "
        "ORDER BY l.as_of LIMIT $2",
        before,
        most,
    )
    return [str(row["id"]) for row in rows]
