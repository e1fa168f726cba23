"""A table of routes becomes an ASGI application and an OpenAPI 3.1 description.

1. ``route`` states method, path, endpoint, actor and schemas once.
2. ``application`` finds the route, asks who is there and in whose place (``acting``), checks who
   may, reads and checks the input.
3. The endpoint gets one ``Call`` and returns a model, plain data or ready bytes.
4. ``problems`` turns every refusal into ``application/problem+json`` (RFC 9457), in one place.
5. ``openapi`` describes the very same table.

spectree was tried for this and left aside: it wraps Starlette endpoints by decorator, knows no
actors, and its validation runs before we can say who is asking. Schemas and checks are pydantic's.
"""

from backend.kernel.web.application import build
from backend.kernel.web.call import (
    ANYONE,
    PERSON,
    SIGNED,
    SIGNED_IN,
    STAFF,
    Acting,
    Actor,
    Call,
    Fresh,
    Means,
    Who,
    staff,
)
from backend.kernel.web.route import Reply, Route, Schema, route

__all__ = [
    "ANYONE", "PERSON", "SIGNED", "SIGNED_IN", "STAFF", "Acting", "Actor", "Call",
    "Fresh", "Means", "Reply", "Route", "Schema", "Who", "build", "route", "staff",
]  # fmt: skip
