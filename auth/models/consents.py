"""What persons agreed to (个人信息处理同意)."""

from typing import ClassVar

from tortoise import fields

from auth.models.people import Person
from backend.kernel import clock, db


class Consent(db.Table):
    """What a person agreed to, in which wording, when (PIPL art. 14, 17, 29)."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    purpose = fields.CharField(max_length=40)
    wording = fields.CharField(max_length=20)
    given_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "purpose": "internal", "wording": "open",
        "given_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_consent"


def consenting(person_id: str, *, purpose: str, wording: str) -> db.Statement:
    """Record a consent."""
    return db.Statement(
        "INSERT INTO auth_consent (id, person_id, purpose, wording, given_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        (db.new_id(), person_id, purpose, wording, clock.now()),
    )
