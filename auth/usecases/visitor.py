"""Somebody at the door, before it is known who (来访者), and how often they may knock."""

from dataclasses import dataclass, field

from auth.models.sessions import Via
from auth.rules import limits
from backend.kernel import cache, privacy


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from.

    ``former`` is the token that the browser already holds, ``device`` what its owner calls it,
    ``device_token`` what the city knows it by.
    """

    address: str = field(repr=False)
    via: Via = "web"
    former: str = field(default="", repr=False)
    device: str = field(default="", repr=False)
    device_token: str = field(default="", repr=False)

    @property
    def network(self) -> str:
        """What this visitor's address is counted by."""
        return limits.network_of(self.address)

    async def knock(self, name: str) -> None:
        """Count a knock from this visitor's network.

        Raises:
            Refusal: ``too_many_tries``.
        """
        await knock(name, self.network)


async def knock(name: str, who: str) -> None:
    """Count a knock by ``who``; the cache sees a blind index of it only.

    Raises:
        Refusal: ``too_many_tries``.
    """
    limit = limits.LIMITS[name]
    key = privacy.keyed(who, "auth.limit")
    await cache.limit(f"auth.{name}", key, times=limit.times, seconds=limit.seconds)
