"""What happened to an account, for its owner, and the log's checkpoints, for everybody."""

from base64 import b64encode
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from auth.api.visit import needed_live, visitor_of
from auth.models import changes, events, log
from auth.rules import limits
from auth.usecases import audit
from auth.usecases.disown import disown
from auth.usecases.provider import consenting
from backend.kernel import clock, settings, web
from backend.kernel.web import Call, Reply, Schema

PAGE = 30
MOST_CHECKPOINTS = 100


class EventsQuery(Schema):
    """``before`` is the id of the last event already shown."""

    before: Annotated[str, StringConstraints(max_length=36)] | None = None


class EventView(Schema):
    """One thing that happened. ``network`` is the part of the address that tells a place,
    ``about`` the department whose system it concerns.

    ``receipt``: ``ready`` once a signed checkpoint covers it, ``soon`` before. ``foreign``: it came
    by a WeChat account that was untied later, since it was somebody else's.
    """

    id: str
    at: str
    kind: str
    method: str
    via: str
    detail: str
    about: str | None
    network: str
    receipt: Literal["ready", "soon", "none"]
    foreign: bool


class EventsPage(Schema):
    """Newest first; ``more`` when there are older ones."""

    events: list[EventView]
    more: bool


class ReceiptView(Schema):
    """``leaf`` is what the log keeps of this event. Its hash, led by ``path`` (RFC 9162, 2.1.3.2),
    gives the root that ``checkpoint`` signs under ``key``.
    """

    format: Literal["yimen-receipt/1"] = "yimen-receipt/1"
    leaf: str
    index: int
    size: int
    path: list[str]
    checkpoint: str
    key: str


class Disowned(Schema):
    """How many other sessions were ended."""

    ended: int


class LogView(Schema):
    """The log's name, its public key (C2SP signed-note) and the seconds between checkpoints."""

    origin: str
    key: str
    checkpoint_seconds: int


class SizesQuery(Schema):
    """Two sizes of the log, the smaller first."""

    first: int = Field(ge=0, le=2**53)
    second: int = Field(ge=0, le=2**53)


class ProofView(Schema):
    """Hashes (RFC 9162, 2.1.4) in base64."""

    first: int
    second: int
    path: list[str]


class CheckpointsQuery(Schema):
    """``below``: only of fewer entries."""

    below: int | None = Field(default=None, ge=0, le=2**53)


class CheckpointView(Schema):
    """A signed note with its size and time."""

    size: int
    at: str
    note: str


class CheckpointsPage(Schema):
    """Newest first."""

    checkpoints: list[CheckpointView]


async def own_events(call: Call) -> EventsPage:
    """What happened to one's own account."""
    query: EventsQuery = call.query
    found = await events.of_person(call.actor.id, before=query.before, most=PAGE + 1)
    covered = await audit.signed_for()
    concerned = any(entry.kind in consenting.ABOUT for entry in found)
    named = await consenting.names() if concerned else {}
    spans = await changes.spans(call.actor.id)

    def state(entry: events.Entry) -> Literal["ready", "soon"]:
        return "ready" if entry.seq is not None and entry.seq < covered else "soon"

    return EventsPage(
        events=[
            EventView(
                id=entry.id,
                at=clock.rfc3339(entry.at),
                kind=entry.kind,
                method=entry.method,
                via=entry.via,
                detail=entry.detail,
                about=named.get(entry.detail) if entry.kind in consenting.ABOUT else None,
                network=limits.shown_network(entry.address),
                receipt=state(entry),
                foreign=events.by_link(entry)
                and any(one.start <= entry.at <= one.end for one in spans),
            )
            for entry in found[:PAGE]
        ],
        more=len(found) > PAGE,
    )


async def own_receipt(call: Call) -> ReceiptView:
    """The proof that one's own event stands in the log."""
    found = await audit.receipt(call.actor.id, call.path["id"])
    return ReceiptView(
        leaf=found.leaf.decode(),
        index=found.index,
        size=found.size,
        path=_texts(found.path),
        checkpoint=found.checkpoint,
        key=await audit.key(),
    )


async def disown_event(call: Call) -> Disowned:
    """Say that it was somebody else: every other session ends."""
    live = await needed_live(call)
    return Disowned(ended=await disown(live, call.path["id"], visitor_of(call)))


async def read_log(call: Call) -> LogView:
    """How to check the log."""
    return LogView(
        origin=audit.origin(),
        key=await audit.key(),
        checkpoint_seconds=settings.current().audit_checkpoint,
    )


async def read_checkpoint(call: Call) -> Reply:
    """The newest checkpoint, as a signed note."""
    return Reply((await audit.latest()).note.encode(), media_type="text/plain; charset=utf-8")


async def read_checkpoints(call: Call) -> CheckpointsPage:
    """The checkpoints of the past."""
    query: CheckpointsQuery = call.query
    found = await log.checkpoints(most=MOST_CHECKPOINTS, below=query.below)
    views = [CheckpointView(size=c.size, at=clock.rfc3339(c.at), note=c.note) for c in found]
    return CheckpointsPage(checkpoints=views)


async def read_consistency(call: Call) -> ProofView:
    """The proof that the log has only grown."""
    query: SizesQuery = call.query
    path = await audit.consistency(query.first, query.second)
    return ProofView(first=query.first, second=query.second, path=_texts(path))


def _texts(hashes: list[bytes] | tuple[bytes, ...]) -> list[str]:
    return [b64encode(one).decode() for one in hashes]


TAGS = ("audit",)
ROUTES = (
    web.route("GET", "/auth/events", own_events, actor=web.PERSON, budget="free",
              query=EventsQuery,
              returns=EventsPage, summary="What happened to my account (账号记录)", tags=TAGS),
    web.route("GET", "/auth/events/{id}/receipt", own_receipt, actor=web.PERSON,
              returns=ReceiptView, summary="Proof that a record stands (记录凭证)", tags=TAGS),
    web.route("POST", "/auth/events/{id}/disown", disown_event, actor=web.PERSON, budget="free",
              returns=Disowned, summary="This was not me (不是本人操作)", tags=TAGS),
    web.route("GET", "/auth/log", read_log, returns=LogView,
              summary="How to check the audit log (审计账本)", tags=TAGS),
    web.route("GET", "/auth/log/checkpoint", read_checkpoint,
              media_type="text/plain", summary="The newest signed checkpoint (最新检查点)",
              tags=TAGS),
    web.route("GET", "/auth/log/checkpoints", read_checkpoints, query=CheckpointsQuery,
              returns=CheckpointsPage, summary="Signed checkpoints (历次检查点)", tags=TAGS),
    web.route("GET", "/auth/log/consistency", read_consistency, query=SizesQuery,
              returns=ProofView, summary="Proof that the log only grew (一致性证明)", tags=TAGS),
)  # fmt: skip
