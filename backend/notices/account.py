"""What the identity house has to say to a person now (账号提醒), beside its own text messages.

1. The identity house puts ``person.told`` into the same write as what happened.
2. ``tell`` plans one message for every browser that may be woken and one for WeChat.
3. Each is sent by itself and tried again, but never after ``until``: nobody is asked to answer a
   window that stopped waiting.

Nothing of it stays in the inbox: an account has a history of its own. ``openid`` is given when the
message is for the WeChat account that has just been untied.
"""

from auth import client as auth
from backend.kernel import clock, db, i18n, outbox
from backend.kernel.settings import current as settings
from backend.notices import models
from backend.outside.webpush import client as webpush
from backend.outside.wechat.client import NOT_FOLLOWING, UNKNOWN_OPENID, OfficialAccount
from backend.outside.wire import Down

HELD = ("notice",)
"""Tables whose rows follow when two accounts of one person become one; browsers ask anew."""
PAGES = {
    "window_asks": "/device",
    "recovery_started": "/space/security",
    "recovery_done": "/recover",
    "phone_changed": "/recover",
    "merged": "/space/links",
    "parted": "/space/links",
    "wechat_untied": "/space/links",
    "wechat_retied": "/space/links",
}
"""Where a tap leads."""


async def tell(job: outbox.Job) -> None:
    """Plan the messages (outbox ``person.told``)."""
    told = job.payload
    if _late(job):
        return
    person_id = str(told["person_id"])
    openid = str(told["openid"]) or await auth.wechat_openid(person_id) or ""
    plan = {
        "what": str(told["what"]),
        "until": told["until"],
        "at": clock.now().isoformat(),
    }
    async with db.transaction():
        for device in await models.subscription_ids(person_id):
            await outbox.enqueue(
                "account.webpush", key=f"{job.key}:{device}", payload={**plan, "device": device}
            )
        if openid:
            await outbox.enqueue(
                "account.wechat", key=f"{job.key}:wechat", payload={**plan, "openid": openid}
            )


async def send_webpush(job: outbox.Job) -> None:
    """Wake one browser (outbox ``account.webpush``)."""
    told = job.payload
    found = None if _late(job) else await models.subscription(str(told["device"]))
    if found is None:
        return
    endpoint, keys = found
    what = str(told["what"])
    message = {
        "title": i18n.text(f"notices.account.{what}.title"),
        "body": i18n.text(f"notices.account.{what}.body"),
        "url": PAGES[what],
        "tag": f"account.{what}",
        "id": job.id,
    }
    try:
        await webpush.send(endpoint=endpoint, keys=keys, message=message, key=job.key)
    except webpush.Gone:
        await models.forget_subscription(str(told["device"]))
    except Down as down:
        _down(down)


async def send_wechat(job: outbox.Job) -> None:
    """Send one template message (outbox ``account.wechat``)."""
    if _late(job):
        return
    told = job.payload
    what = str(told["what"])
    at = db.as_time(told["at"]).astimezone(clock.CITY_ZONE)
    data = {
        "thing1": i18n.text(f"notices.account.{what}.title"),
        "phrase2": i18n.text(f"notices.account.{what}.short"),
        "character_string3": "12345",
        "time4": at.strftime("%Y-%m-%d %H:%M"),
    }
    try:
        await OfficialAccount.from_settings().send_template(
            openid=str(told["openid"]),
            template=settings().wechat_oa_template,
            data=data,
            url=settings().base_url + PAGES[what],
            key=job.key,
        )
    except Down as down:
        if down.detail not in (NOT_FOLLOWING, UNKNOWN_OPENID):
            _down(down)


def _late(job: outbox.Job) -> bool:
    return clock.now() > db.as_time(job.payload["until"])


def _down(down: Down) -> None:
    if down.permanent:
        raise outbox.GiveUp(down.reason)
    raise down
