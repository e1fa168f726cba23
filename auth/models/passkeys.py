"""Passkeys (通行密钥, WebAuthn credentials): the city keeps public keys, which are no secret."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar

from tortoise import fields

from auth.models.people import Person
from auth.models.sessions import Kind
from auth.models.staff import Staff
from backend.kernel import clock, db, privacy

LABEL = "auth_passkey.label"


class Passkey(db.Table):
    """A key that lives in somebody's device. ``movable`` when its maker may copy it elsewhere."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    credential = fields.BinaryField()
    credential_digest = fields.CharField(max_length=64, unique=True)
    public_key = fields.BinaryField()
    sign_count = fields.BigIntField()
    movable = fields.BooleanField()
    transports = fields.CharField(max_length=80, default="")
    aaguid = fields.CharField(max_length=36)
    label = fields.BinaryField()
    created_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "staff_id": "internal",
        "credential": "internal", "credential_digest": "internal", "public_key": "internal",
        "sign_count": "internal", "movable": "internal", "transports": "internal",
        "aaguid": "internal", "label": "sealed", "created_at": "personal", "used_at": "personal",
    }  # fmt: skip

    class Meta:
        table = "auth_passkey"


@dataclass(frozen=True, slots=True)
class Known:
    """A passkey as sign-in and the list of passkeys need it."""

    passkey_id: str
    kind: Kind
    account_id: str
    credential: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    sign_count: int
    movable: bool
    transports: tuple[str, ...]
    label: str = field(repr=False)
    created_at: datetime
    used_at: datetime | None


def digest(credential: bytes) -> str:
    """The look-up key of a credential's id."""
    return sha256(credential).hexdigest()


def _known(row: Any) -> Known:
    passkey_id = str(row["id"])
    kind: Kind = "person" if row["person_id"] else "staff"
    return Known(
        passkey_id=passkey_id,
        kind=kind,
        account_id=str(row["person_id"] or row["staff_id"]),
        credential=bytes(row["credential"]),
        public_key=bytes(row["public_key"]),
        sign_count=row["sign_count"],
        movable=bool(row["movable"]),
        transports=tuple(row["transports"].split()),
        label=privacy.unseal_text(row["label"], at=LABEL, row=passkey_id),
        created_at=db.as_time(row["created_at"]),
        used_at=db.as_time(row["used_at"]) if row["used_at"] else None,
    )


async def find(credential: bytes) -> Known | None:
    """The passkey with a credential id."""
    row = await db.row(
        "SELECT * FROM auth_passkey WHERE credential_digest = $1", digest(credential)
    )
    return None if row is None else _known(row)


async def of(kind: Kind, account_id: str) -> list[Known]:
    """Somebody's passkeys, oldest first."""
    rows = await db.rows(
        f"SELECT * FROM auth_passkey WHERE {kind}_id = $1 ORDER BY created_at, id",  # noqa: S608
        account_id,
    )
    return [_known(row) for row in rows]


def adding(  # noqa: PLR0913 - a row's columns
    kind: Kind,
    account_id: str,
    *,
    credential: bytes,
    public_key: bytes,
    sign_count: int,
    movable: bool,
    transports: tuple[str, ...],
    aaguid: str,
    label: str,
) -> db.Statement:
    """Insert a passkey; one that somebody has already is an ``IntegrityError``."""
    row = db.new_id()
    return db.Statement(
        f"INSERT INTO auth_passkey (id, {kind}_id, credential, credential_digest, public_key, "  # noqa: S608
        "sign_count, movable, transports, aaguid, label, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        (
            row,
            account_id,
            credential,
            digest(credential),
            public_key,
            sign_count,
            movable,
            " ".join(transports),
            aaguid,
            privacy.seal(label, at=LABEL, row=row),
            clock.now(),
        ),
    )


def using(passkey_id: str, sign_count: int) -> db.Statement:
    """The key has signed. ``Stale`` unless its counter rose, or it counts nothing at all."""
    return db.Statement(
        "UPDATE auth_passkey SET sign_count = $1, used_at = $2 WHERE id = $3 "
        "AND (sign_count < $1 OR (sign_count = 0 AND $1 = 0))",
        (sign_count, clock.now(), passkey_id),
        expect=1,
    )


def naming(kind: Kind, account_id: str, passkey_id: str, label: str) -> db.Statement:
    """Give one's own passkey another name. ``Stale`` when there is none."""
    return db.Statement(
        f"UPDATE auth_passkey SET label = $1 WHERE id = $2 AND {kind}_id = $3",  # noqa: S608
        (privacy.seal(label, at=LABEL, row=passkey_id), passkey_id, account_id),
        expect=1,
    )


def removing_all(kind: Kind, account_id: str) -> db.Statement:
    """Forget every passkey of somebody."""
    return db.Statement(
        f"DELETE FROM auth_passkey WHERE {kind}_id = $1",  # noqa: S608 - a Literal
        (account_id,),
    )


def removing(kind: Kind, account_id: str, passkey_id: str) -> db.Statement:
    """Forget one's own passkey. ``Stale`` when there is none."""
    return db.Statement(
        f"DELETE FROM auth_passkey WHERE id = $1 AND {kind}_id = $2",  # noqa: S608
        (passkey_id, account_id),
        expect=1,
    )
