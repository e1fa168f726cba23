"""What the registers (业务系统) have in common: how one is reached, and how it wraps an answer."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import httpx2

from backend.kernel import http, settings
from backend.outside.wire import DEADLINE, Down, json_object


class Register:
    """A register that is asked with a secret from the settings (``…_url`` and ``…_token``).

    Whatever a subclass asks raises ``wire.Down`` when there is no usable answer.
    """

    system: ClassVar[str]
    """Its name in the settings and in every ``Down``."""

    def __init__(self, http: httpx2.AsyncClient, *, token: str, deadline: float = DEADLINE) -> None:
        self._http = http
        self._token = token
        self._deadline = deadline

    @classmethod
    def from_settings(cls) -> Self:
        """The one the settings name."""
        chosen = settings.current()
        token: str = getattr(chosen, f"{cls.system}_token")
        return cls(http.client(cls.system), token=token, deadline=chosen.outside_timeout)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The JSON around what a register says (报文).

    ``code`` is the field with the result, ``held`` its value for an answer, ``nothing`` its value
    when nothing is held; any other is a refusal. ``content`` is the field with the answer.
    """

    code: str
    held: str
    nothing: str
    content: str

    def opened(self, response: httpx2.Response, system: str) -> dict[str, Any] | None:
        """What is inside, or None when nothing is held. Raises ``Down``."""
        body = json_object(response, system)
        code = body.get(self.code)
        if code == self.nothing:
            return None
        if code != self.held:
            raise Down(system, "refused", permanent=True)
        content = body.get(self.content)
        if not isinstance(content, dict):
            raise Down(system, "garbled")
        return content
