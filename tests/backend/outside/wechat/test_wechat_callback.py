"""The callback's door: WeChat's own vectors, both modes, and everything that is not WeChat."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel import clock
from backend.outside.wechat.crypto import (
    LARGEST,
    Callback,
    Message,
    Unreadable,
    card_reply,
    signature,
    text_reply,
)

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
STAMP, NONCE = str(int(NOW.timestamp())), "1514711492"
DOOR = Callback(token="t", aes_key="sandbox" * 6 + "0", appid="wx1")
TEXT = (
    "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oA]]></FromUserName>"
    "<CreateTime>1714036504</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[进度]]></Content><MsgId>23</MsgId></xml>"
)
GREETING = Message(
    {"ToUserName": "gh_1", "FromUserName": "oA", "CreateTime": "1", "MsgType": "text"}, safe=False
)


@pytest.fixture(autouse=True)
def _at_that_time():
    with clock.showing(NOW):
        yield


def signed(**more):
    return {"timestamp": STAMP, "nonce": NONCE, "signature": signature("t", STAMP, NONCE), **more}


def sealed(xml, door=DOOR):
    """A safe-mode push of ``xml``: query and body."""
    outer = ElementTree.fromstring(door.answer(Message({}, safe=True), xml))
    query = {
        "encrypt_type": "aes",
        "msg_signature": outer.findtext("MsgSignature"),
        "timestamp": outer.findtext("TimeStamp"),
        "nonce": outer.findtext("Nonce"),
    }
    return query, f"<xml><Encrypt>{outer.findtext('Encrypt')}</Encrypt></xml>".encode()


def test_the_vector_of_wechats_page_on_verification():
    given_by_wechat = "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert signature("AAAAA", "1714036504", "1514711492") == given_by_wechat
    door = Callback(token="AAAAA", aes_key="a" * 43, appid="wx1")
    query = {
        "signature": given_by_wechat,
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "4375120948345356249",
    }
    with clock.showing(datetime.fromtimestamp(1714036504, UTC)):
        assert door.greet(query) == "4375120948345356249"


def test_the_vector_of_wechats_sample_of_safe_mode():
    door = Callback(
        token="spamtest",
        aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        appid="wx2c2769f8efd9abc2",
    )
    encrypted = (
        "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8"
        "PGHQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jis"
        "a+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6"
        "X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl"
        "9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
    )
    query = {
        "encrypt_type": "aes",
        "msg_signature": "5d197aaffba7e9b25a30732f161a50dee96bd5fa",
        "timestamp": "1409735669",
        "nonce": "1320562132",
    }
    with clock.showing(datetime.fromtimestamp(1409735669, UTC)):
        message = door.open(query, f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode())
    assert (message.fields["Content"], message.key) == ("abcdteT", "msg:6054768590064713728")


def test_plain_and_safe_mode_say_the_same():
    plain = DOOR.open(signed(), TEXT.encode())
    safe = DOOR.open(*sealed(TEXT))
    assert plain.fields == safe.fields
    assert (plain.safe, safe.safe) == (False, True)
    assert (plain.kind, plain.sender, plain.account) == ("text", "oA", "gh_1")
    assert plain.fields["Content"] == "进度"


def test_the_reply_goes_back_in_the_mode_the_message_came():
    reply = text_reply(DOOR.open(*sealed(TEXT)), "您有 1 件办件")
    assert DOOR.answer(DOOR.open(signed(), TEXT.encode()), reply) == reply.encode()
    query, body = sealed(reply)
    assert b"Encrypt" in body
    assert DOOR.open(query, body).fields["Content"] == "您有 1 件办件"
    assert DOOR.answer(DOOR.open(*sealed(TEXT)), "") == b""


@pytest.mark.parametrize("seconds", [-301, 301])
@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_a_signature_grows_stale(seconds, mode):
    query, body = (signed(), TEXT.encode()) if mode == "plain" else sealed(TEXT)
    with clock.showing(NOW + timedelta(seconds=seconds)), pytest.raises(Unreadable, match="stale"):
        DOOR.open(query, body)


@pytest.mark.parametrize(
    "change",
    [
        {"signature": ""},
        {"signature": "é"},
        {"nonce": "2"},
        {"timestamp": "1"},
        {"timestamp": "²"},
        {"encrypt_type": "aes", "msg_signature": "0" * 40},
    ],
)
def test_what_wechat_did_not_sign_is_refused(change):
    with pytest.raises(Unreadable, match="signature"):
        DOOR.open(signed(**change), TEXT.encode())
    with pytest.raises(Unreadable):
        DOOR.greet(signed(**change) | {"signature": change.get("signature", "0")})


@pytest.mark.parametrize("stamp", ["", "x", "-1", "1e9", "9" * 13, "²"])
def test_a_time_that_is_none_is_stale_even_when_signed(stamp):
    query = {"timestamp": stamp, "nonce": NONCE, "signature": signature("t", stamp, NONCE)}
    with pytest.raises(Unreadable, match="stale"):
        DOOR.open(query, TEXT.encode())


def test_a_message_for_another_account_is_refused():
    other = Callback(token="t", aes_key="sandbox" * 6 + "0", appid="wx2")
    with pytest.raises(Unreadable, match="body"):
        DOOR.open(*sealed(TEXT, other))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"success",
        b'{"ToUserName":"x"}',
        b"<xml>",
        b"<xml/>",
        b"<xml><MsgType>text</MsgType></xml>",
        TEXT.replace("<FromUserName><![CDATA[oA]]></FromUserName>", "").encode(),
        b'<!DOCTYPE x [<!ENTITY a "b">]>' + TEXT.encode(),
        b"<?php ?>" + TEXT.encode(),
        TEXT.encode().replace(b"MsgId", b"\xff"),
        TEXT.encode("utf-16"),
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + TEXT).encode("utf-16"),
        b"<a>" * 5000 + TEXT.encode(),
        TEXT.encode() + b" " * LARGEST,
    ],
)
def test_a_body_that_is_no_message_is_refused(body):
    with pytest.raises(Unreadable, match="body"):
        DOOR.open(signed(), body)


@given(body=st.binary(max_size=300))
def test_garbage_is_one_exception_in_plain_mode(body):
    with clock.showing(NOW), pytest.raises(Unreadable):
        DOOR.open(signed(), body)


@given(encrypted=st.one_of(st.binary(max_size=200).map(bytes.hex), st.text(max_size=80)))
def test_garbage_is_one_exception_in_safe_mode_even_when_signed(encrypted):
    encrypted = "".join(c for c in encrypted if c.isprintable() and c not in "<>&").strip()
    query = signed(encrypt_type="aes", msg_signature=signature("t", STAMP, NONCE, encrypted))
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    with clock.showing(NOW), pytest.raises(Unreadable):
        DOOR.open(query, body)


@given(content=st.text(max_size=400))
def test_no_content_breaks_out_of_a_reply(content):
    for reply in (
        text_reply(GREETING, content),
        card_reply(GREETING, title=content, description=content, url="https://x.example"),
    ):
        root = ElementTree.fromstring(reply)
        assert root.findtext("ToUserName") == "oA"
        assert root.findtext("FromUserName") == "gh_1"
        assert len(root.findall("ToUserName")) == 1


def test_a_reply_keeps_its_words():
    hostile = "a]]><ToUserName>x</ToUserName>\x00\ud800b"
    assert ElementTree.fromstring(text_reply(GREETING, hostile)).findtext("Content") == (
        "a]]><ToUserName>x</ToUserName>b"
    )


def test_a_long_reply_is_cut_between_characters():
    content = ElementTree.fromstring(text_reply(GREETING, "字" * 2000)).findtext("Content")
    assert set(content) == {"字"}
    assert 2030 <= len(content.encode()) <= 2048


@pytest.mark.parametrize(
    ("fields", "kind", "key"),
    [
        ({"MsgType": "text", "MsgId": "5"}, "text", "msg:5"),
        (
            {"MsgType": "event", "Event": "subscribe"},
            "event:subscribe",
            "event:oA:9:event:subscribe:",
        ),
        (
            {"MsgType": "event", "Event": "CLICK", "EventKey": "progress"},
            "event:CLICK",
            "event:oA:9:event:CLICK:progress",
        ),
        ({"MsgType": "event", "Event": "of_tomorrow"}, "event:of_tomorrow", None),
    ],
)
def test_kinds_and_what_makes_repeats_recognisable(fields, kind, key):
    whole = {"ToUserName": "gh_1", "FromUserName": "oA", "CreateTime": "9", **fields}
    message = Message(whole, safe=False)
    assert message.kind == kind
    assert key in (None, message.key)


def test_a_message_never_shows_itself():
    assert "进度" not in repr(DOOR.open(signed(), TEXT.encode()))
