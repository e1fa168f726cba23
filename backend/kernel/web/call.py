"""Who is asking, and what they sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from starlette.requests import Request

ActorKind = Literal["anyone", "person", "staff", "system"]
Acts = Literal["view", "apply"]
"""What a route does for whoever the session stands for: shows what is theirs, or changes it."""


@dataclass(frozen=True, slots=True)
class Acting:
    """In whose place an actor stands (代办身份), and what they may do there.

    ``id`` is the representation's; ``subject`` the id under which everything of the represented is
    kept, a person's or a company's; ``name`` is for display. ``scope`` holds ``view``, ``apply``
    and ``manage``. ``items`` are the services it is for (None: all), ``until`` is in seconds since
    1970 (None: for as long as the register says so).
    """

    id: str
    kind: Literal["person", "legal_person"]
    subject: str
    name: str = field(repr=False)
    role: str
    scope: frozenset[str]
    items: frozenset[str] | None = None
    until: float | None = None

    def covers(self, item: str) -> bool:
        """Whether the representation is for this service."""
        return self.items is None or item in self.items


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at the door. ``name`` is for display to that actor alone.

    ``csrf`` is the token that an unsafe request with a cookie must repeat in a header; None for
    a session that came by bearer header, which no foreign page can send. ``aal`` (1 to 3) says how
    sure we are of them, ``proved`` when they last showed it (seconds since 1970), ``methods`` how,
    ``via`` the channel they came by (``web`` or ``miniprogram``).

    ``capacity`` is the representation that the session has chosen, empty for oneself. ``acting`` is
    what it comes to, and only routes that serve the represented (``acts``) ever see it.
    """

    kind: ActorKind = "anyone"
    id: str = ""
    name: str = ""
    department: str = ""
    district: str = ""
    hall: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    session_id: str = ""
    csrf: str | None = None
    level: str = ""
    aal: int = 0
    proved: float = 0.0
    methods: tuple[str, ...] = ()
    via: str = ""
    capacity: str = ""
    acting: Acting | None = None

    @property
    def holder(self) -> str:
        """Under whose id that lies which the actor works on: the represented's, or one's own."""
        return self.acting.subject if self.acting else self.id


NOBODY = Actor()


@dataclass(frozen=True, slots=True)
class Who:
    """Which actors a route is for. Named in the OpenAPI description of every operation."""

    name: str
    kinds: frozenset[ActorKind]
    roles: frozenset[str] = frozenset()

    def admits(self, actor: Actor) -> bool:
        """Whether this actor may call at all; what exactly they may do is the use case's matter."""
        if "anyone" in self.kinds:
            return True
        return actor.kind in self.kinds and (not self.roles or bool(self.roles & actor.roles))


@dataclass(frozen=True, slots=True)
class Means:
    """How an actor could prove again who they are.

    ``ways`` are what works now, the easiest first, with the level (aal) each would lift this actor
    to; ``best`` is what all they have would reach, also what rests for the moment.
    """

    ways: Mapping[str, int] = field(default_factory=dict)
    best: int = 1

    def reaching(self, aal: int) -> list[str]:
        """The ways that lead as high as that."""
        return [way for way, level in self.ways.items() if level >= aal]


@dataclass(frozen=True, slots=True)
class Fresh:
    """How sure a route must be of its actor (``aal`` 1 to 3), shown at most ``within`` seconds ago.

    With ``or_best`` nobody is asked for more than they can show: somebody who has one factor so
    far can add the second, and whoever has two must show both.
    """

    aal: int = 1
    within: int = 600
    or_best: bool = False

    def met_by(self, actor: Actor, *, now: float) -> bool:
        """Whether the actor's last proof is good and young enough."""
        return actor.aal >= self.aal and now - actor.proved <= self.within

    def at_best(self, means: Means) -> "Fresh":
        """The same, with no more asked than somebody with these means can show."""
        return replace(self, aal=min(self.aal, means.best)) if self.or_best else self


ANYONE = Who("anyone", frozenset({"anyone"}))
PERSON = Who("person", frozenset({"person"}))
STAFF = Who("staff", frozenset({"staff"}))
SIGNED_IN = Who("signed_in", frozenset({"person", "staff"}))
# The request proves itself by a signature that the endpoint checks (WeChat's callback).
SIGNED = Who("signed", frozenset({"anyone"}))


def staff(*roles: str) -> Who:
    """Staff with at least one of these roles."""
    return Who("staff:" + "|".join(roles), frozenset({"staff"}), frozenset(roles))


@dataclass(slots=True)
class Call:
    """One request, checked: the endpoint sees nothing that did not fit its schemas."""

    request: Request
    actor: Actor
    path: dict[str, str]
    lang: str
    body: Any = None
    query: Any = None
    key: str | None = None

    address: str = ""
    """The caller's network address, for rate limits alone."""
