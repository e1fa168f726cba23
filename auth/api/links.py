"""Which WeChat accounts lead to the person (登录方式)."""

from typing import Literal

from auth.api.door import LINKING
from auth.api.visit import needed_live, visitor_of
from auth.models import links as rows
from auth.usecases import links
from backend.kernel import clock, web
from backend.kernel.web import Call, Reply, Schema


class WechatView(Schema):
    """One WeChat account and the city's apps that know it."""

    id: str
    apps: list[Literal["official", "miniprogram"]]
    linked_at: str


class LinkList(Schema):
    """The person's WeChat accounts."""

    wechat: list[WechatView]


async def list_links(call: Call) -> LinkList:
    """Which WeChat accounts lead to me."""
    return LinkList(
        wechat=[
            WechatView(id=one.id, apps=list(one.apps), linked_at=clock.rfc3339(one.linked_at))
            for one in await rows.accounts(call.actor.id)
        ]
    )


async def remove_link(call: Call) -> Reply:
    """Untie one WeChat account."""
    await links.remove_account(await needed_live(call), call.path["id"], visitor_of(call))
    return Reply(status=204)


TAGS = ("auth",)
ROUTES = (
    web.route("GET", "/auth/links", list_links, actor=web.PERSON, returns=LinkList,
              summary="Which WeChat accounts lead to me (绑定的微信)", tags=TAGS),
    web.route("DELETE", "/auth/links/{id}", remove_link, actor=web.PERSON, fresh=LINKING,
              status=204, summary="Untie one WeChat account (解除一个微信)", tags=TAGS),
)  # fmt: skip
