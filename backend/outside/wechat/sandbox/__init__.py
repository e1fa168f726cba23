"""The WeChat platform, played for the demo city.

1. ``server.py`` answers our servers as ``api.weixin.qq.com`` does.
2. ``phone.py`` shows each demo person's phone: authorisation, received messages, the chat.
3. ``face.py`` answers the mini-program's face checks; whose face passes stands at its top.
4. ``push.py`` signs what a person types or taps and posts it to the city's callback.
5. ``platform.py`` is what it all remembers.

Demo people (``users.py``): liang 嘉欣, huang 黄伯, aygul 阿依古丽, ouyang 婉清 follow the account;
passer 路人 does not (43004); snapshot is the made-up person of a snapshot page.

Magic openids for template messages and user info:

    oMagicHangs      hangs until the caller gives up
    oMagicDown       503 with Retry-After
    oMagicStammers   answers with half a sentence
    oMagicBusy       errcode -1, the platform is busy
    oMagicQuota      errcode 45009, today's quota is used up

Codes: the authorisation page gives out one-use codes; ``wx.login`` codes are
``<person>.<anything>`` (``liang.1``), each good once; any code ``down`` or ``slow`` falls or hangs.
For tests: ``GET /messages?openid=`` and ``POST /token/{cancel|lose}``.
"""

import httpx2
from starlette.applications import Starlette
from starlette.routing import Route

from backend.outside.pages import assets
from backend.outside.wechat.crypto import Callback
from backend.outside.wechat.sandbox.face import Face
from backend.outside.wechat.sandbox.phone import Phone
from backend.outside.wechat.sandbox.platform import Platform
from backend.outside.wechat.sandbox.push import Push
from backend.outside.wechat.sandbox.server import Server


def build(
    *,
    platform: Platform | None = None,
    callback: Callback | None = None,
    city: httpx2.AsyncClient | None = None,
) -> Starlette:
    """The platform as an ASGI app. With ``callback`` and ``city`` (a client whose base address is
    the city's), phones can talk and receipts are pushed.
    """
    platform = platform or Platform()
    push = Push(platform, callback, city) if callback and city else None
    server, phone, face = Server(platform, push), Phone(platform, push), Face(platform)
    return Starlette(
        routes=[
            Route("/cgi-bin/stable_token", server.stable_token, methods=["POST"]),
            Route("/cgi-bin/message/template/send", server.send_template, methods=["POST"]),
            Route("/cgi-bin/user/info", server.user_info),
            Route("/cgi-bin/menu/create", server.create_menu, methods=["POST"]),
            Route("/sns/oauth2/access_token", server.web_user),
            Route("/sns/jscode2session", server.mini_user),
            Route("/cityservice/face/identify/getverifyid", face.open, methods=["POST"]),
            Route("/cityservice/face/identify/queryverifyinfo", face.result, methods=["POST"]),
            Route("/face/{verify_id}", face.act, methods=["POST"]),
            Route("/token/{how}", server.spoil_token, methods=["POST"]),
            Route("/messages", server.messages),
            Route("/", phone.index),
            Route("/authorize", phone.authorize),
            Route("/phone/{user}", phone.show),
            Route("/phone/{user}", phone.act, methods=["POST"]),
            *assets(),
        ]
    )


__all__ = ["Platform", "build"]
