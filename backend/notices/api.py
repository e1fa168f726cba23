"""HTTP of the notices: what was seen, and push subscriptions.

The inbox itself is handed out by the cases above, which record who reads it.
"""

from typing import Annotated, Literal

from pydantic import Field

from backend.kernel import web
from backend.notices import usecases
from backend.notices.shapes import Id

Base64Url = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+={0,2}$", max_length=200)]


class ReadIn(web.Schema):
    """Which notices were seen."""

    ids: Annotated[list[Id], Field(max_length=200)] | Literal["all"]


class PushOut(web.Schema):
    """What a browser needs to subscribe (VAPID public key, base64url)."""

    public_key: str
    subscribed_devices: int


class PushKeys(web.Schema):
    """Keys of a browser's subscription (RFC 8291)."""

    p256dh: Base64Url
    auth: Base64Url


class SubscriptionIn(web.Schema):
    """A browser's subscription as ``PushSubscription.toJSON()`` gives it."""

    endpoint: Annotated[str, Field(max_length=1000)]
    keys: PushKeys


class EndpointIn(web.Schema):
    """Which browser to forget."""

    endpoint: Annotated[str, Field(max_length=1000)]


async def read_notices(call: web.Call) -> object:
    """Mark as read."""
    ids = None if call.body.ids == "all" else call.body.ids
    await usecases.mark_read(call.actor, ids)
    return None


async def push_state(call: web.Call) -> object:
    """The public key and how many devices are subscribed."""
    return await usecases.push_state(call.actor.id)


async def subscribe_push(call: web.Call) -> object:
    """Allow this browser to be woken."""
    keys = {"p256dh": call.body.keys.p256dh, "auth": call.body.keys.auth}
    await usecases.subscribe(call.actor.id, endpoint=call.body.endpoint, keys=keys)
    return await usecases.push_state(call.actor.id)


async def unsubscribe_push(call: web.Call) -> object:
    """Take that back."""
    await usecases.unsubscribe(call.actor.id, call.body.endpoint)
    return None


ROUTES = (
    web.route(
        "POST", "/api/notices/read", read_notices, actor=web.PERSON, acts="view",
        body=ReadIn, status=204,
        summary="Mark notices as read",
    ),
    web.route(
        "GET", "/api/push", push_state, actor=web.PERSON, returns=PushOut,
        summary="What a browser needs to subscribe to push",
    ),
    web.route(
        "POST", "/api/push/subscriptions", subscribe_push, actor=web.PERSON, body=SubscriptionIn,
        returns=PushOut, status=201, summary="Allow this browser to be woken",
    ),
    web.route(
        "DELETE", "/api/push/subscriptions", unsubscribe_push, actor=web.PERSON, body=EndpointIn,
        status=204, summary="No longer wake this browser",
    ),
)  # fmt: skip
