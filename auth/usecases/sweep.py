"""Forget what nobody needs any more (定期清理)."""

from datetime import timedelta

from auth.models import acts, changes, codes, devices, faces, handoffs, once, sessions
from auth.models.provider import grants, tickets
from auth.usecases import audit
from backend.kernel import clock, db


async def sweep_door() -> None:
    """Delete dead codes, sessions a day after their end and old events."""
    yesterday = clock.now() - timedelta(days=1)
    await db.write(
        codes.sweeping(yesterday), sessions.sweeping(yesterday), faces.sweeping(yesterday)
    )
    await db.write(tickets.sweeping(yesterday), *grants.sweeping(yesterday))
    await db.write(once.sweeping(yesterday), handoffs.sweeping(yesterday))
    await db.write(devices.sweeping(clock.now() - timedelta(days=365)))
    await db.write(changes.sweeping(clock.now() - audit.KEPT))
    await db.write(acts.sweeping(clock.now() - timedelta(days=3 * 365)))
    await audit.sweep()
