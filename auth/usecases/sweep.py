"""Forget what nobody needs any more (定期清理)."""

from datetime import timedelta

from auth.models import codes, devices, events, faces, sessions
from backend.kernel import clock, db

EVENTS_KEPT = timedelta(days=200)
"""The law asks for six months at least (网络安全法 art. 21)."""


async def sweep_door() -> None:
    """Delete dead codes, sessions a day after their end and old events."""
    yesterday = clock.now() - timedelta(days=1)
    await db.write(
        codes.sweeping(yesterday), sessions.sweeping(yesterday), faces.sweeping(yesterday)
    )
    await db.write(events.sweeping(clock.now() - EVENTS_KEPT))
    await db.write(devices.sweeping(clock.now() - timedelta(days=365)))
