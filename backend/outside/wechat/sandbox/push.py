"""What WeChat pushes to the city's callback: signed, plain or safe, three tries of five seconds."""

import asyncio
import secrets
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx2

from backend.kernel import clock
from backend.outside.wechat.crypto import Callback, Message, Unreadable, inside_cdata
from backend.outside.wechat.sandbox.platform import Platform
from backend.outside.wechat.sandbox.users import User

ADDRESS = "/wechat/official"
PATIENCE = 5.0
"""Seconds WeChat waits for an answer, each of three times."""
RECEIPT_AFTER = 0.3
"""Seconds after which a template message's receipt follows."""
OUT_OF_ORDER = "该公众号提供的服务出现故障，请稍后再试"


class Push:
    """Posts messages and events as the platform does."""

    def __init__(self, platform: Platform, callback: Callback, city: httpx2.AsyncClient) -> None:
        self._platform = platform
        self._callback = callback
        self._city = city

    async def verify(self) -> bool:
        """Whether the callback address answers the platform's greeting (验证服务器地址)."""
        echo = secrets.token_hex(8)
        query = {**self._callback.signed_query(), "echostr": echo}
        answer = await self._city.get(ADDRESS, params=query, timeout=PATIENCE)
        return answer.status_code == 200 and answer.text == echo

    async def text(self, user: User, content: str, *, safe: bool) -> None:
        """A person types something; both lines appear in the chat."""
        self._platform.say(user, content, mine=True)
        fields = {"MsgType": "text", "Content": content, "MsgId": str(secrets.randbits(62))}
        await self._deliver(user, fields, safe=safe)

    async def event(self, user: User, name: str, key: str = "", *, safe: bool = False) -> None:
        """A person follows, leaves, or taps the menu."""
        await self._deliver(user, {"MsgType": "event", "Event": name, "EventKey": key}, safe=safe)

    async def receipt(self, user: User, msgid: int) -> None:
        """How a template message ended; comes a moment after it was taken."""
        await asyncio.sleep(RECEIPT_AFTER)
        fields = {
            "MsgType": "event",
            "Event": "TEMPLATESENDJOBFINISH",
            "MsgID": str(msgid),
            "Status": "success",
        }
        await self._deliver(user, fields, safe=False)

    async def _deliver(self, user: User, fields: dict[str, str], *, safe: bool) -> None:
        whole = {
            "ToUserName": self._platform.account,
            "FromUserName": user.openid,
            "CreateTime": str(int(clock.now().timestamp())),
            **fields,
        }
        body = _xml(whole)
        query = {**self._callback.signed_query(), "openid": user.openid}
        if safe:
            sealed = self._callback.answer(Message(whole, safe=True), body)
            outer = ElementTree.fromstring(sealed)  # noqa: S314  we have just made it
            stamp, nonce = outer.findtext("TimeStamp", ""), outer.findtext("Nonce", "")
            encrypted = outer.findtext("Encrypt", "")
            body = _xml({"ToUserName": self._platform.account, "Encrypt": encrypted})
            query |= self._callback.signed_query(stamp, nonce)
            query |= {"encrypt_type": "aes", "msg_signature": outer.findtext("MsgSignature", "")}
        for _ in range(3):
            answer = await self._post(query, body)
            if answer is not None:
                self._hear(user, answer, safe=safe)
                return
        if fields["MsgType"] == "text" or fields.get("Event") == "CLICK":
            self._platform.say(user, OUT_OF_ORDER, mine=False)

    async def _post(self, query: dict[str, str], body: str) -> bytes | None:
        headers = {"Content-Type": "text/xml"}
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._city.post(
                    ADDRESS, params=query, content=body.encode(), headers=headers
                )
        except (TimeoutError, httpx2.HTTPError):
            return None
        return answer.content if answer.status_code == 200 else None

    def _hear(self, user: User, answer: bytes, *, safe: bool) -> None:
        """Show the reply as WeChat would: nothing for ``success``, a complaint for nonsense."""
        if answer in (b"", b"success"):
            return
        try:
            text = self._read(answer, safe=safe)
        except (Unreadable, ElementTree.ParseError):
            text = OUT_OF_ORDER
        self._platform.say(user, text, mine=False)

    def _read(self, answer: bytes, *, safe: bool) -> str:
        if safe:
            outer = ElementTree.fromstring(answer)  # noqa: S314  the city's own answer
            query = {
                "encrypt_type": "aes",
                "timestamp": outer.findtext("TimeStamp", ""),
                "nonce": outer.findtext("Nonce", ""),
                "msg_signature": outer.findtext("MsgSignature", ""),
            }
            fields = self._callback.open(query, answer).fields
            return fields.get("Content") or "［图文消息］"
        root = ElementTree.fromstring(answer)  # noqa: S314  the city's own answer
        titles = [title.text or "" for title in root.iter("Title")]
        return root.findtext("Content") or " ".join(titles) or OUT_OF_ORDER


def _xml(fields: dict[str, str]) -> str:
    numbers = {"CreateTime", "MsgId", "MsgID"}
    parts = (
        f"<{name}>{escape(value)}</{name}>"
        if name in numbers
        else f"<{name}><![CDATA[{inside_cdata(value)}]]></{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{''.join(parts)}</xml>"
