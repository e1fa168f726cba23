"""Client of the real-estate register (不动产登记系统).

The wire: an access token first (``/oauth/token``, valid for a while), then JSON over POST; field
names are pinyin abbreviations of the register book (``BDCQZH`` certificate number, ``ZL`` location,
``MJ`` area); times are epoch milliseconds; answers are ``{"code": "0", "data": {"rows"}}``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import httpx2
from redis.asyncio import Redis

from backend.kernel import cache, clock, http, settings
from backend.outside.records import Facts, Record, only_given
from backend.outside.tokens import SharedToken
from backend.outside.wire import DEADLINE, Down, exchange, json_object

SYSTEM = "real_estate"
CLIENT_ID = "yimen"


@dataclass(frozen=True, repr=False)
class Property(Record):
    """A registered right to a piece of real estate (不动产权利)."""

    bdcqzh: str
    zl: str
    qxdm: str = ""
    mj: str = ""
    yt: str = ""
    qlbl: str = ""
    djsj: str = ""


class RealEstate:
    """Asks the real-estate register. Every method raises ``wire.Down``."""

    def __init__(
        self, http: httpx2.AsyncClient, redis: Redis, *, token: str, deadline: float = DEADLINE
    ) -> None:
        self._http = http
        self._secret = token
        self._deadline = deadline
        self._access = SharedToken(
            redis, system=SYSTEM, account=CLIENT_ID, fetch=self._sign_in, deadline=deadline
        )

    @classmethod
    def from_settings(cls) -> Self:
        """The register the settings name."""
        chosen = settings.current()
        return cls(
            http.client(SYSTEM),
            cache.redis(),
            token=chosen.real_estate_token,
            deadline=chosen.outside_timeout,
        )

    async def properties(self, id_number: str) -> list[Property]:
        """What the person owns (名下不动产); empty when they own nothing here."""
        access = await self._access.current()
        response = await self._query(id_number, access)
        if response.status_code == 401:
            response = await self._query(id_number, await self._access.current(bad=access))
        if response.status_code == 401:
            raise Down(SYSTEM, "refused", permanent=True)
        rows = _data(response).get("rows")
        if not isinstance(rows, list):
            raise Down(SYSTEM, "garbled")
        return [Property.of(_as_text(row), SYSTEM) for row in rows]

    async def _query(self, id_number: str, access: str) -> httpx2.Response:
        return await exchange(
            self._http,
            SYSTEM,
            "POST",
            "/api/bdc/query",
            deadline=self._deadline,
            ok=(200, 401),
            json={"ZJH": id_number.upper()},
            headers={"Authorization": f"Bearer {access}"},
        )

    async def _sign_in(self, _bad: str | None) -> tuple[str, int]:
        """A fresh access token and its life in seconds."""
        response = await exchange(
            self._http,
            SYSTEM,
            "POST",
            "/oauth/token",
            deadline=self._deadline,
            data={
                "grant_type": "client_credentials",
                "client_id": CLIENT_ID,
                "client_secret": self._secret,
            },
        )
        data = _data(response)
        access, seconds = data.get("access_token"), data.get("expires_in")
        if not isinstance(access, str) or not access or not isinstance(seconds, int):
            raise Down(SYSTEM, "garbled")
        return access, seconds


def _data(response: httpx2.Response) -> dict[str, Any]:
    body = json_object(response, SYSTEM)
    if body.get("code") != "0":
        raise Down(SYSTEM, "refused", permanent=True)
    data = body.get("data")
    if not isinstance(data, dict):
        raise Down(SYSTEM, "garbled")
    return data


def _as_text(row: Any) -> Any:
    """The register sends numbers or text as its mood is; a record holds text."""
    if not isinstance(row, dict):
        return row
    return {key: str(v) if isinstance(v, int | float) else v for key, v in row.items()}


USES = {"10": "住宅", "20": "商铺", "30": "车位", "40": "办公", "50": "工业"}
"""YT planned use (规划用途)."""


def facts_from(properties: list[Property]) -> Facts:
    """What the person owns and how many; owning nothing is a fact as well (无房)."""
    owned = [
        only_given(
            {
                "certificate_number": one.bdcqzh,
                "address": one.zl,
                "area": _square_metres(one.mj),
                "use": USES.get(one.yt, "其他"),
                "share": one.qlbl,
                "registered_on": _day(one.djsj),
            }
        )
        for one in properties
    ]
    return {"properties": owned, "property_count": len(owned)}


def _square_metres(native: str) -> float | None:
    try:
        area = float(native)
    except ValueError:
        return None
    return area if 0 < area < 1e7 else None


def _day(milliseconds: str) -> str | None:
    """The civil day in China of an epoch time, which the register keeps as midnight there."""
    if not milliseconds.isascii() or not milliseconds.isdigit() or len(milliseconds) > 13:
        return None
    at = datetime.fromtimestamp(int(milliseconds) // 1000, UTC)
    return clock.day_of(at).isoformat()
