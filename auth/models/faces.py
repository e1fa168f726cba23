"""Face checks (人脸核身): which one was opened for whom, and that each counts once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from tortoise import fields

from auth.models.people import Person
from backend.kernel import clock, db, privacy

VERIFY_ID, OPENID = "auth_face.verify_token", "auth_face.openid"


class FaceCheck(db.Table):
    """One face check. ``verify_ret`` is WeChat's answer to our own question, 10000 for passed."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    verify_token = fields.BinaryField()
    openid = fields.BinaryField()
    expires_at = fields.DatetimeField(db_index=True)
    ended_at = fields.DatetimeField(null=True)
    verify_ret = fields.IntField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "verify_token": "sealed", "openid": "sealed",
        "expires_at": "internal", "ended_at": "personal", "verify_ret": "personal",
    }  # fmt: skip

    class Meta:
        table = "auth_face"


@dataclass(frozen=True, slots=True)
class Opened:
    """A check that has not ended."""

    id: str
    verify_id: str = field(repr=False)
    openid: str = field(repr=False)


def opening(
    row: str, *, person_id: str, verify_id: str, openid: str, expires_at: datetime
) -> db.Statement:
    """Insert a check; ``row`` is also its sequence number at WeChat."""
    return db.Statement(
        "INSERT INTO auth_face (id, person_id, verify_token, openid, expires_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        (
            row,
            person_id,
            privacy.seal(verify_id, at=VERIFY_ID, row=row),
            privacy.seal(openid, at=OPENID, row=row),
            expires_at,
        ),
    )


async def find(row: str, *, person_id: str) -> Opened | None:
    """A person's own check, as long as it has neither ended nor run out."""
    if not db.is_id(row):
        return None
    found = await db.read_one(
        "SELECT verify_token, openid FROM auth_face WHERE id = $1 AND person_id = $2 "
        "AND ended_at IS NULL AND expires_at > $3",
        row,
        person_id,
        clock.now(),
    )
    if found is None:
        return None
    return Opened(
        row,
        privacy.unseal_text(found["verify_token"], at=VERIFY_ID, row=row),
        privacy.unseal_text(found["openid"], at=OPENID, row=row),
    )


def ending(row: str, verify_ret: int) -> db.Statement:
    """The check has its answer. ``Stale`` for everybody but the first."""
    return db.Statement(
        "UPDATE auth_face SET ended_at = $1, verify_ret = $2 WHERE id = $3 AND ended_at IS NULL",
        (clock.now(), verify_ret, row),
        expect=1,
    )


def sweeping(before: datetime) -> db.Statement:
    """Delete checks that ran out before an instant."""
    return db.Statement("DELETE FROM auth_face WHERE expires_at < $1", (before,))
