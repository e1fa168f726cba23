"""Links (微信绑定) from a WeChat account to the person."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Literal

from tortoise import fields

from auth.models.people import Person
from backend.kernel import clock, db, privacy

App = Literal["official", "miniprogram"]
OPENID, UNIONID = "auth_link.openid", "auth_link.unionid"


class Link(db.Table):
    """An openid of one app and its person. In each app one belongs to the other.

    The unionid is the same in all apps of the city's Open Platform account (开放平台): it says
    that a stranger in one app is somebody known in another.
    """

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    app = fields.CharField(max_length=12)
    openid = fields.BinaryField()
    openid_blind = fields.CharField(max_length=32, db_index=True)
    unionid = fields.BinaryField(null=True)
    unionid_blind = fields.CharField(max_length=32, null=True, db_index=True)
    linked_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "app": "internal", "openid": "sealed",
        "openid_blind": "sealed", "unionid": "sealed",
        "unionid_blind": "sealed", "linked_at": "personal",
    }  # fmt: skip

    blinds: ClassVar[dict[str, tuple[str, ...]]] = {
        "openid_blind": ("auth.openid",), "unionid_blind": ("auth.unionid",),
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


def blind_unionid(unionid: str) -> str | None:
    """The look-up key of a unionid; None when WeChat gave none."""
    return privacy.blind(unionid.encode().hex(), "auth.unionid") if unionid else None


async def find_by_unionid(unionid: str) -> str | None:
    """The person to whom any app has tied a unionid."""
    if not unionid:
        return None
    row = await db.read_one(
        "SELECT person_id FROM auth_link WHERE unionid_blind = $1 LIMIT 1", blind_unionid(unionid)
    )
    return None if row is None else str(row["person_id"])


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

    An openid that is linked to somebody else is an ``IntegrityError``; a unionid that is linked to
    somebody else in another app is ``Stale``.
    """
    return (
        db.Statement(
            "DELETE FROM auth_link WHERE person_id = $1 AND app = $2", (person_id, user.app)
        ),
        _inserting(
            person_id,
            user,
            "WHERE NOT EXISTS (SELECT 1 FROM auth_link o WHERE o.unionid_blind = $9 "
            "AND o.person_id <> $10)",
            blind_unionid(user.unionid),
            person_id,
            expect=1,
        ),
    )


def joining(person_id: str, user: WechatUser) -> db.Statement:
    """Link what a unionid has shown to be the person's, unless there is a link there already."""
    return _inserting(person_id, user, "WHERE TRUE ON CONFLICT DO NOTHING")


def _inserting(
    person_id: str,
    user: WechatUser,
    condition: str,
    *more: str | None,
    expect: int | None = None,
) -> db.Statement:
    row = db.new_id()
    return db.Statement(
        "INSERT INTO auth_link (id, person_id, app, openid, openid_blind, unionid, unionid_blind, "
        "linked_at) SELECT $1, $2, $3, $4, $5, $6, $7, $8 " + condition,
        (
            row,
            person_id,
            user.app,
            privacy.seal(user.openid, at=OPENID, row=row),
            blind_openid(user.openid),
            privacy.seal(user.unionid, at=UNIONID, row=row) if user.unionid else None,
            blind_unionid(user.unionid),
            clock.now(),
            *more,
        ),
        expect=expect,
    )


def knowing(user: WechatUser) -> db.Statement:
    """Note the unionid of a link that was made before WeChat told it."""
    return db.Statement(
        "UPDATE auth_link SET unionid_blind = $1 "
        "WHERE app = $2 AND openid_blind = $3 AND unionid_blind IS NULL",
        (blind_unionid(user.unionid), user.app, blind_openid(user.openid)),
    )


@dataclass(frozen=True, slots=True)
class Account:
    """One WeChat account of a person, and the apps that know it."""

    id: str
    apps: tuple[App, ...]
    linked_at: datetime


async def accounts(person_id: str) -> list[Account]:
    """A person's WeChat accounts, the first linked first."""
    found: dict[str, Account] = {}
    for row in await db.rows(
        "SELECT id, app, unionid_blind, linked_at FROM auth_link WHERE person_id = $1 "
        "ORDER BY linked_at, id",
        person_id,
    ):
        key, at = row["unionid_blind"] or str(row["id"]), db.as_time(row["linked_at"])
        known = found.setdefault(key, Account(str(row["id"]), (), at))
        found[key] = replace(known, apps=(*known.apps, row["app"]))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Held:
    """A link as it can be tied again."""

    user: WechatUser
    linked_at: datetime


async def of_account(person_id: str, link_id: str) -> list[Held]:
    """The links of one WeChat account of a person, in every app that knows it."""
    rows = await db.rows(
        "SELECT id, app, openid, unionid, linked_at FROM auth_link WHERE person_id = $1 AND "
        "(id = $2 OR unionid_blind = "
        "(SELECT unionid_blind FROM auth_link WHERE id = $2 AND person_id = $1))",
        person_id,
        link_id,
    )
    return [
        Held(
            WechatUser(
                row["app"],
                privacy.unseal_text(row["openid"], at=OPENID, row=str(row["id"])),
                privacy.unseal_text(row["unionid"], at=UNIONID, row=str(row["id"]))
                if row["unionid"]
                else "",
            ),
            db.as_time(row["linked_at"]),
        )
        for row in rows
    ]


async def by_app(person_id: str) -> dict[App, str]:
    """A person's link in every app that has one: the row's id."""
    rows = await db.rows("SELECT id, app FROM auth_link WHERE person_id = $1", person_id)
    return {row["app"]: str(row["id"]) for row in rows}


def moving(link_id: str, person_id: str, to: str) -> db.Statement:
    """A link belongs to another account of the same person. ``Stale`` if it is gone."""
    return db.Statement(
        "UPDATE auth_link SET person_id = $1 WHERE id = $2 AND person_id = $3",
        (to, link_id, person_id),
        expect=1,
    )


def moving_back(link_id: str, person_id: str, to: str) -> db.Statement:
    """A link goes back where it came from, unless it was untied meanwhile."""
    return db.Statement(
        "UPDATE auth_link SET person_id = $1 WHERE id = $2 AND person_id = $3",
        (to, link_id, person_id),
    )


def tying_again(person_id: str, user: WechatUser) -> db.Statement:
    """A link that was untied leads to the person again.

    ``Stale`` if they or it are tied otherwise in that app by now, or its unionid to somebody else.
    """
    return _inserting(
        person_id,
        user,
        "WHERE NOT EXISTS (SELECT 1 FROM auth_link o WHERE o.unionid_blind = $9 "
        "AND o.person_id <> $10) ON CONFLICT DO NOTHING",
        blind_unionid(user.unionid),
        person_id,
        expect=1,
    )


def unlinking_account(person_id: str, link_id: str, *, expect: int | None = None) -> db.Statement:
    """Forget one WeChat account of a person in every app that knows it.

    ``Stale`` if ``expect`` apps were to know it, and others do.
    """
    return db.Statement(
        "DELETE FROM auth_link WHERE person_id = $1 AND (id = $2 OR unionid_blind = "
        "(SELECT unionid_blind FROM auth_link WHERE id = $2 AND person_id = $1))",
        (person_id, link_id),
        expect=expect,
    )


def unlinking(person_id: str) -> db.Statement:
    """Forget every WeChat account of a person."""
    return db.Statement("DELETE FROM auth_link WHERE person_id = $1", (person_id,))
