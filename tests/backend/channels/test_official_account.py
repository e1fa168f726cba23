"""The official account, spoken to as WeChat speaks: plain and safe mode, over HTTP."""

import re
import secrets
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from backend.kernel import clock
from backend.outside.wechat.crypto import signature
from tests import city as made
from tests.city import Visitor
from tests.conftest import OpenCity

OPENID = "oDemo_" + "Liang".ljust(22, "0")
ACCOUNT = "gh_yimen"


class WeChat:
    """WeChat's servers, calling the city's callback."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._chosen = visitor.city.settings
        self._crypto = WeChatCrypto(
            self._chosen.wechat_oa_token, self._chosen.wechat_oa_aes_key,
            self._chosen.wechat_oa_appid,
        )  # fmt: skip

    def stamp(self) -> dict[str, str]:
        return {"timestamp": str(int(clock.now().timestamp())), "nonce": secrets.token_hex(6)}

    def signed(self, *more: str, **changed: str) -> dict[str, str]:
        query = self.stamp() | changed
        parts = (self._chosen.wechat_oa_token, query["timestamp"], query["nonce"], *more)
        return {"signature": signature(*parts)} | query | changed

    async def post(self, xml: str, query: dict[str, str]) -> tuple[int, str]:
        headers = {"content-type": "text/xml"}
        answer = await self._visitor.ask(
            "POST", "/wechat/official", content=xml.encode(), params=query, headers=headers
        )
        return answer.status_code, answer.text

    async def say(self, text: str, **more: Any) -> str:
        """A text message in plain mode; the reply's text."""
        _, body = await self.post(message(text, **more), self.signed())
        return reply_text(body)

    async def say_safely(self, text: str) -> str:
        """The same in safe mode; the reply is opened again."""
        query = self.stamp()
        sealed = self._crypto.encrypt_message(message(text), query["nonce"], query["timestamp"])
        inner = field("Encrypt", sealed)
        query |= {
            "encrypt_type": "aes",
            "msg_signature": signature(
                self._chosen.wechat_oa_token, query["timestamp"], query["nonce"], inner
            ),
        }
        status, body = await self.post(f"<xml><Encrypt>{inner}</Encrypt></xml>", query)
        assert status == 200
        opened = self._crypto.decrypt_message(
            body, field("MsgSignature", body), field("TimeStamp", body), field("Nonce", body)
        )
        return reply_text(opened)


def field(name: str, xml: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", xml, re.DOTALL)
    assert found, xml
    return found.group(1)


def reply_text(xml: str) -> str:
    return field("Content", xml) if "<Content>" in xml else xml


def message(text: str, *, number: str | None = None, sender: str = OPENID) -> str:
    number = number or str(secrets.randbits(60))
    return (
        f"<xml><ToUserName>{ACCOUNT}</ToUserName><FromUserName>{sender}</FromUserName>"
        f"<CreateTime>{int(clock.now().timestamp())}</CreateTime><MsgType>text</MsgType>"
        f"<Content>{escape(text)}</Content><MsgId>{number}</MsgId></xml>"
    )


def event(kind: str, **more: str) -> str:
    extra = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in more.items())
    return (
        f"<xml><ToUserName>{ACCOUNT}</ToUserName><FromUserName>{OPENID}</FromUserName>"
        f"<CreateTime>{int(clock.now().timestamp())}</CreateTime><MsgType>event</MsgType>"
        f"<Event>{kind}</Event>{extra}</xml>"
    )


async def wechat(city: OpenCity) -> WeChat:
    return WeChat(await made.visitor(city))


async def test_wechat_verifies_the_address(embedded_city: OpenCity) -> None:
    said = await wechat(embedded_city)
    person = await made.visitor(embedded_city)
    query = said.signed() | {"echostr": "5837<&>"}
    answer = await person.ask("GET", "/wechat/official", params=query, expect=200)
    assert answer.text == "5837<&>"
    query["signature"] = "0" * 40
    wrong = await person.ask("GET", "/wechat/official", params=query, expect=403)
    assert wrong.json()["code"] == "not_from_wechat"


async def test_progress_is_told_once_the_account_is_linked(city_app: OpenCity) -> None:
    said = await wechat(city_app)
    assert "绑定" in await said.say("进度")
    person = await made.resident(city_app)
    await person.link_wechat()
    assert "还没有办件" in await said.say("进度")
    case = await person.submit("fund-rent-withdrawal")
    for told in (await said.say("进度"), await said.say_safely("我的办件"),
                 await said.say(case["number"])):  # fmt: skip
        assert "租房提取" in told
        assert case["number"] in told
        assert "佛山市住房公积金管理中心" in told
    _, clicked = await said.post(event("CLICK", EventKey="progress"), said.signed())
    assert "租房提取" in clicked


async def test_nobody_is_told_of_somebody_elses_case(city_app: OpenCity) -> None:
    person = await made.resident(city_app)
    case = await person.submit("fund-rent-withdrawal")
    elder = await made.resident(city_app, made.ELDER)
    await elder.link_wechat()
    said = await wechat(city_app)
    told = await said.say(case["number"])
    assert "租房" not in told
    assert told


async def test_a_repeated_message_gets_the_same_answer_and_no_second_work(
    city_app: OpenCity,
) -> None:
    said = await wechat(city_app)
    first = await said.say("进度", number="77")
    person = await made.resident(city_app)
    await person.link_wechat()
    assert await said.say("进度", number="77") == first, "WeChat repeats what it believes unheard"
    assert await said.say("进度", number="78") != first


async def test_a_service_is_found_by_everyday_words(embedded_city: OpenCity) -> None:
    said = await wechat(embedded_city)
    assert "/items/social-security-card" in await said.say("我想办社保卡")
    assert "换个说法" in await said.say("量子纠缠")


@pytest.mark.parametrize(
    ("kind", "more", "says"),
    [
        ("subscribe", {}, "欢迎"), ("subscribe", {"EventKey": "last_trade_no_1"}, "欢迎"),
        ("SCAN", {"EventKey": "x"}, "欢迎"), ("CLICK", {"EventKey": "help"}, "进度"),
        ("unsubscribe", {}, "success"), ("VIEW", {"EventKey": "http://x"}, "success"),
        ("something_new_next_year", {}, "success"),
        ("TEMPLATESENDJOBFINISH", {"MsgID": "1", "Status": "success"}, "success"),
    ],
)  # fmt: skip
async def test_every_event_gets_an_answer_wechat_understands(
    embedded_city: OpenCity, kind: str, more: dict[str, str], says: str
) -> None:
    said = await wechat(embedded_city)
    status, body = await said.post(event(kind, **more), said.signed())
    assert status == 200
    assert says in body


async def test_a_picture_is_answered_with_what_is_understood(embedded_city: OpenCity) -> None:
    said = await wechat(embedded_city)
    picture = message("x").replace("<MsgType>text", "<MsgType>image")
    _, body = await said.post(picture, said.signed())
    assert "文字" in reply_text(body)


async def test_a_text_cannot_break_out_of_the_reply(embedded_city: OpenCity) -> None:
    said = await wechat(embedded_city)
    _, body = await said.post(message("]]><Injected/>"), said.signed())
    assert "<Injected/>" not in body


async def test_an_old_or_forged_message_is_refused(embedded_city: OpenCity) -> None:
    said = await wechat(embedded_city)
    old = said.signed(timestamp=str(int(clock.now().timestamp()) - 301))
    assert (await said.post(message("进度"), old))[0] == 403
    forged = said.signed() | {"nonce": "other"}
    assert (await said.post(message("进度"), forged))[0] == 403
    assert (await said.post(message("进度"), {}))[0] == 403
    assert (await said.post("<xml>", said.signed()))[0] == 400
    assert (await said.post(" " * 70_000, said.signed()))[0] == 413


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=400))
async def test_no_garbage_breaks_the_callback(embedded_city: OpenCity, body: bytes) -> None:
    said = await wechat(embedded_city)
    answer = await said._visitor.ask(
        "POST", "/wechat/official", content=body, params=said.signed() | {"encrypt_type": "aes"}
    )
    assert 400 <= answer.status_code < 500
