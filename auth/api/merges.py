"""Two accounts of one person (账号合并), and their parting at a window (拆分)."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from auth.api.account import SURE
from auth.api.visit import needed_live, visitor_of
from auth.models.merges import Merged
from auth.rules import merging
from auth.usecases import merges
from backend.kernel import clock, web
from backend.kernel.web import Call, Reply, Schema


class MergeCode(Schema):
    """What the account that is to go gives to the one that stays."""

    code: str
    expires_in: int


class TypedMergeCode(Schema):
    """That code as typed: blanks, hyphens and small letters do not matter."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class MergeOrder(TypedMergeCode):
    """Whether the other account's WeChat may open this one from now on. It may not by itself:
    somebody could talk a person into typing a stranger's code.
    """

    wechat: bool = False


class OtherAccount(Schema):
    """The account that would go, masked; ``wechat`` WeChat links could come along."""

    name: str
    number: str
    phone: str
    wechat: int


class MergeView(Schema):
    """A merge. Until ``until`` two officers can part it; none once that is over."""

    id: str
    at: str
    state: Literal["done", "asked", "undone"]
    until: str | None


class MergeList(Schema):
    """Merges, the newest first."""

    merges: list[MergeView]


class WindowMerges(Schema):
    """What can be parted for the person at the window, and what other officers have asked for."""

    present: list[MergeView]
    asked: list[MergeView]


class MergeDecision(Schema):
    """Part the accounts, or leave them."""

    approve: bool


def _view(one: Merged) -> MergeView:
    until = merges.undo_until(one)
    return MergeView(
        id=one.id,
        at=clock.rfc3339(one.at),
        state=one.state,
        until=clock.rfc3339(until) if until else None,
    )


async def give_merge_code(call: Call) -> MergeCode:
    """A code for the account that stays."""
    code = await merges.offer(await needed_live(call))
    return MergeCode(code=code, expires_in=merging.CODE_SECONDS)


async def read_other_account(call: Call) -> OtherAccount:
    """Which account a code would bring in."""
    found = await merges.look(await needed_live(call), call.body.code)
    return OtherAccount(
        name=found.name, number=found.number, phone=found.phone, wechat=found.wechat
    )


async def merge_accounts(call: Call) -> Reply:
    """Take the other account in."""
    body: MergeOrder = call.body
    await merges.merge(
        await needed_live(call), body.code, visitor_of(call), with_wechat=body.wechat
    )
    return Reply(status=204)


async def list_merges(call: Call) -> MergeList:
    """Which accounts became part of mine."""
    return MergeList(merges=[_view(one) for one in await merges.mine(await needed_live(call))])


async def list_window_merges(call: Call) -> WindowMerges:
    """What can be parted."""
    live = await needed_live(call)
    return WindowMerges(
        present=[_view(one) for one in await merges.at_window(live)],
        asked=[_view(one) for one in await merges.waiting(live)],
    )


async def ask_undo(call: Call) -> Reply:
    """The first officer asks."""
    await merges.undo(await needed_live(call), call.path["id"], visitor_of(call))
    return Reply(status=204)


async def decide_undo(call: Call) -> Reply:
    """The second officer decides."""
    await merges.decide(
        await needed_live(call), call.path["id"], approve=call.body.approve,
        visitor=visitor_of(call),
    )  # fmt: skip
    return Reply(status=204)


TAGS = ("auth",)
OFFICER = web.Fresh(aal=1, within=600)
ROUTES = (
    web.route("POST", "/auth/merges/codes", give_merge_code, actor=web.PERSON, fresh=SURE,
              returns=MergeCode, status=201, summary="A code to give this account up (取合并码)",
              tags=TAGS),
    web.route("POST", "/auth/merges/preview", read_other_account, actor=web.PERSON, fresh=SURE,
              body=TypedMergeCode, returns=OtherAccount,
              summary="Which account a code brings in (看要合并的账号)", tags=TAGS),
    web.route("POST", "/auth/merges", merge_accounts, actor=web.PERSON, fresh=SURE, status=204,
              body=MergeOrder, summary="Take the other account in (合并账号)", tags=TAGS),
    web.route("GET", "/auth/merges", list_merges, actor=web.PERSON, returns=MergeList,
              summary="Which accounts became part of mine (合并记录)", tags=TAGS),
    web.route("GET", "/auth/staff/merges", list_window_merges, actor=web.staff("clerk"),
              returns=WindowMerges, summary="What can be parted (可拆分的合并)", tags=TAGS),
    web.route("POST", "/auth/staff/merges/{id}/undo", ask_undo, actor=web.staff("clerk"),
              fresh=OFFICER, status=204, summary="Ask to part two accounts (申请拆分)", tags=TAGS),
    web.route("POST", "/auth/staff/merges/{id}/decision", decide_undo, actor=web.staff("clerk"),
              fresh=OFFICER, body=MergeDecision, status=204,
              summary="Part them, or leave them (复核拆分)", tags=TAGS),
)  # fmt: skip
