"""What every answer carries: the request's id and the browser's safety rules."""

import os
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.kernel import log

# No inline script, style or foreign host anywhere; blob: shows a photo before it is uploaded.
CSP = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; worker-src 'self'; manifest-src 'self'"
)
FIXED = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000; includeSubDomains"

# A script or a style obeys the page that loads it; on a slow phone every header counts. That it
# shall not be framed every answer says.
ALONE = "frame-ancestors 'none'"
PLAIN = ("X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Strict-Transport-Security")
_PLAIN_FILES = (("/assets/", "/boot.js"), (".js", ".css"))

# A front's own number for the request, if it looks like one: whatever else is sent here may be
# somebody's phone, and this goes into the log.
_GIVEN_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class SafetyHeaders:
    """Wraps an application: sets the request id and adds the headers."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        fixed = {**FIXED, "Strict-Transport-Security": HSTS} if secure else FIXED
        self._fixed = [(k.lower().encode(), v.encode()) for k, v in fixed.items()]
        plain = {"Content-Security-Policy": ALONE} | {k: fixed[k] for k in PLAIN if k in fixed}
        self._plain = [(k.lower().encode(), v.encode()) for k, v in plain.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its id in the log's context."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((v for k, v in scope["headers"] if k == b"x-request-id"), b"").decode(
            "latin-1"
        )
        number = given if _GIVEN_ID.fullmatch(given) else os.urandom(16).hex()
        token = log.request_id.set(number)
        try:
            await self._app(scope, receive, self._adding(send, number.encode(), scope["path"]))
        finally:
            log.request_id.reset(token)

    def _adding(self, send: Send, number: bytes, path: str) -> Send:
        beginnings, endings = _PLAIN_FILES
        plain = path.startswith(beginnings) and path.endswith(endings)
        fixed = self._plain if plain else self._fixed

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = (b"x-request-id", number)
                message["headers"] = [*message.get("headers", ()), *fixed, own]
            await send(message)

        return adding
