"""What can be done with notices."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from auth import client as auth
from backend.kernel import clock, db, i18n, outbox
from backend.kernel.settings import current as settings
from backend.kernel.web import Actor
from backend.notices import models
from backend.notices.rules import QUIET, Channel, Kind, State, wechat_outcome
from backend.outside.webpush import client as webpush
from backend.outside.wechat.client import NOT_FOLLOWING, UNKNOWN_OPENID, OfficialAccount
from backend.outside.wire import Down

PAGE = 30
UNREAD_LOOKED_AT = 200
RELATIVE = "family"
"""The role of somebody who acts for a grown person; a child's inbox has its guardian alone."""


def about_case(
    person_id: str,
    kind: Kind | str,
    *,
    case: str,
    key: str,
    params: Mapping[str, Any],
    representation: str | None = None,
) -> db.Statement:
    """A statement for the caller's own write: this person is to be told.

    ``key`` makes a repeated write tell only once. ``params`` fill the words of
    ``notices.<kind>``: ``item`` and its ``code`` and ``department`` always, ``due_on`` and
    ``reason`` where the words ask for them; ``for``: whose case it is, when an agent is told, who
    is told only while the ``representation`` lives.
    """
    payload = {
        "notice": db.new_id(),  # made here: notices are shown in the order of what happened
        "at": clock.now(),
        "person_id": person_id,
        "kind": str(kind),
        "case": case,
        "params": dict(params),
        "representation": representation,
    }
    return outbox.row_for("notices.tell", key=f"notice:{key}", payload=payload)


def about_paper(person_id: str, *, document: str, name: str) -> db.Statement:
    """A statement for the caller's own write: one of this person's papers is in quarantine."""
    payload = {
        "notice": db.new_id(),
        "at": clock.now(),
        "person_id": person_id,
        "kind": Kind.PAPER_INFECTED,
        "case": None,
        "params": {"item": name},
    }
    return outbox.row_for("notices.tell", key=f"notice:{document}:infected", payload=payload)


async def tell(job: outbox.Job) -> None:
    """Make the notice and a delivery for every channel of the person (outbox ``notices.tell``)."""
    told = job.payload
    representation = told.get("representation")
    if representation is not None and not await auth.acting_lives(representation):
        return
    person_id, kind = str(told["person_id"]), Kind(told["kind"])
    openid = None if kind in QUIET else await auth.wechat_openid(person_id)
    async with db.transaction():
        notice = await models.keep(
            told["notice"],
            key=job.key,
            person_id=person_id,
            kind=kind,
            case=told["case"],
            params=told["params"],
            at=db.as_time(told["at"]),
        )
        await models.plan_delivery(
            notice, channel=Channel.INBOX, target="inbox", state=State.DELIVERED
        )
        if kind in QUIET:
            return
        for device in await models.subscription_ids(person_id):
            await _plan(notice, Channel.WEBPUSH, device)
        if openid is not None:
            await _plan(notice, Channel.WECHAT, "official_account")


async def _plan(notice: str, channel: Channel, target: str) -> None:
    delivery = await models.plan_delivery(
        notice, channel=channel, target=target, state=State.QUEUED
    )
    await outbox.enqueue(
        f"notices.{channel}", key=f"delivery:{delivery}", payload={"delivery": delivery}
    )


async def send_webpush(job: outbox.Job) -> None:
    """Wake one browser (outbox ``notices.webpush``). It learns that there is news, not what."""
    row = await _waiting(job)
    if row is None:
        return
    found = await models.subscription(row["target"])
    if found is None:
        await models.set_state(str(row["id"]), State.FAILED, detail="gone")
        return
    endpoint, keys = found
    message = {
        "title": i18n.text("notices.push.title"),
        "body": i18n.text("notices.push.body"),
        "url": _page(row),
        "tag": row["case_number"] or str(row["notice_id"]),
        "id": str(row["notice_id"]),
    }
    try:
        await webpush.send(endpoint=endpoint, keys=keys, message=message, key=job.key)
    except webpush.Gone:
        await models.forget_subscription(row["target"])
        await models.set_state(str(row["id"]), State.FAILED, detail="gone")
        return
    except Down as down:
        await _failed(job, row, down)
    await models.set_state(str(row["id"]), State.SENT)


def _page(row: db.Row) -> str:
    """Where in the app a notice leads."""
    return f"/cases/{row['case_number']}" if row["case_number"] else "/notices"


async def send_wechat(job: outbox.Job) -> None:
    """Send one template message (outbox ``notices.wechat``)."""
    row = await _waiting(job)
    if row is None:
        return
    person_id = str(row["person_id"])
    openid = await auth.wechat_openid(person_id)
    if openid is None:
        await models.set_state(str(row["id"]), State.FAILED, detail="unlinked")
        return
    params = models.params_of(row, id_column="notice_id")
    at = db.as_time(row["created_at"]).astimezone(clock.CITY_ZONE)
    data = {
        "thing1": _for_whom(params, i18n.DEFAULT) + str(params.get("item", "")),
        "phrase2": i18n.text(f"notices.{row['kind']}.short"),
        "character_string3": row["case_number"] or "-",
        "time4": at.strftime("%Y-%m-%d %H:%M"),
    }
    try:
        message_id = await OfficialAccount.from_settings().send_template(
            openid=openid,
            template=settings().wechat_oa_template,
            data=data,
            url=settings().base_url + _page(row),
            key=job.key,
        )
    except Down as down:
        if down.detail in (NOT_FOLLOWING, UNKNOWN_OPENID):
            await models.set_state(str(row["id"]), State.FAILED, detail="not_following")
            return
        await _failed(job, row, down)
    else:
        await models.set_state(str(row["id"]), State.SENT, carrier_ref=f"wechat:{message_id}")


async def _waiting(job: outbox.Job) -> db.Row | None:
    """The delivery of a job, unless it was carried out before a crash took the job's end."""
    row = await models.delivery(str(job.payload["delivery"]))
    return row if row is not None and row["state"] == State.QUEUED else None


async def _failed(job: outbox.Job, row: db.Row, down: Down) -> None:
    if down.permanent:
        await models.set_state(str(row["id"]), State.FAILED, detail=down.reason)
        raise outbox.GiveUp(down.reason)
    raise down


async def wechat_reported(message_id: str, status: str) -> None:
    """WeChat says how a template message ended (TEMPLATESENDJOBFINISH)."""
    await models.set_state_by_ref(
        f"wechat:{message_id}", wechat_outcome(status), detail=status.partition(":")[2]
    )


async def notices(actor: Actor, *, before: str | None, lang: str) -> dict[str, Any]:
    """A page of somebody's inbox, or of whom they act for. The caller records who reads it.

    An agent for some services finds what is about these.
    """
    rows = await models.page(actor.holder, before=before, limit=PAGE + 1)
    shown = rows[:PAGE]
    within = [row for row in shown if _covers(actor, row)]
    return {
        "notices": [_worded(row, lang) for row in within],
        "unread": await unread(actor),
        "next": str(shown[-1]["id"]) if len(rows) > PAGE else None,
    }


def _covers(actor: Actor, row: db.Row) -> bool:
    """Whether an actor may see a notice: their own always."""
    if actor.acting is None or actor.acting.items is None:
        return True
    return actor.acting.covers(str(models.params_of(row).get("code", "")))


def _for_whom(params: Mapping[str, Any], lang: str) -> str:
    """What an agent's notice begins with: whose case it is about."""
    if "for" not in params:
        return ""
    return i18n.text("notices.for_whom", lang, name=params["for"])


def _worded(row: db.Row, lang: str) -> dict[str, Any]:
    params = {"case": row["case_number"] or "", **models.params_of(row)}
    if params.get("due_on") and lang.startswith("zh"):
        due_on = date.fromisoformat(params["due_on"])
        params["due_on"] = f"{due_on.month}月{due_on.day}日"
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "title": _for_whom(params, lang)
        + i18n.text(f"notices.{row['kind']}.title", lang, **params),
        "body": i18n.text(f"notices.{row['kind']}.body", lang, **params),
        "case": row["case_number"],
        "at": db.as_time(row["created_at"]),
        "read": row["read_at"] is not None,
    }


async def mark_read(actor: Actor, ids: Sequence[str] | None) -> None:
    """Somebody has seen some notices (None: all that they may see).

    What a relative looks at stays unread for a grown person, who would else never notice it.
    """
    if actor.acting is not None and actor.acting.role == RELATIVE:
        return
    if actor.acting is not None and actor.acting.items is not None:
        within = [str(row["id"]) for row in await _unread(actor)]
        ids = within if ids is None else [one for one in ids if one in within]
    await models.mark_read(actor.holder, ids)


async def unread(actor: Actor) -> int:
    """How many notices nobody has opened yet."""
    if actor.acting is None or actor.acting.items is None:
        return await models.unread(actor.holder)
    return len(await _unread(actor))


async def _unread(actor: Actor) -> list[db.Row]:
    """The unread notices about the services that an agent is for, the latest of them."""
    rows = await models.unread_rows(actor.holder, limit=UNREAD_LOOKED_AT)
    return [row for row in rows if _covers(actor, row)]


async def deliveries(person_id: str, case: str, *, lang: str) -> list[dict[str, Any]]:
    """Every receipt about one case: what was sent where, and how far it got."""
    found = await models.deliveries_of_case(person_id, case)
    return [
        {
            "channel": row["channel"],
            "state": row["state"],
            "at": db.as_time(row["updated_at"]),
            "title": i18n.text(
                f"notices.{row['kind']}.title", lang, case=case, **models.params_of(row)
            ),
        }
        for row in found
    ]


async def push_state(person_id: str) -> dict[str, Any]:
    """What a browser needs to subscribe, and how many of the person's devices have."""
    return {
        "public_key": webpush.public_key(),
        "subscribed_devices": len(await models.subscription_ids(person_id)),
    }


async def subscribe(person_id: str, *, endpoint: str, keys: Mapping[str, str]) -> None:
    """Allow a browser to be woken.

    Raises:
        Refusal: ``push_service_unknown``, the address is not one of a known push service.
    """
    webpush.check_endpoint(endpoint)
    webpush.check_keys(**keys)
    await models.keep_subscription(person_id, endpoint=endpoint, keys=keys)


async def unsubscribe(person_id: str, endpoint: str) -> None:
    """Take that back."""
    await models.drop_subscription(person_id, endpoint)
