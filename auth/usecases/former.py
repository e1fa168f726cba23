"""Close what opened an account before its phone changed hands (原登录方式作废).

Whoever held the former phone may hold all the rest of it: PIN, passkeys and WeChat go with it, in
the very write that gives the account its new phone. The WeChat account that is let go is told.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from auth.models import links, passkeys, pins
from auth.usecases import alerts
from backend.kernel import clock, db

TOLD_SECONDS = 86400


def told_until() -> datetime:
    """How long it is worth telling."""
    return clock.in_seconds(TOLD_SECONDS)


@dataclass(frozen=True, slots=True)
class Closing:
    """What goes into the write, and whom to tell of it."""

    person_id: str
    openid: str = field(repr=False)
    statements: tuple[db.Statement, ...]

    def telling(self, what: Literal["recovery_done", "phone_changed"]) -> db.Statement:
        """Tell the WeChat account that was untied."""
        return alerts.waking(self.person_id, what, until=told_until(), openid=self.openid)


async def closing(person_id: str) -> Closing:
    """All that opened an account but its password, which goes with the phone."""
    return Closing(
        person_id,
        await links.find_openid("official", person_id) or "",
        (
            pins.removing(person_id),
            passkeys.removing_all("person", person_id),
            links.unlinking(person_id),
        ),
    )
