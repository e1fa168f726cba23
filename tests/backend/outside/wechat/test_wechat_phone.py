"""A demo person's phone: what is typed reaches a callback signed, and its answer is shown."""

import asyncio

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from backend.outside.wechat.crypto import Callback, card_reply, text_reply
from backend.outside.wechat.sandbox import Platform, build, push

DOOR = Callback(token="t", aes_key="sandbox" * 6 + "0", appid="wx1")


class City:
    """A callback that answers with what it heard, and remembers it."""

    def __init__(self):
        self.heard = []
        self.has_heard = asyncio.Event()
        self.fail_first = 0
        self.mute = False
        self.card = False

    async def greet(self, request):
        return PlainTextResponse(DOOR.greet(request.query_params))

    async def hear(self, request):
        message = DOOR.open(request.query_params, await request.body())
        self.heard.append(message)
        self.has_heard.set()
        if self.fail_first:
            self.fail_first -= 1
            return Response(status_code=500)
        if self.mute:
            return PlainTextResponse("success")
        said = f"{message.kind}:{message.fields.get('Content') or message.fields.get('EventKey')}"
        if self.card:
            reply = card_reply(message, title=said, description="", url="http://x.example")
        else:
            reply = text_reply(message, said)
        return Response(DOOR.answer(message, reply))


@pytest.fixture
def city():
    return City()


@pytest.fixture
def phones(wire, city, monkeypatch):
    monkeypatch.setattr(push, "RECEIPT_AFTER", 0)
    routes = [
        Route("/wechat/official", city.greet),
        Route("/wechat/official", city.hear, methods=["POST"]),
    ]
    back = wire(Starlette(routes=routes))
    return wire(build(callback=DOOR, city=back))


async def type_on(phones, who="liang", **form):
    answer = await phones.post(f"/phone/{who}", data=form, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_a_text_and_its_answer_in_both_modes(phones, city, mode):
    shown = await type_on(phones, text="进度", mode=mode)
    assert "text:进度" in shown
    assert [message.safe for message in city.heard] == [mode == "safe"]


async def test_markup_typed_stays_text(phones, city):
    shown = await type_on(phones, text="]]><b>&amp;", mode="plain")
    assert city.heard[0].fields["Content"] == "]]><b>&amp;"
    assert "<b>" not in shown


async def test_menu_and_following(phones, city):
    assert "event:CLICK:progress" in await type_on(phones, click="progress")
    assert "关注公众号" in await type_on(phones, follow="0")
    assert "取消关注" in await type_on(phones, follow="1")
    assert [message.kind for message in city.heard] == [
        "event:CLICK",
        "event:unsubscribe",
        "event:subscribe",
    ]


async def test_a_card_is_shown_by_its_title(phones, city):
    city.card = True
    assert "text:进度" in await type_on(phones, text="进度", mode="plain")


async def test_a_failing_callback_is_tried_three_times_with_one_message(phones, city):
    city.fail_first = 2
    assert "text:进度" in await type_on(phones, text="进度")
    assert len({message.key for message in city.heard}) == 1
    assert len(city.heard) == 3
    city.fail_first = 3
    assert "该公众号提供的服务出现故障" in await type_on(phones, text="进度")


async def test_success_is_silence(phones, city):
    city.mute = True
    assert "theirs" not in await type_on(phones, text="进度")


async def test_a_delivered_message_is_receipted(phones, city):
    platform = Platform()
    query = {"appid": platform.appid, "secret": platform.secret}
    token = (await phones.post("/cgi-bin/stable_token", json=query)).json()["access_token"]
    data = {"thing1": "社保", "phrase2": "已受理", "character_string3": "1", "time4": "今天"}
    sent = await phones.post(
        f"/cgi-bin/message/template/send?access_token={token}",
        json={
            "touser": platform.users["liang"].openid,
            "template_id": platform.template,
            "url": "javascript:alert(1)",
            "data": {name: {"value": value} for name, value in data.items()},
        },
    )
    async with asyncio.timeout(5):
        await city.has_heard.wait()
    (receipt,) = city.heard
    assert receipt.kind == "event:TEMPLATESENDJOBFINISH"
    assert receipt.fields["MsgID"] == str(sent.json()["msgid"])
    shown = (await phones.get("/phone/liang")).text
    assert "事项名称" in shown
    assert "javascript:" not in shown
    assert "事项名称" not in (await phones.get("/phone/huang")).text


async def test_pages_are_strict(phones):
    for path in ("/", "/phone/liang"):
        answer = await phones.get(path)
        assert answer.status_code == 200
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "style=" not in answer.text
    assert (await phones.get("/phone/nobody")).status_code == 404


async def test_the_platform_greets_the_callback_address(wire, city):
    back = wire(Starlette(routes=[Route("/wechat/official", city.greet)]))
    assert await push.Push(Platform(), DOOR, back).verify()
    wrong = Callback(token="other", aes_key="sandbox" * 6 + "0", appid="wx1")
    deaf = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=back._transport.app, raise_app_exceptions=False),
        base_url="http://x",
    )
    assert not await push.Push(Platform(), wrong, deaf).verify()
