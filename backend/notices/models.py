"""Notices, their deliveries and the devices that allowed push."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from tortoise import fields

from backend.kernel import clock, db, privacy

PARAMS_AT = "notice.params"
ENDPOINT_AT = "notice_push.endpoint"
KEYS_AT = "notice_push.keys"


class Notice(db.Table):
    """One thing told to one person."""

    id = fields.UUIDField(primary_key=True)
    key = fields.CharField(max_length=160, unique=True)
    person_id = fields.UUIDField()
    kind = fields.CharField(max_length=40)
    case_number = fields.CharField(max_length=50, null=True, db_index=True)
    params = fields.BinaryField()
    created_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "key": "internal", "person_id": "internal", "kind": "internal",
        "case_number": "internal", "params": "sealed", "created_at": "internal",
        "read_at": "personal",
    }  # fmt: skip

    class Meta:
        table = "notice"
        indexes = (("person_id", "id"),)


class Delivery(db.Table):
    """One notice on one channel to one target (a device's subscription, a WeChat account)."""

    id = fields.UUIDField(primary_key=True)
    notice_id = fields.UUIDField()
    channel = fields.CharField(max_length=10)
    target = fields.CharField(max_length=40)
    state = fields.CharField(max_length=10)
    detail = fields.CharField(max_length=60, default="")
    carrier_ref = fields.CharField(max_length=80, null=True, db_index=True)
    updated_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "notice_id": "internal", "channel": "internal", "target": "internal",
        "state": "internal", "detail": "internal", "carrier_ref": "internal",
        "updated_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "notice_delivery"
        unique_together = (("notice_id", "channel", "target"),)


class PushSubscription(db.Table):
    """A browser that may be woken for a person (W3C Push API)."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField(db_index=True)
    endpoint_blind = fields.CharField(max_length=32, unique=True)
    endpoint = fields.BinaryField()
    keys = fields.BinaryField()
    created_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "endpoint_blind": "sealed",
        "endpoint": "sealed", "keys": "sealed", "created_at": "internal",
    }  # fmt: skip

    blinds: ClassVar[dict[str, tuple[str, ...]]] = {"endpoint_blind": ("push_endpoint",)}

    class Meta:
        table = "notice_push"


async def keep(
    notice: str,
    *,
    key: str,
    person_id: str,
    kind: str,
    case: str | None,
    params: Mapping[str, Any],
    at: datetime,
) -> str:
    """Keep a notice once; its id, whether it is new or was there under the same key."""
    sealed = privacy.seal_json(dict(params), at=PARAMS_AT, row=notice)
    await db.execute(
        "INSERT INTO notice (id, key, person_id, kind, case_number, params, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key) DO NOTHING",
        notice, key, person_id, kind, case, sealed, at,
    )  # fmt: skip
    found = await db.row("SELECT id FROM notice WHERE key = $1", key)
    assert found is not None
    return str(found["id"])


async def plan_delivery(notice: str, *, channel: str, target: str, state: str) -> str:
    """Plan a delivery once; its id."""
    await db.execute(
        "INSERT INTO notice_delivery (id, notice_id, channel, target, state, detail, updated_at) "
        "VALUES ($1, $2, $3, $4, $5, '', $6) "
        "ON CONFLICT (notice_id, channel, target) DO NOTHING",
        db.new_id(), notice, channel, target, state, clock.now(),
    )  # fmt: skip
    found = await db.row(
        "SELECT id FROM notice_delivery WHERE notice_id = $1 AND channel = $2 AND target = $3",
        notice, channel, target,
    )  # fmt: skip
    assert found is not None
    return str(found["id"])


DELIVERY_WITH_NOTICE = """
SELECT d.id, d.channel, d.target, d.state, n.id AS notice_id, n.person_id, n.kind,
       n.case_number, n.params, n.created_at
FROM notice_delivery d JOIN notice n ON n.id = d.notice_id
WHERE d.id = $1
"""


async def delivery(delivery_id: str) -> db.Row | None:
    """A delivery with its notice."""
    return await db.row(DELIVERY_WITH_NOTICE, delivery_id)


def params_of(notice_row: db.Row, *, id_column: str = "id") -> dict[str, Any]:
    """What a notice's words are filled with."""
    found: dict[str, Any] = privacy.unseal_json(
        notice_row["params"], at=PARAMS_AT, row=str(notice_row[id_column])
    )
    return found


async def set_state(
    delivery_id: str, state: str, *, detail: str = "", carrier_ref: str | None = None
) -> None:
    """Keep how far a delivery got."""
    await db.execute(
        "UPDATE notice_delivery SET state = $1, detail = $2, "
        "carrier_ref = COALESCE($3, carrier_ref), updated_at = $4 WHERE id = $5",
        state, detail[:60], carrier_ref, clock.now(), delivery_id,
    )  # fmt: skip


async def set_state_by_ref(carrier_ref: str, state: str, *, detail: str) -> bool:
    """Keep what the carrier reported later; whether the delivery is known."""
    changed = await db.execute(
        "UPDATE notice_delivery SET state = $1, detail = $2, updated_at = $3 "
        "WHERE carrier_ref = $4",
        state, detail[:60], clock.now(), carrier_ref,
    )  # fmt: skip
    return changed > 0


async def page(person_id: str, *, before: str | None, limit: int) -> Sequence[db.Row]:
    """A person's notices, newest first (ids of version 7 grow with time)."""
    if before is None:
        return await db.read(
            "SELECT id, kind, case_number, params, created_at, read_at FROM notice "
            "WHERE person_id = $1 ORDER BY id DESC LIMIT $2",
            person_id, limit,
        )  # fmt: skip
    return await db.read(
        "SELECT id, kind, case_number, params, created_at, read_at FROM notice "
        "WHERE person_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        person_id, before, limit,
    )  # fmt: skip


async def unread(person_id: str) -> int:
    """How many notices a person has not opened."""
    found = await db.read_one(
        "SELECT count(*) AS n FROM notice WHERE person_id = $1 AND read_at IS NULL", person_id
    )
    return int(found["n"]) if found else 0


async def unread_rows(person_id: str, *, limit: int) -> Sequence[db.Row]:
    """A person's unread notices with their words, the latest first."""
    return await db.read(
        "SELECT id, params FROM notice WHERE person_id = $1 AND read_at IS NULL "
        "ORDER BY id DESC LIMIT $2",
        person_id, limit,
    )  # fmt: skip


async def mark_read(person_id: str, ids: Sequence[str] | None) -> None:
    """Mark some or all of a person's notices as read."""
    now = clock.now()
    if ids is None:
        sql = "UPDATE notice SET read_at = $1 WHERE person_id = $2 AND read_at IS NULL"
        await db.write(db.Statement(sql, (now, person_id)))
        return
    sql = "UPDATE notice SET read_at = $1 WHERE person_id = $2 AND id = $3 AND read_at IS NULL"
    await db.write(*(db.Statement(sql, (now, person_id, one)) for one in ids))


async def deliveries_of_case(person_id: str, case: str) -> Sequence[db.Row]:
    """Every delivery about one case of one person, newest first."""
    return await db.read(
        "SELECT n.id, n.kind, n.params, d.channel, d.state, d.updated_at "
        "FROM notice n JOIN notice_delivery d ON d.notice_id = n.id "
        "WHERE n.case_number = $1 AND n.person_id = $2 "
        "ORDER BY n.id DESC, d.channel",
        case, person_id,
    )  # fmt: skip


async def keep_subscription(person_id: str, *, endpoint: str, keys: Mapping[str, str]) -> None:
    """Keep a browser's subscription; the same browser again replaces its keys and owner."""
    row = db.new_id()
    blind = privacy.blind(endpoint, "push_endpoint")
    async with db.transaction():
        await db.execute("DELETE FROM notice_push WHERE endpoint_blind = $1", blind)
        await db.execute(
            "INSERT INTO notice_push (id, person_id, endpoint_blind, endpoint, keys, created_at) "
            "VALUES ($1, $2, $3, $4, $5, $6)",
            row, person_id, blind,
            privacy.seal(endpoint, at=ENDPOINT_AT, row=row),
            privacy.seal_json(dict(keys), at=KEYS_AT, row=row),
            clock.now(),
        )  # fmt: skip


async def drop_subscription(person_id: str, endpoint: str) -> None:
    """Forget a browser of this person."""
    await db.execute(
        "DELETE FROM notice_push WHERE endpoint_blind = $1 AND person_id = $2",
        privacy.blind(endpoint, "push_endpoint"),
        person_id,
    )


async def forget_subscription(subscription_id: str) -> None:
    """Forget a browser that its push service says is gone."""
    await db.execute("DELETE FROM notice_push WHERE id = $1", subscription_id)


async def subscription_ids(person_id: str) -> list[str]:
    """The browsers that may be woken for a person."""
    found = await db.rows("SELECT id FROM notice_push WHERE person_id = $1", person_id)
    return [str(row["id"]) for row in found]


async def subscription(subscription_id: str) -> tuple[str, dict[str, str]] | None:
    """Endpoint and keys of a browser."""
    row = await db.row("SELECT id, endpoint, keys FROM notice_push WHERE id = $1", subscription_id)
    if row is None:
        return None
    name = str(row["id"])
    endpoint = privacy.unseal_text(row["endpoint"], at=ENDPOINT_AT, row=name)
    return endpoint, privacy.unseal_json(row["keys"], at=KEYS_AT, row=name)
