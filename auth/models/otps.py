"""One-time passwords of staff (动态口令, RFC 6238), for those without a passkey."""

from dataclasses import dataclass, field
from typing import ClassVar

from tortoise import fields

from auth.models.staff import Staff
from backend.kernel import clock, db, privacy

SECRET = "auth_otp.secret"


class Otp(db.Table):
    """The secret in a member of staff's authenticator. ``last_step`` makes a code good once."""

    id = fields.UUIDField(primary_key=True)
    staff: fields.OneToOneRelation[Staff] = fields.OneToOneField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT
    )
    secret = fields.BinaryField()
    last_step = fields.BigIntField(default=0)
    created_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "staff_id": "internal", "secret": "sealed", "last_step": "internal",
        "created_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_otp"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An authenticator that belongs to a member of staff."""

    otp_id: str
    secret: bytes = field(repr=False)


async def find(staff_id: str) -> Enrolled | None:
    """The authenticator of a member of staff."""
    row = await db.row("SELECT id, secret FROM auth_otp WHERE staff_id = $1", staff_id)
    if row is None:
        return None
    otp_id = str(row["id"])
    return Enrolled(otp_id, privacy.unseal(row["secret"], at=SECRET, row=otp_id))


def enrolling(staff_id: str, secret: bytes, *, step: int) -> db.Statement:
    """Keep a secret whose code for a 30 s step was just shown.

    A second one for the same member of staff is an ``IntegrityError``.
    """
    row = db.new_id()
    return db.Statement(
        "INSERT INTO auth_otp (id, staff_id, secret, last_step, created_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        (row, staff_id, privacy.seal(secret, at=SECRET, row=row), step, clock.now()),
    )


def using(otp_id: str, step: int) -> db.Statement:
    """Use a step's code up. ``Stale`` for everybody but the first, and for older codes."""
    return db.Statement(
        "UPDATE auth_otp SET last_step = $1 WHERE id = $2 AND last_step < $1",
        (step, otp_id),
        expect=1,
    )


def removing(staff_id: str) -> db.Statement:
    """Forget an authenticator that was lost."""
    return db.Statement("DELETE FROM auth_otp WHERE staff_id = $1", (staff_id,))
