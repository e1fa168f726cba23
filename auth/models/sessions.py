"""Sessions (登录会话). The table holds the SHA-256 of a token: a stolen dump opens nothing.

``methods`` says by what the owner has shown who they are, in the words of RFC 8176 (amr) as far as
it has them: sms, pwd, wechat, passkey, pin, otp, face, counter, handoff. ``aal`` says how sure that
makes us: 1 for one factor; 2 for two different ones, or a passkey that checked its owner, or a
face; 3 for such a passkey whose key cannot leave its device. ``proved_at`` is the last proof.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from tortoise import fields

from auth.models.people import Person
from auth.models.staff import Staff
from backend.kernel import clock, db, privacy

Kind = Literal["person", "staff"]
Via = Literal["web", "miniprogram"]
Method = Literal["sms", "pwd", "wechat", "passkey", "pin", "otp", "face", "counter", "handoff"]
DEVICE = "auth_session.device"


class Session(db.Table):
    """One sign-in on one device. ``via`` says how the token travels: cookie or bearer header."""

    id = fields.UUIDField(primary_key=True)
    token_digest = fields.CharField(max_length=64, unique=True)
    kind = fields.CharField(max_length=8)
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    via = fields.CharField(max_length=12)
    methods = fields.CharField(max_length=80, db_default="")
    aal = fields.SmallIntField(db_default=1)
    proved_at = fields.DatetimeField(null=True)
    device = fields.BinaryField(null=True)
    acting = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.CharField(max_length=12, default="")

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "token_digest": "sealed", "kind": "internal", "person_id": "internal",
        "staff_id": "internal", "via": "internal", "methods": "internal", "aal": "internal",
        "proved_at": "personal", "device": "sealed", "acting": "internal",
        "created_at": "personal",
        "seen_at": "personal", "expires_at": "internal", "ended_at": "personal",
        "ended_by": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_session"


_WITH_OWNER = """
SELECT s.id, s.kind, s.via, s.methods, s.aal, s.proved_at, s.device, s.acting,
       s.created_at, s.seen_at, s.expires_at, s.ended_at,
       p.id AS person_id, p.name AS person_name, p.level,
       t.id AS staff_id, t.login, t.name AS staff_name, t.department,
       t.department_name, t.district, t.hall, t.roles
FROM auth_session s
LEFT JOIN auth_person p ON p.id = s.person_id
LEFT JOIN auth_staff t ON t.id = s.staff_id
WHERE s.token_digest = $1
"""


async def with_owner(token_digest: str) -> db.Row | None:
    """A session and whose it is, ended or not."""
    return await db.read_one(_WITH_OWNER, token_digest)


def opening(  # noqa: PLR0913 - a row's columns
    session_id: str,
    token_digest: str,
    *,
    kind: Kind,
    owner_id: str,
    via: Via,
    methods: str,
    aal: int,
    device: str,
    expires_at: datetime,
    proved_at: datetime | None = None,
) -> db.Statement:
    """Insert a session of a person or a member of staff, who proved themselves just now unless
    ``proved_at`` says otherwise.
    """
    now = clock.now()
    return db.Statement(
        "INSERT INTO auth_session (id, token_digest, kind, person_id, staff_id, via, methods, aal, "
        "device, created_at, seen_at, proved_at, expires_at, ended_by) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, '')",
        (
            session_id,
            token_digest,
            kind,
            owner_id if kind == "person" else None,
            owner_id if kind == "staff" else None,
            via,
            methods,
            aal,
            privacy.seal(device, at=DEVICE, row=session_id) if device else None,
            now,
            proved_at or now,
            expires_at,
        ),
    )


def raising(
    session_id: str, *, digest: str, new_digest: str, methods: str, aal: int
) -> db.Statement:
    """The owner proved anew who they are: same session, another token. ``Stale`` if it ended.

    Of two proofs at the same time one finds its token turned already, and is ``Stale`` too.
    """
    return db.Statement(
        "UPDATE auth_session SET token_digest = $1, methods = $2, aal = $3, proved_at = $4, "
        "seen_at = $4 WHERE id = $5 AND token_digest = $6 AND ended_at IS NULL",
        (new_digest, methods, aal, clock.now(), session_id, digest),
        expect=1,
    )


def turning(session_id: str, *, digest: str, new_digest: str, acting: str | None) -> db.Statement:
    """The owner goes on in another capacity: same session, another token. ``Stale`` if it ended.

    Of two choices at the same time one finds its token turned already, and is ``Stale`` too.
    """
    return db.Statement(
        "UPDATE auth_session SET token_digest = $1, acting = $2, seen_at = $3 "
        "WHERE id = $4 AND token_digest = $5 AND ended_at IS NULL",
        (new_digest, acting, clock.now(), session_id, digest),
        expect=1,
    )


def seeing(session_id: str, at: datetime) -> db.Statement:
    """The owner of a living session did something. ``Stale`` if the session has ended."""
    return db.Statement(
        "UPDATE auth_session SET seen_at = $1 WHERE id = $2 AND ended_at IS NULL",
        (at, session_id),
        expect=1,
    )


def standing(session_id: str) -> db.Statement:
    """Changes nothing, and is ``Stale`` if the session has ended."""
    return db.Statement(
        "UPDATE auth_session SET seen_at = seen_at WHERE id = $1 AND ended_at IS NULL",
        (session_id,),
        expect=1,
    )


async def digest_of(session_id: str) -> str | None:
    """The token digest of a session."""
    row = await db.row("SELECT token_digest FROM auth_session WHERE id = $1", session_id)
    return None if row is None else str(row["token_digest"])


def ending(token_digest: str, *, by: str) -> db.Statement:
    """End a session; one that has ended already keeps its first end."""
    return db.Statement(
        "UPDATE auth_session SET ended_at = $1, ended_by = $2 "
        "WHERE token_digest = $3 AND ended_at IS NULL",
        (clock.now(), by, token_digest),
    )


async def living(*, kind: Kind, owner_id: str, via: Via | None = None) -> list[str]:
    """The token digests of an owner's sessions that have not ended."""
    rows = await db.read(
        f"SELECT token_digest FROM auth_session WHERE {kind}_id = $1 "  # noqa: S608 - a Literal
        "AND ended_at IS NULL AND expires_at > $2 AND via IN ($3, $4)",
        owner_id,
        clock.now(),
        via or "web",
        via or "miniprogram",
    )
    return [row["token_digest"] for row in rows]


async def any_living(*, before: datetime, most: int) -> list[str]:
    """The token digests of some sessions that were opened before an instant and have not ended."""
    rows = await db.read(
        "SELECT token_digest FROM auth_session WHERE ended_at IS NULL AND expires_at > $1 "
        "AND created_at <= $2 LIMIT $3",
        clock.now(),
        before,
        most,
    )
    return [row["token_digest"] for row in rows]


@dataclass(frozen=True, slots=True)
class Open:
    """A session that has not ended."""

    session_id: str
    digest: str = field(repr=False)
    device: str = field(repr=False)
    via: Via
    methods: tuple[str, ...]
    opened_at: datetime
    seen_at: datetime


async def open_of(kind: Kind, owner_id: str, *, idle: int | None) -> list[Open]:
    """An owner's sessions that have not ended, nor been unused for ``idle`` seconds."""
    now = clock.now()
    rows = await db.rows(
        f"SELECT id, token_digest, device, via, methods, created_at, seen_at FROM auth_session "  # noqa: S608
        f"WHERE {kind}_id = $1 AND ended_at IS NULL AND expires_at > $2",
        owner_id,
        now,
    )
    found = []
    for row in rows:
        seen_at = db.as_time(row["seen_at"])
        if idle is not None and (now - seen_at).total_seconds() >= idle:
            continue
        session_id, sealed = str(row["id"]), row["device"]
        device = privacy.unseal_text(sealed, at=DEVICE, row=session_id) if sealed else ""
        found.append(
            Open(
                session_id,
                row["token_digest"],
                device,
                row["via"],
                tuple(row["methods"].split()),
                db.as_time(row["created_at"]),
                seen_at,
            )
        )
    return found


def sweeping(before: datetime) -> db.Statement:
    """Delete sessions that ran out before an instant."""
    return db.Statement("DELETE FROM auth_session WHERE expires_at < $1", (before,))
