"""The callback's door (消息推送): is it WeChat, what does it say, how do we answer.

wechatpy does the safe mode's encryption and renders replies; around it stand what it lacks:
signatures compared in constant time, a time window against replays, one exception for all bad
input, and ``]]>`` that cannot break out.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from xml.etree import ElementTree

from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.replies import ArticlesReply, TextReply

from backend.kernel import clock, settings

WINDOW = 300
"""Seconds a signature's time may differ from ours."""
LARGEST = 64 * 1024
"""Bytes of a message; WeChat's own are a few kilobytes."""


class Unreadable(Exception):
    """Not a message from WeChat (非法推送).

    ``reason`` is ``signature``, ``stale`` or ``body``; nothing of the content is kept.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, repr=False)
class Message:
    """A message or event, as the flat mapping WeChat sent; new kinds need no change here."""

    fields: Mapping[str, str]
    safe: bool
    """Came encrypted, so the reply goes encrypted."""

    @property
    def sender(self) -> str:
        """The person's openid."""
        return self.fields["FromUserName"]

    @property
    def account(self) -> str:
        """The official account's own name, the sender of replies."""
        return self.fields["ToUserName"]

    @property
    def kind(self) -> str:
        """``text``, ``image``, … or, for events, ``event:subscribe``, ``event:CLICK``, …"""
        kind = self.fields["MsgType"]
        return f"event:{self.fields.get('Event', '')}" if kind == "event" else kind

    @property
    def key(self) -> str:
        """What makes WeChat's repeats of one message recognisable (消息排重)."""
        if number := self.fields.get("MsgId"):
            return f"msg:{number}"
        parts = (self.sender, self.fields["CreateTime"], self.kind, self.fields.get("EventKey", ""))
        return "event:" + ":".join(parts)


class Callback:
    """Checks, opens and answers what WeChat posts to one account's callback address."""

    def __init__(self, *, token: str, aes_key: str, appid: str) -> None:
        self._token = token
        self._appid = appid
        self._crypto = WeChatCrypto(token, aes_key, appid)

    @classmethod
    def from_settings(cls) -> Self:
        """The official account's callback as the settings have it."""
        chosen = settings.current()
        return cls(
            token=chosen.wechat_oa_token,
            aes_key=chosen.wechat_oa_aes_key,
            appid=chosen.wechat_oa_appid,
        )

    def greet(self, query: Mapping[str, str]) -> str:
        """The ``echostr`` to send back when WeChat verifies the address. Raises ``Unreadable``."""
        self._check(query.get("signature", ""), query)
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes) -> Message:
        """The message in a request, plain or safe mode. Raises ``Unreadable``."""
        if len(body) > LARGEST:
            raise Unreadable("body")
        safe = query.get("encrypt_type", "raw") == "aes"
        if not safe:
            self._check(query.get("signature", ""), query)
            return Message(_message_fields(body), safe=False)
        encrypted = _fields(body).get("Encrypt", "")
        self._check(query.get("msg_signature", ""), query, encrypted)
        try:
            inner = PrpCrypto(self._crypto.key).decrypt(encrypted, self._appid)
        except Exception:  # noqa: BLE001  at least six kinds come out, all meaning the same
            raise Unreadable("body") from None
        return Message(_message_fields(inner.encode()), safe=True)

    def answer(self, message: Message, reply: str) -> bytes:
        """The reply's XML as it goes back: encrypted and signed when the message came so."""
        if not message.safe or not reply:
            return reply.encode()
        stamp = str(int(clock.now().timestamp()))
        sealed: str = self._crypto.encrypt_message(reply, secrets.token_hex(8), stamp)
        return sealed.encode()

    def signed_query(self, stamp: str = "", nonce: str = "") -> dict[str, str]:
        """Query parameters as WeChat signs them, for those who play WeChat."""
        stamp = stamp or str(int(clock.now().timestamp()))
        nonce = nonce or secrets.token_hex(8)
        sealed = signature(self._token, stamp, nonce)
        return {"signature": sealed, "timestamp": stamp, "nonce": nonce}

    def _check(self, given: str, query: Mapping[str, str], *more: str) -> None:
        stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        expected = signature(self._token, stamp, nonce, *more)
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise Unreadable("signature")
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            raise Unreadable("stale")
        if abs(int(stamp) - clock.now().timestamp()) > WINDOW:
            raise Unreadable("stale")


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts: token, timestamp, nonce and, in safe mode, the body."""
    joined = "".join(sorted(parts))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


def text_reply(message: Message, content: str) -> str:
    """A text answering a message; WeChat cuts at 2,048 bytes, so does this, between characters."""
    kept = _NOT_XML.sub("", content).encode()[:2040].decode(errors="ignore")
    reply = TextReply(source=message.account, target=message.sender, content=inside_cdata(kept))
    xml: str = reply.render()
    return xml


def card_reply(message: Message, *, title: str, description: str, url: str, image: str = "") -> str:
    """One picture-and-text card (图文消息) answering a message."""
    reply = ArticlesReply(source=message.account, target=message.sender)
    texts = {"title": title, "description": description, "url": url, "image": image}
    reply.add_article({name: inside_cdata(text) for name, text in texts.items()})
    xml: str = reply.render()
    return xml


def _message_fields(body: bytes) -> dict[str, str]:
    fields = _fields(body)
    if not all(
        fields.get(name) for name in ("FromUserName", "ToUserName", "CreateTime", "MsgType")
    ):
        raise Unreadable("body")
    return fields


_DECLARATION = re.compile(r"<!(?!\[CDATA\[)|<\?(?!xml\s)")


def _fields(body: bytes) -> dict[str, str]:
    """The children of ``<xml>`` by name; deeper structures (of kinds we do not use) become ''."""
    try:
        # WeChat writes UTF-8; another encoding would carry declarations past the look for them
        text = body.decode()
        if _DECLARATION.search(text):
            raise Unreadable("body")
        root = ElementTree.fromstring(text)  # noqa: S314  declarations are refused above
    except (ElementTree.ParseError, ValueError, LookupError):
        raise Unreadable("body") from None
    return {child.tag: (child.text or "").strip() for child in root}


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def inside_cdata(text: str) -> str:
    """Text that stays inside its CDATA section and is legal XML 1.0."""
    return _NOT_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>")
