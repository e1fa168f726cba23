"""Client of the text-message gateway (短信网关).

The wire: ``POST /v1/messages {"key", "phone", "template", "params"}`` with a bearer token. The
gateway owns the template texts, as the carriers demand. A key names one message for ever: sending
it again answers with the first message's id and sends nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import httpx2

from backend.kernel import http, settings
from backend.outside.wire import DEADLINE, Down, exchange, json_object

SYSTEM = "sms"


@dataclass(frozen=True)
class Accepted:
    """The gateway took the message. ``repeated``: it already had one under this key."""

    id: str
    repeated: bool


class Sms:
    """Sends text messages."""

    def __init__(self, http: httpx2.AsyncClient, *, token: str, deadline: float = DEADLINE) -> None:
        self._http = http
        self._token = token
        self._deadline = deadline

    @classmethod
    def from_settings(cls) -> Self:
        """The one the settings name."""
        chosen = settings.current()
        return cls(http.client(SYSTEM), token=chosen.sms_token, deadline=chosen.outside_timeout)

    async def send(
        self, *, phone: str, template: str, params: Mapping[str, str], key: str
    ) -> Accepted:
        """Send one message; the same ``key`` sends once, however often it is called.

        Raises ``wire.Down``: ``permanent`` when the gateway will never take this message
        (``bad_number``, ``unknown_template``, ``bad_params``, ``key_reused`` in ``detail``).
        """
        response = await exchange(
            self._http,
            SYSTEM,
            "POST",
            "/v1/messages",
            deadline=self._deadline,
            ok=(202, 400, 409),
            json={"key": key, "phone": phone, "template": template, "params": dict(params)},
            headers={"Authorization": f"Bearer {self._token}"},
        )
        body = json_object(response, SYSTEM)
        if response.status_code != 202:
            code = body.get("code")
            detail = code if code in REFUSALS else "unknown"
            raise Down(SYSTEM, "refused", detail=detail, permanent=True)
        if not isinstance(body.get("id"), str):
            raise Down(SYSTEM, "garbled")
        return Accepted(body["id"], bool(body.get("repeated")))


REFUSALS = frozenset({"bad_number", "unknown_template", "bad_params", "key_reused"})
"""Why the gateway says no. Other words of its are not repeated: they might quote the message."""
