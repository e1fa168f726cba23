"""The protocol on HTTP: forms in, JSON out, errors in OAuth's own shape (RFC 6749 §5.2).

These endpoints take no cookie as a proof, so any site's script may call them (CORS), and the
browser's same-site rules have nothing to protect: each request proves itself (``web.SIGNED``).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from auth.rules.provider.errors import OAuthError, invalid_request
from auth.usecases.provider.clients import Shown, issuer
from backend.kernel import log, web
from backend.kernel.web import Call, Reply

Work = Callable[[Shown, Call], Awaitable[Mapping[str, Any] | None]]

FORM = "application/x-www-form-urlencoded"
LIMIT = 64 * 1024
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "WWW-Authenticate",
}
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
TAGS = ("provider",)


def parsed(text: str) -> dict[str, str]:
    """Parameters by name; empty ones count as absent (RFC 6749 §3.1).

    Raises:
        OAuthError: one comes twice, or cannot be read.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=100, errors="strict")
    except ValueError:
        raise invalid_request("the parameters cannot be read") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise invalid_request("a parameter comes twice")
        if "\0" in value:  # PostgreSQL keeps no such text, and no honest client sends one
            raise invalid_request("a parameter has a character that none may have")
        found[name] = value
    return {name: value for name, value in found.items() if value}


async def params_of(call: Call) -> dict[str, str]:
    """The parameters of a request: of its form, or of its address."""
    if call.request.method == "POST":
        return await form_of(call)
    return parsed(call.request.scope["query_string"].decode("latin-1"))


async def form_of(call: Call) -> dict[str, str]:
    """The parameters in a form's body.

    Raises:
        OAuthError: it is no form, or too large.
    """
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    data = bytearray()
    async for part in call.request.stream():
        data += part
        if len(data) > LIMIT:
            raise invalid_request("the body is too large")
    if kind != FORM:
        if not data:
            return {}
        raise invalid_request(f"the body must be {FORM}")
    try:
        return parsed(data.decode())
    except UnicodeDecodeError:
        raise invalid_request("the body is not UTF-8") from None


async def shown(call: Call, path: str) -> Shown:
    """What a client shows at the endpoint ``path`` under the issuer."""
    headers = call.request.headers
    if len(headers.getlist("dpop")) > 1:
        raise OAuthError("invalid_dpop_proof", "two proofs")
    return Shown(
        form=await form_of(call) if call.request.method == "POST" else {},
        authorization=headers.get("authorization", ""),
        proof=headers.get("dpop", ""),
        method=call.request.method,
        url=f"{issuer()}/{path}",
    )


def refused(error: OAuthError) -> Reply:
    """An error as JSON."""
    log.event("provider.refused", error=error.error, status=error.status)
    body = {"error": error.error}
    if error.description:
        body["error_description"] = error.description
    return Reply(body, status=error.status, headers={**CORS, **NO_STORE, **error.headers})


def endpoint(
    path: str, work: Work, name: str, summary: str, *, method: str = "POST", status: int = 200
) -> web.Route:
    """A route around a use case: reads what was shown, answers JSON or the error."""

    async def answer(call: Call) -> Reply:
        try:
            said = await work(await shown(call, path), call)
        except OAuthError as error:
            return refused(error)
        return Reply(dict(said or {}), status=status, headers={**CORS, **NO_STORE})

    answer.__name__ = name
    return web.route(
        method, f"/auth/{path}", answer, actor=web.SIGNED, summary=summary, status=status,
        tags=TAGS, raw=method == "POST", limit=LIMIT, refuses=("application/json",),
    )  # fmt: skip


def preflight(path: str) -> web.Route:
    """The route by which a browser asks whether scripts of other sites may call this (CORS)."""

    async def answer(call: Call) -> Reply:
        headers = {
            **CORS,
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, DPoP",
            "Access-Control-Max-Age": "3600",
        }
        return Reply(status=204, headers=headers)

    answer.__name__ = f"allow_scripts_at_{path}"
    return web.route(
        "OPTIONS", f"/auth/{path}", answer, actor=web.SIGNED, status=204, tags=TAGS,
        summary="May another site's script call this (跨域预检)",
    )  # fmt: skip
