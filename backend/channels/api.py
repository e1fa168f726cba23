"""WeChat's side of the door: verification and messages, plain and safe mode."""

from functools import lru_cache

from backend.channels import usecases
from backend.kernel import errors, settings, web
from backend.outside.wechat.crypto import LARGEST, Callback, Unreadable


@lru_cache(maxsize=4)
def _callback(token: str, aes_key: str, appid: str) -> Callback:
    return Callback(token=token, aes_key=aes_key, appid=appid)


def callback() -> Callback:
    """The official account's callback as the settings describe it."""
    chosen = settings.current()
    return _callback(chosen.wechat_oa_token, chosen.wechat_oa_aes_key, chosen.wechat_oa_appid)


async def greet_wechat(call: web.Call) -> object:
    """WeChat verifies the address."""
    try:
        echo = callback().greet(call.request.query_params)
    except Unreadable as unreadable:
        raise errors.not_allowed("not_from_wechat", reason=unreadable.reason) from None
    return web.Reply(echo.encode(), media_type="text/plain")


async def hear_wechat(call: web.Call) -> object:
    """WeChat brings a message; the answer goes back in the same breath."""
    body = bytearray()
    async for part in call.request.stream():
        body += part
        if len(body) > LARGEST:
            raise errors.invalid("body_too_large", limit_kb=LARGEST // 1024)
    door = callback()
    try:
        message = door.open(call.request.query_params, bytes(body))
    except Unreadable as unreadable:
        if unreadable.reason == "body":
            raise errors.invalid("body_unreadable") from None
        raise errors.not_allowed("not_from_wechat", reason=unreadable.reason) from None
    reply = await usecases.answer(message)
    if not reply:
        return web.Reply(b"success", media_type="text/plain")
    return web.Reply(door.answer(message, reply), media_type="application/xml")


ROUTES = (
    web.route(
        "GET", "/wechat/official", greet_wechat, actor=web.SIGNED, media_type="text/plain",
        summary="WeChat verifies the callback address",
    ),
    web.route(
        "POST", "/wechat/official", hear_wechat, actor=web.SIGNED, raw=True, limit=LARGEST,
        media_type="application/xml", summary="WeChat brings a message",
    ),
)  # fmt: skip
