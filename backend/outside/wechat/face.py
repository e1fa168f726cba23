"""Face verification 2.0 in the mini-program (微信人脸核身 2.0): our side of the server interface.

1. ``open_check`` hands name and ID number to WeChat and gets a verify id (one hour, one use).
2. The page runs ``wx.requestFacialVerify`` with it. What the page then says is never believed.
3. ``result`` asks WeChat itself. Only errcode 0 with ``verify_ret`` 10000 counts, and only for
   the person whom ``cert_hash`` names: the digest of document type, name and number.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

import httpx2
from redis.asyncio import Redis

from backend.kernel import cache, http, settings
from backend.outside.wechat.account import SYSTEM, Account
from backend.outside.wire import DEADLINE, Down

PASSED = 10000
CERT_TYPE = "IDENTITY_CARD"


@dataclass(frozen=True, slots=True)
class FaceAnswer:
    """How a check ended; ``verify_ret`` is WeChat's own number, 10000 alone means passed."""

    passed: bool
    verify_ret: int


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose face: as on the ID card."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)

    @property
    def cert_hash(self) -> str:
        """Binds a result to this name and number (sha256 over the three in Base64)."""
        parts = {"cert_type": CERT_TYPE, "cert_name": self.name, "cert_no": self.id_number}
        joined = "&".join(
            f"{key}={b64encode(value.encode()).decode()}" for key, value in parts.items()
        )
        return sha256(joined.encode()).hexdigest()


class FaceVerification:
    """The mini-program's face checks. Every method raises ``wire.Down``."""

    def __init__(
        self,
        http: httpx2.AsyncClient,
        redis: Redis,
        *,
        appid: str,
        secret: str,
        deadline: float = DEADLINE,
    ) -> None:
        self._account = Account(http, redis, appid=appid, secret=secret, deadline=deadline)

    @classmethod
    def from_settings(cls) -> Self:
        """The mini-program the settings name."""
        chosen = settings.current()
        return cls(
            http.client(SYSTEM),
            cache.redis(),
            appid=chosen.wechat_mp_appid,
            secret=chosen.wechat_mp_secret,
            deadline=chosen.outside_timeout,
        )

    async def open_check(self, whose: Whose, *, openid: str, out_seq_no: str) -> str:
        """A verify id for ``wx.requestFacialVerify``; ``out_seq_no`` is ours and used once."""
        body = await self._account.call(
            "POST",
            "/cityservice/face/identify/getverifyid",
            json={
                "out_seq_no": out_seq_no,
                "cert_info": {
                    "cert_type": CERT_TYPE,
                    "cert_name": whose.name,
                    "cert_no": whose.id_number,
                },
                "openid": openid,
            },
        )
        verify_id = body.get("verify_id")
        if not isinstance(verify_id, str) or not 0 < len(verify_id) <= 256:
            raise Down(SYSTEM, "garbled")
        return verify_id

    async def result(
        self, whose: Whose, *, verify_id: str, out_seq_no: str, openid: str
    ) -> FaceAnswer:
        """How the check ended, from WeChat itself, for exactly this person."""
        body = await self._account.call(
            "POST",
            "/cityservice/face/identify/queryverifyinfo",
            json={
                "verify_id": verify_id,
                "out_seq_no": out_seq_no,
                "cert_hash": whose.cert_hash,
                "openid": openid,
            },
        )
        found = body.get("verify_ret")
        if not isinstance(found, int) or isinstance(found, bool):
            raise Down(SYSTEM, "garbled")
        return FaceAnswer(found == PASSED, found)
