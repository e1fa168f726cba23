"""Every "no" on HTTP: problem+json (RFC 9457). Status by family, words by code, only here."""

from typing import Any

import orjson
from starlette.responses import Response

from backend.kernel import i18n, log
from backend.kernel.errors import Family, FieldError, Refusal

MEDIA_TYPE = "application/problem+json"

_BY_FAMILY = {
    Family.INVALID: 422,
    Family.NOT_ALLOWED: 403,
    Family.NOT_FOUND: 404,
    Family.CONFLICT: 409,
    Family.OUTSIDE_DOWN: 503,
}
# Codes for which HTTP has a more exact status than their family's.
_BY_CODE = {
    "body_unreadable": 400,
    "key_missing": 400,
    "sign_in_first": 401,
    "session_over": 401,
    "method_not_allowed": 405,
    "body_too_large": 413,
    "wrong_media_type": 415,
    "too_many_tries": 429,
    "slow_down": 429,
    "handed_in_much": 429,
    "internal": 500,
}
STATUSES = sorted({*_BY_FAMILY.values(), *_BY_CODE.values()})


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return _BY_CODE.get(refusal.code) or _BY_FAMILY[refusal.family]


def _field(error: FieldError, lang: str) -> dict[str, Any]:
    detail = i18n.text(f"fields.{error.code}", lang, **error.params)
    return {"pointer": error.pointer, "code": error.code, "detail": detail}


def problem(refusal: Refusal, lang: str) -> Response:
    """The response for a refusal, in the caller's language."""
    status = status_of(refusal)
    body: dict[str, Any] = {
        **refusal.params,
        **refusal.shown,
        "type": f"/problems/{refusal.code}",
        "title": i18n.text(f"refusals.{refusal.code}.title", lang, **refusal.params),
        "status": status,
        "code": refusal.code,
        "fix": i18n.text(f"refusals.{refusal.code}.fix", lang, **refusal.params),
        "request_id": log.request_id.get(),
    }
    if refusal.errors:
        body["errors"] = [_field(error, lang) for error in refusal.errors]
    headers = {"Cache-Control": "no-store"}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return Response(orjson.dumps(body), status, headers, media_type=MEDIA_TYPE)
