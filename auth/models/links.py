"""Links (微信绑定) from a WeChat account to the person."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from tortoise import fields

from auth.models.people import Person
from backend.kernel import clock, db, privacy

App = Literal["official", "miniprogram"]
OPENID, UNIONID = "auth_link.openid", "auth_link.unionid"


class Link(db.Table):
    """An openid of one app and its person. In each app one belongs to the other."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    app = fields.CharField(max_length=12)
    openid = fields.BinaryField()
    openid_blind = fields.CharField(max_length=32)
    unionid = fields.BinaryField(null=True)
    linked_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "app": "internal", "openid": "sealed",
        "openid_blind": "sealed", "unionid": "sealed", "linked_at": "personal",
    }  # fmt: skip

    class Meta:
        table = "auth_link"
        unique_together = (("app", "openid_blind"), ("app", "person_id"))


@dataclass(frozen=True, slots=True)
class WechatUser:
    """A WeChat account as one app knows it."""

    app: App
    openid: str = field(repr=False)
    unionid: str = field(default="", repr=False)


def blind_openid(openid: str) -> str:
    """The look-up key of an openid. Openids tell small from capital letters, so hex goes in."""
    return privacy.blind(openid.encode().hex(), "auth.openid")


async def find_person(app: App, openid: str) -> str | None:
    """The person an openid is linked to."""
    row = await db.read_one(
        "SELECT person_id FROM auth_link WHERE app = $1 AND openid_blind = $2",
        app,
        blind_openid(openid),
    )
    return None if row is None else str(row["person_id"])


async def find_openid(app: App, person_id: str) -> str | None:
    """The openid that is linked to a person."""
    row = await db.read_one(
        "SELECT id, openid FROM auth_link WHERE app = $1 AND person_id = $2", app, person_id
    )
    if row is None:
        return None
    return privacy.unseal_text(row["openid"], at=OPENID, row=str(row["id"]))


async def any_of(person_id: str) -> bool:
    """Whether any WeChat account is linked to a person."""
    row = await db.read_one("SELECT 1 FROM auth_link WHERE person_id = $1 LIMIT 1", person_id)
    return row is not None


def linking(person_id: str, user: WechatUser) -> tuple[db.Statement, ...]:
    """Link, in the place of the person's former account in that app.

    An openid that is linked to somebody else is an ``IntegrityError``.
    """
    row = db.new_id()
    unionid = privacy.seal(user.unionid, at=UNIONID, row=row) if user.unionid else None
    return (
        db.Statement(
            "DELETE FROM auth_link WHERE person_id = $1 AND app = $2", (person_id, user.app)
        ),
        db.Statement(
            "INSERT INTO auth_link (id, person_id, app, openid, openid_blind, unionid, linked_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7)",
            (
                row,
                person_id,
                user.app,
                privacy.seal(user.openid, at=OPENID, row=row),
                blind_openid(user.openid),
                unionid,
                clock.now(),
            ),
        ),
    )


def unlinking(person_id: str) -> db.Statement:
    """Forget every WeChat account of a person."""
    return db.Statement("DELETE FROM auth_link WHERE person_id = $1", (person_id,))
