"""The one way out of the building: a request, a deadline, one exception for every failure."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2

from backend.kernel.errors import Family, Refusal

DEADLINE = 5.0
"""Seconds a register has for one whole answer (connect, send, think, receive)."""

LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes; no register's honest answer about one person is larger."""


class Down(Refusal):
    """An outside system did not give a usable answer (外部系统不可用).

    ``reason`` is one of ``timeout``, ``unreachable``, ``status`` (an HTTP error), ``garbled`` (an
    answer that does not follow the protocol) or ``refused`` (the system understood and said no).
    ``permanent`` tells a worker that trying again with the same words is useless. Never carries
    personal data.
    """

    system: str
    reason: str
    detail: str
    permanent: bool

    def __init__(
        self,
        system: str,
        reason: str,
        *,
        detail: str = "",
        retry_after: int | None = None,
        permanent: bool = False,
    ) -> None:
        super().__init__(
            "outside_down",
            Family.OUTSIDE_DOWN,
            retry_after=retry_after,
            params={"system": system, "reason": reason},
        )
        self.system = system
        self.reason = reason
        self.detail = detail
        self.permanent = permanent

    def __str__(self) -> str:
        return " ".join(filter(None, (self.system, self.reason, self.detail)))


async def exchange(
    http: httpx2.AsyncClient,
    system: str,
    method: str,
    path: str,
    *,
    deadline: float = DEADLINE,
    ok: tuple[int, ...] = (200,),
    **request: Any,
) -> httpx2.Response:
    """Send one request and return its answer when the status is in ``ok``; raise ``Down``
    otherwise.

    The deadline covers the whole exchange, because a server that sends one byte a second never
    trips the read timeout. Exceptions are raised ``from None``: the original one may quote the
    request.
    """
    try:
        async with asyncio.timeout(deadline), http.stream(method, path, **request) as response:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise Down(system, "garbled", detail="too_large")
    except (TimeoutError, httpx2.TimeoutException):
        raise Down(system, "timeout") from None
    except httpx2.DecodingError:
        raise Down(system, "garbled") from None
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise Down(system, "unreachable") from None
    whole = httpx2.Response(
        response.status_code, headers=_plain_headers(response.headers), content=bytes(body)
    )
    if whole.status_code not in ok:
        raise Down(
            system,
            "status",
            detail=str(whole.status_code),
            retry_after=seconds_to_wait(whole.headers),
            permanent=400 <= whole.status_code < 500 and whole.status_code not in (408, 425, 429),
        )
    return whole


def json_object(response: httpx2.Response, system: str) -> dict[str, Any]:
    """The answer's body as a JSON object; raises ``Down`` (garbled) for anything else."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        raise Down(system, "garbled") from None
    if not isinstance(body, dict):
        raise Down(system, "garbled")
    return body


def seconds_to_wait(headers: Mapping[str, str]) -> int | None:
    """``Retry-After`` in seconds (RFC 9110 10.2.3), capped at a day; None if absent or a date."""
    value = headers.get("retry-after", "").strip()
    return min(int(value), 86400) if value.isascii() and value.isdigit() else None


def _plain_headers(headers: httpx2.Headers) -> list[tuple[bytes, bytes]]:
    """Without those about the transfer: the body kept here is already decoded."""
    dropped = {b"content-encoding", b"content-length", b"transfer-encoding"}
    return [(key, value) for key, value in headers.raw if key.lower() not in dropped]
