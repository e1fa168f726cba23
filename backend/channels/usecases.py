"""Answering the official account's followers."""

import asyncio

from auth import client as auth
from backend.cases import usecases as cases
from backend.catalogue import usecases as catalogue
from backend.channels.rules import Intent, Want, intent, menu_intent
from backend.kernel import cache, i18n, log, privacy
from backend.kernel.errors import Refusal
from backend.kernel.settings import current as settings
from backend.kernel.web import Actor
from backend.notices import usecases as notices
from backend.outside.wechat.crypto import Message, text_reply

PATIENCE = 4.0
"""Seconds; WeChat gives up after 5 and tells the person that the service is out of order."""
REMEMBERED = 600
"""Seconds an answer is kept for WeChat's repetitions; longer than a signature stays valid."""
SHOWN = 3
MOST_MESSAGES = 100
"""By one follower in ten minutes."""

NOTHING = ""


async def answer(message: Message) -> str:
    """The reply's XML, or nothing. The same message again gets the same reply, at no cost."""
    name = f"wechat:{message.key}"
    if not await cache.once(name, seconds=REMEMBERED):
        return ((await cache.get(name)) or b"").decode()
    try:
        async with asyncio.timeout(PATIENCE):
            who = privacy.keyed(message.sender, "channels.limit")
            await cache.limit("wechat.sender", who, times=MOST_MESSAGES, seconds=600)
            reply = await _reply(message)
    except Refusal as refusal:
        reply = text_reply(message, i18n.text(f"refusals.{refusal.code}.fix"))
    except TimeoutError:
        log.warning("wechat.slow", kind=message.kind)
        reply = text_reply(message, _say("slow", url=settings().base_url))
    if reply:
        await cache.put(name, reply.encode(), seconds=REMEMBERED)
    return reply


async def _reply(message: Message) -> str:
    kind, fields = message.kind, message.fields
    if kind == "text":
        return text_reply(message, await _words(message.sender, intent(fields.get("Content", ""))))
    if kind == "event:CLICK":
        wanted = menu_intent(fields.get("EventKey", ""))
        return text_reply(message, await _words(message.sender, wanted))
    if kind in ("event:subscribe", "event:SCAN"):
        linked = await auth.person_by_openid(message.sender)
        known = "welcome_back" if linked else "welcome"
        return text_reply(message, _say(known, url=settings().base_url, link=_link_page()))
    if kind == "event:TEMPLATESENDJOBFINISH":
        await notices.wechat_reported(fields.get("MsgID", ""), fields.get("Status", ""))
        return NOTHING
    if kind.startswith("event:"):
        return NOTHING  # a kind that WeChat adds tomorrow must not break today's callback
    return text_reply(message, _say("only_text", url=settings().base_url))


async def _words(openid: str, wanted: Intent) -> str:
    if wanted.want is Want.HELP:
        return _say("help", url=settings().base_url)
    if wanted.want is Want.SEARCH:
        return _search(wanted.about)
    person_id = await auth.person_by_openid(openid)
    if person_id is None:
        return _say("link_first", link=_link_page())
    person = Actor("person", person_id)  # in a chat nobody chooses a capacity
    if wanted.want is Want.ONE_CASE:
        number = wanted.about
        for card in await cases.handed_in(person_id, lang=i18n.DEFAULT, count=1, number=number):
            return _line(card)
        return _line(await cases.case_card(person, number, lang=i18n.DEFAULT))
    found = (await cases.my_cases(person, cursor=None, lang=i18n.DEFAULT))["cases"]
    others = await cases.handed_in(person_id, lang=i18n.DEFAULT, count=SHOWN)
    if not found and not others:
        return _say("no_cases", url=settings().base_url)
    lines = [_line(card) for card in [*found[:SHOWN], *others]]
    if len(found) > SHOWN:
        lines.append(_say("more_cases", url=f"{settings().base_url}/cases"))
    return "\n\n".join(lines)


def _line(card: dict[str, object]) -> str:
    item, department = card["item"], card["department"]
    assert isinstance(item, dict)
    assert isinstance(department, dict)
    whose = card.get("for_whom")
    words = _say(
        "case",
        item=f"{i18n.text('notices.for_whom', name=whose) if whose else ''}{item['name']}",
        status=card["status_text"],
        department=department["name"],
        url=f"{settings().base_url}/cases/{card['number']}",
    )
    if card["due_on"]:
        words += "\n" + _say("due", due_on=card["due_on"])
    if card["needs_you"]:
        words += "\n" + _say("needs_you")
    return words


def _search(words: str) -> str:
    found = catalogue.list_items(q=words)[:SHOWN]
    base = settings().base_url
    if not found:
        return _say("nothing_found", url=base)
    lines = [f"{item['name']}\n{base}/items/{item['code']}" for item in found]
    return "\n\n".join([_say("found"), *lines])


def _link_page() -> str:
    return f"{settings().base_url}/space/settings?link=wechat"


def _say(code: str, **words: object) -> str:
    return i18n.text(f"wechat.{code}", i18n.DEFAULT, **words)
