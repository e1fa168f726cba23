"""The inbox as schemas: OpenAPI and the clients' types are made from them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from backend.kernel import web

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class NoticeOut(web.Schema):
    """One notice in words."""

    id: Id
    kind: str
    title: str
    body: str
    case: str | None
    at: datetime
    read: bool


class NoticesOut(web.Schema):
    """A page of the inbox."""

    notices: list[NoticeOut]
    unread: int
    next: str | None
