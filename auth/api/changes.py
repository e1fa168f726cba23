"""Changes of an account at a window (窗口账号变更): the two officers' side."""

from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from auth.api.counter import BOTH, CLERKS, DECIDING, OFFICERS, Document, Text
from auth.api.visit import needed_live, visitor_of
from auth.models.changes import Asked
from auth.rules import documents, merging
from auth.rules.representation import Relation
from auth.usecases import changes
from auth.usecases.changes import Card, Found
from backend.kernel import clock, privacy, web
from backend.kernel.web import Call, Schema

Note = Annotated[str, StringConstraints(max_length=200)]


class DocumentRead(Schema):
    """A document as the clerk reads it."""

    document: Document
    number: Text
    name: Text


class AccountLook(Schema):
    """Whose account to look for."""

    card: DocumentRead


class WechatAtWindow(Schema):
    """A WeChat account that leads to the person."""

    id: str
    apps: list[Literal["official", "miniprogram"]]
    linked_at: str


class UntiedWechat(Schema):
    """A WeChat account that was untied, and until when it can be tied again."""

    id: str
    at: str
    until: str


class MergedPart(Schema):
    """An account that became part of this one, and until when the two can be parted."""

    id: str
    document: Document
    number: str
    at: str
    until: str


class AccountAtWindow(Schema):
    """An account, masked, and what can be changed about it. ``number`` is that of the document
    which counts; another one may have led here.
    """

    name: str
    document: Document
    number: str
    phone: str
    level: Literal["registered", "real_name", "verified"]
    wechat: list[WechatAtWindow]
    untied: list[UntiedWechat]
    parts: list[MergedPart]


class MergeAsked(Schema):
    """Both documents of one person: the one that counts from now on, and the other. ``wechat``:
    the other account's WeChat opens this one from now on, if the person says so.
    """

    current: DocumentRead
    former: DocumentRead
    wechat: bool = False
    note: Note = ""


class ChangeAsked(Schema):
    """What is to be changed about the account that a document opens: take a merge back, untie a
    WeChat account, or tie it again. ``target`` is the id of one of those that ``look`` showed.
    """

    kind: Literal["part", "untie", "retie"]
    card: DocumentRead
    target: Text
    note: Note = ""


class ErrandTerms(Schema):
    """What somebody who signed lets another do: ``items`` are services by code, null for all."""

    relation: Relation
    scope: list[Literal["view", "apply"]]
    items: list[str] | None
    until: str | None


class ChangeView(Schema):
    """A change; whoever decides about it sees names, everybody numbers masked. ``former`` is the
    other document of a merge, ``wechat`` whether its WeChat comes along. Of a representation
    (``errand``), ``card`` is the represented's, ``former`` the agent's.
    """

    id: str
    kind: Literal["merge", "part", "untie", "retie", "errand"]
    card: DocumentRead
    former: DocumentRead | None
    wechat: bool
    terms: ErrandTerms | None
    reasons: list[str]
    note: str
    state: Literal["asked", "agreed", "declined", "undone"]
    since: str | None
    clerk: str
    own: bool
    at: str


class ChangeList(Schema):
    """What waits for a second officer."""

    changes: list[ChangeView]


class ChangeDecision(Schema):
    """What the second officer says."""

    approve: bool


async def look_at_account(call: Call) -> AccountAtWindow:
    """Whose account a document opens, masked."""
    body: AccountLook = call.body
    found = await changes.look(await needed_live(call), _card(body.card), visitor_of(call))
    return _found(found)


async def ask_merge(call: Call) -> ChangeView:
    """The first officer asks for two accounts to become one."""
    body: MergeAsked = call.body
    live = await needed_live(call)
    asked = await changes.ask_merge(
        live,
        _card(body.current),
        _card(body.former),
        wechat=body.wechat,
        note=body.note,
        visitor=visitor_of(call),
    )
    return view(asked, live.account_id)


async def ask_change(call: Call) -> ChangeView:
    """The first officer asks for something else."""
    body: ChangeAsked = call.body
    live = await needed_live(call)
    asked = await changes.ask(
        live,
        body.kind,
        _card(body.card),
        target=body.target,
        note=body.note,
        visitor=visitor_of(call),
    )
    return view(asked, live.account_id)


async def list_changes(call: Call) -> ChangeList:
    """What waits for a second officer at one's own office."""
    live = await needed_live(call)
    return ChangeList(changes=[view(one, live.account_id) for one in await changes.waiting(live)])


async def read_change(call: Call) -> ChangeView:
    """One change, to see whether it has been decided."""
    live = await needed_live(call)
    return view(await changes.get(live, call.path["id"]), live.account_id)


async def decide_change(call: Call) -> ChangeView:
    """The second officer decides."""
    live = await needed_live(call)
    decided = await changes.decide(
        live, call.path["id"], approve=call.body.approve, visitor=visitor_of(call)
    )
    return view(decided, live.account_id)


def _card(read: DocumentRead) -> Card:
    return Card(read.document, read.number, read.name)


def _found(found: Found) -> AccountAtWindow:
    who = found.identity
    return AccountAtWindow(
        name=privacy.mask_name(who.name),
        document=who.document,
        number=documents.masked(who.id_number),
        phone=privacy.mask_phone(who.phone),
        level=who.level,
        wechat=[
            WechatAtWindow(id=one.id, apps=list(one.apps), linked_at=clock.rfc3339(one.linked_at))
            for one in found.wechat
        ],
        untied=[
            UntiedWechat(
                id=one.id,
                at=clock.rfc3339(one.done_at),
                until=clock.rfc3339(one.done_at + merging.UNDO),
            )
            for one in found.untied
            if one.done_at
        ],
        parts=[
            MergedPart(
                id=part.merge.id,
                document=part.other.document,
                number=documents.masked(part.other.id_number),
                at=clock.rfc3339(part.merge.at),
                until=clock.rfc3339(part.merge.until),
            )
            for part in found.parts
        ],
    )


def _read(card: dict[str, Any]) -> DocumentRead:
    return DocumentRead(
        document=card["document"], number=documents.masked(card["number"]), name=card["name"]
    )


def view(asked: Asked, viewer: str) -> ChangeView:
    """A change as an officer sees it."""
    said = asked.content
    return ChangeView(
        id=asked.id,
        kind=asked.kind,
        card=_read(said["card"]),
        former=_read(said["former"]) if "former" in said else None,
        wechat=bool(said.get("wechat")),
        terms=ErrandTerms(
            relation=said["relation"], scope=said["scope"], items=said["items"], until=said["last"]
        )
        if asked.kind == "errand"
        else None,
        reasons=list(said["reasons"]),
        note=said["note"],
        state=asked.state,
        since=clock.rfc3339(asked.since) if asked.since else None,
        clerk=asked.clerk_name,
        own=asked.clerk_id == viewer,
        at=clock.rfc3339(asked.asked_at),
    )


TAGS = ("auth",)
ROUTES = (
    web.route("POST", "/auth/staff/changes/look", look_at_account, actor=CLERKS,
              body=AccountLook, returns=AccountAtWindow,
              summary="Whose account a document opens (查看证件的账号)", tags=TAGS),
    web.route("POST", "/auth/staff/changes/merges", ask_merge, actor=CLERKS, fresh=DECIDING,
              body=MergeAsked, returns=ChangeView, status=201,
              summary="Ask for two accounts to become one (申请合并账号)", tags=TAGS),
    web.route("POST", "/auth/staff/changes", ask_change, actor=CLERKS, fresh=DECIDING,
              body=ChangeAsked, returns=ChangeView, status=201,
              summary="Ask for a change of an account (申请变更账号)", tags=TAGS),
    web.route("GET", "/auth/staff/changes", list_changes, actor=OFFICERS, returns=ChangeList,
              summary="What waits for a second officer (待复核变更)", tags=TAGS),
    web.route("GET", "/auth/staff/changes/{id}", read_change, actor=BOTH, returns=ChangeView,
              summary="One change of an account (一项账号变更)", tags=TAGS),
    web.route("POST", "/auth/staff/changes/{id}/decision", decide_change, actor=OFFICERS,
              fresh=DECIDING, body=ChangeDecision, returns=ChangeView,
              summary="Agree or decline as the second officer (复核账号变更)", tags=TAGS),
)  # fmt: skip
