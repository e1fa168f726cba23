"""WeChat's face verification, played: the server interface and the face before the camera.

Whose face passes is decided by the ID number that the check was opened for:

    every demo person      passes (verify_ret 10000)
    440604198501050193     another face (90300)
    440604198501010116     hangs when the result is asked for
    440604198501020189     is down when the result is asked for: 503
    44060419850103015X     the check cannot be opened: errcode 40003001

``POST /face/{verify_id}`` is the person in front of the camera: ``{"does": "pass"}``, or
``cancel`` (90003), ``timeout`` (90100), ``stranger`` (90300: somebody else's face). Until then the
result is "still running". A result is given for an hour, to the openid and the cert_hash
that the check was opened with; that it counts once is the city's own business. The errcodes
40003000 to 40003004 are this sandbox's own: WeChat's pages name only 10000 and the 90001.. family.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from backend.kernel import clock
from backend.outside.demo import Trouble, suffer
from backend.outside.wechat.face import CERT_TYPE, PASSED, Whose
from backend.outside.wechat.sandbox.platform import Platform

LIFE = 3600
"""Seconds a verify id lives."""
CANNOT_OPEN = "44060419850103015X"
OTHER_FACE = "440604198501050193"
TROUBLES = {"440604198501010116": Trouble.HANGS, "440604198501020189": Trouble.DOWN}
DOES = {"pass": PASSED, "cancel": 90003, "timeout": 90100, "stranger": 90300}

_SEQUENCE = re.compile(r"[0-9A-Za-z_-]{5,32}", re.ASCII)


@dataclass
class Check:
    """One check, from opening to its answer."""

    whose: Whose
    openid: str
    out_seq_no: str
    until: float
    verify_ret: int | None = None


class Face:
    """The checks that are open."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._open: dict[str, Check] = {}
        self._sequences: set[str] = set()

    async def open(self, request: Request) -> Response:
        """``POST /cityservice/face/identify/getverifyid``."""
        asked = await self._asked(request)
        if asked is None:
            return _error(40001, "invalid credential")
        about = asked.get("cert_info")
        sequence = str(asked.get("out_seq_no", ""))
        if not isinstance(about, dict) or about.get("cert_type") != CERT_TYPE:
            return _error(47001, "cert_info")
        if not _SEQUENCE.fullmatch(sequence) or sequence in self._sequences:
            return _error(40003003, "out_seq_no")
        openid = str(asked.get("openid", ""))
        if openid not in {user.mini_openid for user in self._platform.users.values()}:
            return _error(40003, "invalid openid")
        whose = Whose(str(about.get("cert_name")), str(about.get("cert_no")))
        if whose.id_number == CANNOT_OPEN:
            return _error(40003001, "cert_info refused")
        self._sequences.add(sequence)
        verify_id = secrets.token_urlsafe(48)
        until = clock.now().timestamp() + LIFE
        self._open[verify_id] = Check(whose, openid, sequence, until)
        return JSONResponse({"errcode": 0, "verify_id": verify_id, "expires_in": LIFE})

    async def act(self, request: Request) -> Response:
        """For phones and tests: what the person does before the camera."""
        check = self._open.get(request.path_params["verify_id"])
        try:
            does = str((await request.json())["does"])
        except (ValueError, TypeError, KeyError):
            return Response(status_code=400)
        if check is None or does not in DOES:
            return Response(status_code=404)
        check.verify_ret = DOES[does]
        if does == "pass" and check.whose.id_number == OTHER_FACE:
            check.verify_ret = DOES["stranger"]
        return JSONResponse({"verify_ret": check.verify_ret})

    async def result(self, request: Request) -> Response:
        """``POST /cityservice/face/identify/queryverifyinfo``."""
        asked = await self._asked(request)
        if asked is None:
            return _error(40001, "invalid credential")
        verify_id = str(asked.get("verify_id", ""))
        check = self._open.get(verify_id)
        if check is None or check.until < clock.now().timestamp():
            return _error(40003002, "verify_id expired")
        expected = (check.openid, check.out_seq_no, check.whose.cert_hash)
        if (asked.get("openid"), asked.get("out_seq_no"), asked.get("cert_hash")) != expected:
            return _error(40003004, "cert_hash mismatch")
        if trouble := TROUBLES.get(check.whose.id_number):
            return await suffer(trouble, request)
        if check.verify_ret is None:
            return _error(40003000, "verify not finished")
        return JSONResponse({"errcode": 0, "verify_ret": check.verify_ret})

    async def _asked(self, request: Request) -> dict[str, Any] | None:
        if not self._platform.accepts_mini(request.query_params.get("access_token", "")):
            return None
        try:
            body = await request.json()
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}


def _error(code: int, message: str) -> Response:
    return JSONResponse(
        {"errcode": code, "errmsg": f"{message} rid: demo"}, media_type="text/plain"
    )
