"""Know a person's devices again, and announce a new one (新设备提醒)."""

from hashlib import sha256

from auth.models import devices
from auth.usecases import alerts
from auth.usecases.visitor import Visitor
from backend.kernel import db


async def arriving(
    person_id: str, visitor: Visitor, *, quiet: bool = False
) -> tuple[db.Statement, ...]:
    """What to write when a person signs in here; tells them unless they have been here before.

    ``quiet`` at registration, where every device is a new one. The mini-program carries no such
    token: WeChat itself tells its owner of new phones.
    """
    if visitor.via != "web" or not visitor.device_token:
        return ()
    digest = sha256(visitor.device_token.encode()).hexdigest()
    seeing = devices.seeing(person_id, digest)
    if quiet or await devices.knows(person_id, digest):
        return (seeing,)
    return seeing, alerts.telling(person_id, "new_device", device=visitor.device)
