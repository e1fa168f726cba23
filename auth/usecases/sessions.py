"""Open, find and end sessions (会话).

The hot path, ``find``, is one cache GET. The table is the truth: what is not in the cache is
looked up there. An ended session leaves a mark in the cache instead of a gap, and entries are
written only over a gap or over the very entry they were made from, so that a request that was
under way cannot bring an ended session back.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson

from auth.models import events, people, sessions
from auth.models.sessions import Kind, Method, Via
from auth.rules import cookies as cookie_rules
from auth.rules.staff import Reach
from auth.usecases.provider.leaving import departures
from auth.usecases.visitor import Visitor
from backend.kernel import cache, clock, db, privacy, settings
from backend.kernel.errors import Refusal, not_allowed

SEEN_EVERY = 60
"""Seconds between two records of a session's use; it idles out that much early at worst."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_ENDED = b"ended"
_SOON = 300  # longer than any request takes


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """A living session and who it speaks for. Times are seconds since 1970."""

    session_id: str
    kind: Kind
    owner_id: str
    account_id: str
    name: str = field(repr=False)
    via: Via
    seen: float
    expires: float
    idle: int
    level: str = ""
    department: str = ""
    department_name: str = ""
    district: str = ""
    hall: str = ""
    roles: tuple[str, ...] = ()
    aal: int = 1
    methods: tuple[Method, ...] = ()
    proved: float = 0.0
    device: str = field(default="", repr=False)
    acting: str | None = None
    digest: str = field(default="", repr=False)

    @property
    def csrf(self) -> str:
        """The token that an unsafe request with a cookie repeats: an HMAC of the session."""
        return _csrf(privacy.ring().secret("csrf"), self.session_id)

    def owner(self, subject: str | None = None) -> str:
        """Whose drafts a device keeps: the same for every session of one account that acts for
        the same ``subject`` (None: for itself), and for no other. It begins with the account's
        own mark, so that the device tells what one person keeps from what is somebody else's.
        """
        key = privacy.ring().secret("owner")

        def mark(whose: str) -> str:
            return hmac.digest(key, whose.encode(), sha256).hex()[:24]

        account = mark(self.account_id)
        return (
            account if subject is None else f"{account}/{mark(f'{self.account_id} for {subject}')}"
        )

    @property
    def reach(self) -> Reach:
        """Where the roles of a member of staff hold."""
        return Reach(self.department, self.district, self.hall)

    @property
    def expires_at(self) -> datetime:
        """When it ends at the latest."""
        return datetime.fromtimestamp(self.expires, UTC)

    def entry(self) -> bytes:
        """The session as the cache keeps it."""
        return orjson.dumps({k: v for k, v in asdict(self).items() if k != "digest"})


@lru_cache(maxsize=2000)  # asked at every write of a session, and always the same
def _csrf(key: bytes, session_id: str) -> str:
    return urlsafe_b64encode(hmac.digest(key, session_id.encode(), sha256)).decode()[:43]


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: the token goes to its owner, the statement into the caller's write."""

    token: str = field(repr=False)
    digest: str = field(repr=False)
    statement: db.Statement
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """When the giver of a hand-off last proved who they are, and when their session ends."""

    proved_at: datetime
    until: datetime


def session_over() -> Refusal:
    """The refusal for a session that ended, idled or ran out."""
    return not_allowed("session_over")


def idle_seconds(kind: Kind) -> int:
    """After how long without use a session ends."""
    chosen = settings.current()
    return chosen.session_idle if kind == "person" else chosen.staff_session_idle


def opening(
    kind: Kind,
    owner_id: str,
    *,
    via: Via,
    method: Method,
    also: Method | None = None,
    aal: int = 1,
    device: str = "",
    handed: Proof | None = None,
) -> Opened:
    """A session under a new 256-bit token, in its owner's own capacity.

    Args:
        also: the second factor, when it was shown together with the first.
        aal: how sure ``method`` makes us, 1 to 3 (see ``auth.models.sessions``).
        device: what its owner will know it by in their list of devices.
        handed: of a session that another one gives: it is no fresher and lives no longer.
    """
    token = secrets.token_urlsafe(32)
    digest = _digest(token)
    session_id = db.new_id()
    ends = clock.in_seconds(settings.current().session_absolute)
    statement = sessions.opening(
        session_id,
        digest,
        kind=kind,
        owner_id=owner_id,
        via=via,
        methods=method if also is None else f"{method} {also}",
        aal=aal,
        device=device,
        expires_at=min(ends, handed.until) if handed else ends,
        proved_at=handed.proved_at if handed else None,
    )
    return Opened(token, digest, statement, session_id)


async def find(token: str, *, via: Via) -> Live | None:
    """The living session of a token that came by ``via``, or None for a token nobody holds.

    Raises:
        Refusal: ``session_over``.
    """
    if not _TOKEN.fullmatch(token):
        return None
    digest = _digest(token)
    kept = await cache.get(_key(digest))
    if kept == _ENDED:
        raise session_over()
    live = _read(kept, digest) if kept else await _load(digest)
    if live is None or live.via != via:
        return None
    now = clock.now().timestamp()
    if now >= live.expires or now - live.seen >= live.idle:
        await end(digest, by="time")
        raise session_over()
    if now - live.seen >= SEEN_EVERY:
        live = await _seen(live, now)
    return live


async def find_in(headers: Iterable[tuple[bytes, bytes]]) -> Live | None:
    """The living session that a request shows by its headers (ASGI's): bearer token or cookie.

    Raises:
        Refusal: ``session_over``.
    """
    sent = dict(headers)
    scheme, _, bearer = sent.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return await find(bearer.strip(), via="miniprogram")
    name = cookie_rules.name(secure=settings.current().secure)
    token = cookie_rules.value(sent.get(b"cookie", b"").decode("latin-1"), name)
    return await find(token, via="web") if token else None


async def raise_to(
    live: Live, aal: int, method: Method, *, also: tuple[db.Statement, ...] = ()
) -> str:
    """The new token of a session whose owner has just proved again who they are.

    The session stays the same, and so does its CSRF token; the former token is dead at once.
    ``aal`` never falls by proving again.

    Raises:
        Refusal: ``session_over`` when it has ended, or another proof was a moment faster.
    """
    token = secrets.token_urlsafe(32)
    raising = sessions.raising(
        live.session_id,
        digest=live.digest,
        new_digest=_digest(token),
        methods=" ".join(dict.fromkeys((*live.methods, method))),
        aal=max(live.aal, aal),
    )
    try:
        await db.write(raising, *also)
    except db.Stale:
        raise session_over() from None
    await cache.put(_key(live.digest), _ENDED, seconds=_SOON)
    return token


async def turn_to(live: Live, acting: str | None, *, also: tuple[db.Statement, ...] = ()) -> str:
    """The new token of a session whose owner goes on in another capacity, None for their own.

    The former token is dead at once, so that nothing that was kept of the session under it, here
    or on another server, can bring the former capacity back.

    Raises:
        Refusal: ``session_over`` when it has ended, or turned a moment before.
    """
    token = secrets.token_urlsafe(32)
    turning = sessions.turning(
        live.session_id, digest=live.digest, new_digest=_digest(token), acting=acting
    )
    try:
        await db.write(turning, *also)
    except db.Stale:
        raise session_over() from None
    await cache.put(_key(live.digest), _ENDED, seconds=_SOON)
    return token


async def end(digest: str, *, by: str, also: tuple[db.Statement, ...] = ()) -> None:
    """End a session everywhere, at once, with ``also`` in the same write.

    Departments that had it end with it, unless it only ran out: they keep time themselves.
    """
    others = () if by == "time" else await departures(digest)
    await db.write(sessions.ending(digest, by=by), *others, *also)
    await cache.put(_key(digest), _ENDED, seconds=_SOON)


async def end_all(
    kind: Kind, account_id: str, *, by: str, but: str = "", via: Via | None = None
) -> None:
    """End every session (of one channel) of somebody, except the one with the digest ``but``."""
    for digest in await sessions.living(kind=kind, owner_id=account_id, via=via):
        if digest != but:
            await end(digest, by=by)


async def reload_all(kind: Kind, account_id: str) -> None:
    """Have every session of somebody read anew from the table: their name or level changed."""
    for digest in await sessions.living(kind=kind, owner_id=account_id):
        await cache.drop(_key(digest))


async def sign_out(live: Live, visitor: Visitor) -> None:
    """End the session that the visitor shows."""
    event = events.happened(
        "signed_out",
        via=visitor.via,
        address=visitor.address,
        person_id=live.account_id if live.kind == "person" else None,
        staff_id=live.account_id if live.kind == "staff" else None,
    )
    await end(live.digest, by="sign_out", also=(event,))


async def replace_former(token: str) -> None:
    """End the session that a browser held before it signed in anew."""
    if _TOKEN.fullmatch(token):
        await end(_digest(token), by="sign_in")


def is_token_of(token: str, digest: str) -> bool:
    """Whether a token is that of the session with this digest."""
    return hmac.compare_digest(_digest(token), digest)


async def _load(digest: str) -> Live | None:
    row = await sessions.with_owner(digest)
    if row is None:
        return None
    if row["ended_at"] is not None:
        raise session_over()
    kind: Kind = row["kind"]
    known: dict[str, Any] = (
        {
            "owner_id": str(row["person_id"]),
            "account_id": str(row["person_id"]),
            "name": privacy.mask_name(
                privacy.unseal_text(row["person_name"], at=people.NAME, row=str(row["person_id"]))
            ),
            "level": row["level"],
        }
        if kind == "person"
        else {
            "owner_id": row["login"],
            "account_id": str(row["staff_id"]),
            "name": row["staff_name"],
            "department": row["department"],
            "department_name": row["department_name"],
            "district": row["district"],
            "hall": row["hall"],
            "roles": tuple(orjson.loads(row["roles"])),
        }
    )
    live = Live(
        session_id=str(row["id"]),
        kind=kind,
        via=row["via"],
        seen=db.as_time(row["seen_at"]).timestamp(),
        expires=db.as_time(row["expires_at"]).timestamp(),
        idle=idle_seconds(kind),
        digest=digest,
        aal=row["aal"],
        methods=tuple(row["methods"].split()),
        proved=db.as_time(row["proved_at"] or row["created_at"]).timestamp(),
        device=_device(row),
        acting=str(row["acting"]) if row["acting"] else None,
        **known,
    )
    await cache.put_if_absent(_key(digest), live.entry(), seconds=live.idle)
    return live


async def _seen(live: Live, now: float) -> Live:
    later = replace(live, seen=now)
    try:
        await db.write(sessions.seeing(live.session_id, clock.now()))
    except db.Stale:
        raise session_over() from None
    await cache.swap(_key(live.digest), live.entry(), later.entry(), seconds=live.idle)
    return later


def _device(row: db.Row) -> str:
    sealed = row["device"]
    return privacy.unseal_text(sealed, at=sessions.DEVICE, row=str(row["id"])) if sealed else ""


@lru_cache(maxsize=5000)  # by what the cache holds: an ended or changed session reads otherwise
def _read(kept: bytes, digest: str) -> Live:
    value = orjson.loads(kept)
    value["roles"], value["methods"] = tuple(value["roles"]), tuple(value["methods"])
    return Live(**value, digest=digest)


def _key(digest: str) -> str:
    return f"session:{digest}"


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
