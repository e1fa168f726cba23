"""From the route table to an ASGI application."""

import hmac
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import orjson
from asyncpg import PostgresConnectionError
from pydantic import BaseModel, ValidationError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send
from tortoise.exceptions import DBConnectionError

from backend.kernel import clock, errors, i18n, log, metrics, outbox
from backend.kernel.errors import FieldError, Refusal
from backend.kernel.web import budgets
from backend.kernel.web.call import ANYONE, NOBODY, SIGNED, Acting, Actor, Acts, Call, Fresh, Means
from backend.kernel.web.problems import problem
from backend.kernel.web.route import Reply, Route

Authenticate = Callable[[Request], Awaitable[Actor]]
MeansOf = Callable[[Actor], Awaitable[Means]]
ActingOf = Callable[[Actor], Awaitable[Acting]]

# Database or cache do not answer: nothing was kept, and the same request may succeed in a moment.
AWAY = (
    DBConnectionError,
    RedisConnectionError,
    RedisTimeoutError,
    PostgresConnectionError,
    OSError,
)

ONESELF = "self"
"""What ``Yimen-Acting`` says of a session in its owner's own capacity."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ACTOR = "yimen.actor"
_KEY_LENGTH = range(8, 65)


class Web:
    """Answers every route of the table; any other path is ``not_found``."""

    def __init__(
        self,
        routes: Sequence[Route],
        authenticate: Authenticate,
        *,
        base_url: str,
        trust_proxy: bool,
        means_of: MeansOf,
        acting_of: ActingOf,
    ) -> None:
        self.routes = tuple(routes)
        self._authenticate = authenticate
        self._origins = {_origin(base_url)}
        self._trust_proxy = trust_proxy
        self._means_of = means_of
        self._acting_of = acting_of
        self._fixed: dict[str, dict[str, Route]] = {}
        self._patterns: dict[int, list[tuple[Any, dict[str, Route]]]] = {}
        templates: dict[str, dict[str, Route]] = {}
        for route in routes:
            by_method = templates.setdefault(route.path, {})
            if route.method in by_method:
                raise ValueError(f"{route.method} {route.path} is stated twice")
            by_method[route.method] = route
        for path, by_method in templates.items():
            if "{" in path:
                at = self._patterns.setdefault(path.count("/"), [])
                at.append((compile_path(path)[0], by_method))
            else:
                self._fixed[path] = by_method

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive, send)
        lang = i18n.pick(request.headers.get("accept-language", ""))
        started = time.perf_counter()
        route: Route | None = None
        try:
            route, path = self._find(scope["method"], scope["path"])
            response = await self._answer(route, path, request, lang)
        except Refusal as refusal:
            response = problem(refusal, lang)
            _noted(refusal, response.status_code, route, scope)
        except ClientDisconnect:
            return
        except AWAY as error:
            log.failure("request.parts_away", error, route=route.path if route else "-")
            response = problem(errors.outside_down("not_ready", retry_after=5), lang)
        except Exception as error:  # noqa: BLE001 - the last door: by type and place, no details out
            log.failure("request.failed", error, route=route.path if route else "-")
            response = problem(Refusal("internal", errors.Family.OUTSIDE_DOWN), lang)
        if scope["method"] not in SAFE:
            outbox.nudge()
        where = route.path if route else "-"
        metrics.answered(
            scope["method"], where, response.status_code, time.perf_counter() - started
        )
        await response(scope, receive, send)

    def _find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        by_method, found = self._fixed.get(path), {}
        if by_method is None:
            for pattern, candidates in self._patterns.get(path.count("/"), ()):
                match = pattern.match(path)
                if match:
                    by_method, found = candidates, match.groupdict()
                    break
            else:
                raise errors.not_found()
        route = by_method.get("GET" if method == "HEAD" else method)
        if route is None:
            raise errors.invalid("method_not_allowed", allowed=", ".join(sorted(by_method)))
        return route, found

    async def _answer(
        self, route: Route, path: dict[str, str], request: Request, lang: str
    ) -> Response:
        actor = NOBODY
        if route.actor is not ANYONE and route.actor is not SIGNED:
            actor = await self._authenticate(request)
            request.scope[_ACTOR] = actor
            if actor.kind == "anyone":
                raise errors.not_allowed("sign_in_first")
            if not route.actor.admits(actor):
                raise errors.not_allowed("not_for_you")
        if request.method not in SAFE and route.actor is not SIGNED:
            self._same_site(request, actor)
        if route.acts is not None and actor.kind == "person":
            actor = await self._in_place(route.acts, request, actor)
        if route.fresh is not None:
            await self._sure(route.fresh, actor)
        call = Call(request, actor, path, lang, address=self._address(request))
        if route.idempotent:
            call.key = _key(request)
        if route.query is not None:
            call.query = _query(route.query, request)
        if route.raw:
            _check_length(request, route.limit)
        elif route.body is not None:
            call.body = _body(route.body, await _read(request, route.limit))
        await budgets.spend(route.budget, actor)
        result = await route.endpoint(call)
        return _response(route, result, lang)

    def _same_site(self, request: Request, actor: Actor) -> None:
        """Refuse what another site's page made the browser send (OWASP: origin and token)."""
        origin = request.headers.get("origin")
        if origin is not None:
            own = {f"{request.url.scheme}://{request.headers.get('host', '')}", *self._origins}
            if origin not in own:
                raise errors.not_allowed("other_site")
        if request.headers.get("sec-fetch-site") == "cross-site":
            raise errors.not_allowed("other_site")
        if actor.csrf is not None:
            sent = request.headers.get("x-csrf-token", "")
            if not hmac.compare_digest(sent.encode(), actor.csrf.encode()):
                raise errors.not_allowed("csrf_token_wrong")

    async def _sure(self, fresh: Fresh, actor: Actor) -> None:
        """Refuse whom we are not sure enough of, and say how they can show who they are."""
        now = clock.now().timestamp()
        if fresh.met_by(actor, now=now):
            return
        means = await self._means_of(actor)
        wanted = fresh.at_best(means)
        if not wanted.met_by(actor, now=now):
            raise errors.not_allowed(
                "prove_again",
                aal=wanted.aal,
                within=wanted.within,
                ways=means.reaching(wanted.aal),
            )

    async def _in_place(self, acts: Acts, request: Request, actor: Actor) -> Actor:
        """The actor in the capacity that the session has chosen (代办身份).

        A page that was opened in another capacity must not show or change somebody else's things:
        it says which one it means, and a write in somebody's name without saying so is refused.
        """
        said = request.headers.get("yimen-acting")
        if said is None and actor.capacity and request.method not in SAFE:
            raise errors.conflict("acting_changed")
        if said is not None and said != (actor.capacity or ONESELF):
            raise errors.conflict("acting_changed")
        if not actor.capacity:
            return actor
        acting = await self._acting_of(actor)
        if acts not in acting.scope:
            raise errors.not_allowed("beyond_scope")
        return replace(actor, acting=acting)

    def _address(self, request: Request) -> str:
        if self._trust_proxy:
            forwarded = request.headers.get("x-forwarded-for", "")
            if forwarded:
                return forwarded.rsplit(",", 1)[-1].strip()
        client = request.scope.get("client")
        return str(client[0]) if client else ""


def _noted(refusal: Refusal, status: int, route: Route | None, scope: Scope) -> None:
    """Leave a line for whoever looks for attacks: who was refused what, never what they sent."""
    actor: Actor = scope.get(_ACTOR, NOBODY)
    log.event(
        "request.refused",
        code=refusal.code,
        status=status,
        method=route.method if route else "-",
        route=route.path if route else "-",
        actor=actor.kind,
        who=actor.id,
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if len(key) not in _KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise errors.invalid("key_missing")
    return key


def _check_length(request: Request, limit: int) -> None:
    length = request.headers.get("content-length")
    if length is not None and (not length.isdigit() or int(length) > limit):
        raise errors.invalid("body_too_large", limit_kb=limit // 1024)


async def _read(request: Request, limit: int) -> bytes:
    _check_length(request, limit)
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip()
    if kind != "application/json":
        raise errors.invalid("wrong_media_type", expected="application/json")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise errors.invalid("body_too_large", limit_kb=limit // 1024)
        parts.append(part)
    return b"".join(parts)


def _body(schema: type[BaseModel], data: bytes) -> BaseModel:
    try:
        return schema.model_validate_json(data)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise errors.invalid("body_unreadable") from None
        raise errors.invalid("check_input", errors=_field_errors(error)) from None


def _query(schema: type[BaseModel], request: Request) -> BaseModel:
    try:
        if not request.scope["query_string"]:
            return _unasked(schema)
        asked = request.query_params.multi_items()
        words = dict(asked)
        if len(words) < len(asked):  # one layer would take the first, another the last
            raise errors.invalid("check_input", errors=[FieldError("/", "twice")])
        return schema.model_validate(words)
    except ValidationError as error:
        raise errors.invalid("check_input", errors=_field_errors(error)) from None


@cache
def _unasked(schema: type[BaseModel]) -> BaseModel:
    """What a query is without any words; endpoints only read it."""
    return schema.model_validate({})


_PYDANTIC_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "string_pattern_mismatch": "format",
    "greater_than_equal": "too_small",
    "greater_than": "too_small",
    "less_than_equal": "too_large",
    "less_than": "too_large",
    "too_long": "too_many_rows",
    "too_short": "too_few_rows",
    "literal_error": "not_an_option",
    "enum": "not_an_option",
}


def _field_errors(error: ValidationError) -> list[FieldError]:
    """Pydantic's findings in our codes. What was typed is never repeated."""
    return [
        FieldError(
            "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in one["loc"]),
            _PYDANTIC_CODES.get(one["type"], "type"),
        )
        for one in error.errors(include_input=False, include_url=False)
    ]


class _Ready(Response):
    """An answer whose headers are bytes already."""

    def __init__(self, body: bytes, status: int, raw_headers: list[tuple[bytes, bytes]]) -> None:
        self.body = body
        self.status_code = status
        self.raw_headers = raw_headers
        self.background = None


VARY = "Accept-Language, Accept-Encoding, Cookie, Authorization"


@cache
def _headers(media_type: str, lang: str) -> list[tuple[bytes, bytes]]:
    """The headers of an ordinary answer, but its length."""
    kind = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
    named = (
        ("cache-control", "no-store"),
        ("content-language", lang),
        ("vary", VARY),
        ("content-type", kind),
    )
    return [(name.encode(), value.encode()) for name, value in named]


def _bytes(result: Any) -> bytes | None:
    if isinstance(result, BaseModel):
        return result.model_dump_json().encode()
    if isinstance(result, bytes) or result is None:
        return result
    return orjson.dumps(result)


def _response(route: Route, result: Any, lang: str) -> Response:
    if not isinstance(result, Reply):
        body = _bytes(result)
        if body is not None:
            length = (b"content-length", b"%d" % len(body))
            return _Ready(body, route.status, [length, *_headers(route.media_type, lang)])
        result = Reply(media_type=route.media_type)
    body = _bytes(result.body)
    headers = dict(result.headers)
    headers.setdefault("Cache-Control", "no-store")
    headers["Content-Language"] = lang
    headers["Vary"] = VARY
    media_type = result.media_type if body is not None else None
    response = Response(body, result.status or route.status, headers, media_type=media_type)
    for cookie in result.cookies:
        response.headers.append("set-cookie", cookie)
    return response


async def _no_means(_: Actor) -> Means:
    return Means()


async def _nobody_else(_: Actor) -> Acting:
    raise errors.not_allowed("acting_over")


def build(
    routes: Sequence[Route],
    authenticate: Authenticate,
    *,
    base_url: str,
    trust_proxy: bool = False,
    means_of: MeansOf = _no_means,
    acting_of: ActingOf = _nobody_else,
) -> Web:
    """The application for a route table.

    ``authenticate`` says who a request comes from, ``means_of`` how they could prove it again and
    ``acting_of`` in whose place they stand.
    """
    return Web(
        routes, authenticate, base_url=base_url, trust_proxy=trust_proxy, means_of=means_of,
        acting_of=acting_of,
    )  # fmt: skip
