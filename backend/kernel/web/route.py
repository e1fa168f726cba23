"""One line of the route table."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from backend.kernel.web.budgets import Drawn
from backend.kernel.web.call import ANYONE, SIGNED, Acts, Call, Fresh, Who

Endpoint = Callable[[Call], Awaitable[Any]]

JSON_LIMIT = 512 * 1024
UPLOAD_LIMIT = 12 * 1024 * 1024


class Schema(BaseModel):
    """Base of every request and response body. Unknown fields are an error, not a silence."""

    model_config = ConfigDict(extra="forbid", str_max_length=4000, str_strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its own status or headers. ``body`` as an endpoint would return it."""

    body: Any = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    cookies: tuple[str, ...] = ()
    """Further ``Set-Cookie`` values, beside the one that ``headers`` may hold."""


@dataclass(frozen=True)
class Route:
    """What one method on one path does, for whom, with what in and out."""

    method: str
    path: str
    endpoint: Endpoint
    actor: Who
    summary: str
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    returns: type[BaseModel] | None = None
    status: int = 200
    tags: tuple[str, ...] = ()
    idempotent: bool = False
    raw: bool = False
    media_type: str = "application/json"
    other_statuses: tuple[int, ...] = ()
    limit: int = JSON_LIMIT
    fresh: Fresh | None = None
    refuses: tuple[str, ...] = ()
    acts: Acts | None = None
    budget: Drawn = "free"


def route(  # noqa: PLR0913 - a line of the route table states all there is to know
    method: str,
    path: str,
    endpoint: Endpoint,
    *,
    actor: Who = ANYONE,
    summary: str,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    returns: type[BaseModel] | None = None,
    status: int = 200,
    tags: tuple[str, ...] = (),
    idempotent: bool = False,
    raw: bool = False,
    media_type: str = "application/json",
    other_statuses: tuple[int, ...] = (),
    limit: int = JSON_LIMIT,
    fresh: Fresh | None = None,
    refuses: tuple[str, ...] = (),
    acts: Acts | None = None,
    budget: Drawn | None = None,
) -> Route:
    """State a route once.

    Args:
        idempotent: the write is keyed: an ``Idempotency-Key`` header (8 to 64 characters) is
            required and a repetition returns the first result.
        raw: the endpoint reads the body itself (uploads, WeChat's XML) within ``limit`` bytes.
        media_type: of the answer, when it is not JSON.
        fresh: how sure the route must be of its actor, and how lately shown; else ``prove_again``.
        refuses: media types of its own refusals, where a standard wants others than problems.
        acts: the route serves whoever the session stands for, and needs this of the
            representation; without it the route is the person's own matter in every capacity.
        budget: which budget of ``budgets.BUDGETS`` a request draws on; those for signed-in actors
            draw on ``write`` or ``look`` unless they say otherwise.
        other_statuses: further successful or redirecting statuses, for the description.
    """
    if budget is None:
        usual: Drawn = "look" if method in ("GET", "HEAD") else "write"
        budget = "free" if actor in (ANYONE, SIGNED) else usual
    return Route(
        method, path, endpoint, actor, summary, body, query, returns, status, tags,
        idempotent, raw, media_type, other_statuses, limit, fresh, refuses, acts, budget,
    )  # fmt: skip
