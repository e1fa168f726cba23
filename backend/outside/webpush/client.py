"""Client of the browsers' push services (推送服务): one encrypted message to one subscription.

The wire is RFC 8030: ``POST`` to the subscription's address with ``TTL``, ``Urgency`` and
``Topic``. A service never sees the text. 404 and 410 mean the subscription is over; redirects are
not followed.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Self

import httpx2
import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from backend.kernel import http, privacy, settings
from backend.outside.webpush.encryption import (
    KeysUnusable,
    authorization,
    b64,
    encrypt,
    point,
)
from backend.outside.webpush.endpoint import check_keys, origin_of
from backend.outside.wire import DEADLINE, Down, exchange

SYSTEM = "webpush"
DAY = 86400
"""Seconds a service keeps a message for a browser that is off."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Order of the curve P-256."""


class Gone(Down):
    """The subscription is over (订阅已失效): forget it."""

    def __init__(self) -> None:
        super().__init__(SYSTEM, "refused", detail="gone", permanent=True)


class WebPush:
    """Sends messages under one VAPID key. Raises ``wire.Down``, of which ``Gone`` is one."""

    def __init__(
        self,
        http: httpx2.AsyncClient,
        *,
        key: ec.EllipticCurvePrivateKey,
        contact: str,
        also: tuple[str, ...] = (),
        deadline: float = DEADLINE,
    ) -> None:
        self._http = http
        self._key = key
        self._contact = contact
        self._also = also
        self._deadline = deadline

    @classmethod
    def from_settings(cls) -> Self:
        """The city's own sender; its key is one of the key file's named secrets (``vapid``)."""
        chosen = settings.current()
        return cls(
            http.client(SYSTEM),
            key=_key(),
            contact=chosen.webpush_contact,
            also=_also(),
            deadline=chosen.outside_timeout,
        )

    async def send(
        self,
        *,
        endpoint: str,
        keys: Mapping[str, str],
        message: Mapping[str, Any],
        key: str,
        topic: str = "",
        ttl: int = DAY,
        urgency: str = "normal",
    ) -> None:
        """Post one message.

        A waiting message with the same ``topic`` is replaced. ``key`` goes along as
        ``Idempotency-Key``: the browser makers' services ignore it, a service of one's own need
        not.
        """
        origin = origin_of(endpoint, also=self._also)
        try:
            body = encrypt(orjson.dumps(message), p256dh=keys["p256dh"], auth=keys["auth"])
        except (KeysUnusable, KeyError):
            raise Gone from None
        response = await exchange(
            self._http,
            SYSTEM,
            "POST",
            endpoint,
            deadline=self._deadline,
            ok=(200, 201, 202, 204, 404, 410),
            content=body,
            headers={
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(ttl),
                "Urgency": urgency,
                **({"Topic": _short(topic)} if topic else {}),
                "Idempotency-Key": _short(key),
                "Authorization": authorization(self._key, audience=origin, contact=self._contact),
            },
        )
        if response.status_code in (404, 410):
            raise Gone


def _short(text: str) -> str:
    """32 characters of base64url, as a Topic may have (RFC 8030 5.4); tells nothing of the text."""
    return b64(hashlib.sha256(text.encode()).digest()[:24])


def _key() -> ec.EllipticCurvePrivateKey:
    secret = int.from_bytes(privacy.ring().secret("vapid"), "big")
    return ec.derive_private_key(secret % (_ORDER - 1) + 1, ec.SECP256R1())


def _also() -> tuple[str, ...]:
    """Addresses beyond the browser makers': those of the settings, and the sandbox's."""
    chosen = settings.current()
    extra = tuple(chosen.webpush_hosts.replace(",", " ").split())
    if chosen.webpush_url != "sandbox":
        return extra
    return (*extra, f"{chosen.base_url}/sandbox/webpush")


def public_key() -> str:
    """The city's VAPID public key, base64url, for ``pushManager.subscribe``."""
    return b64(point(_key()))


def check_endpoint(endpoint: str) -> None:
    """Refuse an address of no known push service.

    Raises:
        Refusal: ``push_service_unknown``.
    """
    origin_of(endpoint, also=_also())


async def send(
    *, endpoint: str, keys: Mapping[str, str], message: Mapping[str, Any], key: str
) -> None:
    """``WebPush.send`` by the settings; a waiting message with the same ``tag`` is replaced."""
    topic = str(message.get("tag", ""))
    await WebPush.from_settings().send(
        endpoint=endpoint, keys=keys, message=message, key=key, topic=topic
    )


__all__ = ["Gone", "WebPush", "check_endpoint", "check_keys", "public_key", "send"]
