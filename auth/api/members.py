"""The list of staff (人员管理) and the journal of privileged acts (管理日志)."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from auth.api.answer import Department
from auth.api.visit import needed_live, visitor_of
from auth.models import acts, staff
from auth.models.staff import Listed
from auth.usecases import members, resets
from auth.usecases.members import Post
from backend.kernel import clock, web
from backend.kernel.web import Call, Reply, Schema

PAGE = 50
Short = Annotated[str, StringConstraints(max_length=20)]
Named = Annotated[str, StringConstraints(max_length=60)]
Role = Literal["clerk", "reviewer", "approver", "supervisor", "administrator"]


class PostIn(Schema):
    """A post: what is empty is everywhere. ``district`` has six digits (GB/T 2260)."""

    name: Named
    department: Short = ""
    department_name: Named = ""
    district: Short = ""
    hall: Annotated[str, StringConstraints(max_length=60)] = ""
    roles: Annotated[list[Role], Field(max_length=5)]

    def post(self) -> Post:
        """The same for the use case."""
        return Post(
            self.name, self.department, self.department_name, self.district, self.hall, self.roles
        )


class MemberIn(PostIn):
    """Somebody new."""

    login: Named


class MemberState(Schema):
    """Whether a member may sign in."""

    active: bool


class MemberView(Schema):
    """A member of staff. ``starting``: they have not chosen a password of their own yet."""

    login: str
    name: str
    department: Department
    district: str
    hall: str
    roles: list[str]
    active: bool
    starting: bool
    otp: bool
    passkeys: int
    own: bool


class StartedView(Schema):
    """A member and the starting password to hand over, shown only now, good until ``until``."""

    member: MemberView
    password: str
    until: str


class ResetReason(Schema):
    """Why a colleague has to begin again."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ResetView(Schema):
    """A reset that waits for a second administrator. ``own``: one asked for it oneself."""

    id: str
    login: str
    name: str
    asked_by: str
    reason: str
    at: str
    own: bool


class ResetList(Schema):
    """The oldest first."""

    resets: list[ResetView]


class ResetDecision(Schema):
    """What the second administrator says."""

    approve: bool


class ResetDone(Schema):
    """After a yes: the starting password to hand over, shown only now."""

    started: StartedView | None


class MembersQuery(Schema):
    """``q`` is part of a name or login, ``after`` the last login already shown."""

    q: Short = ""
    after: Annotated[str, StringConstraints(max_length=40)] = ""


class MembersPage(Schema):
    """By login; ``more`` when there are others. ``halls`` are those that somebody works at."""

    members: list[MemberView]
    more: bool
    halls: list[str]


class ActsQuery(Schema):
    """``name``: one login, client or place; ``before`` is the id of the last line shown."""

    name: Named = ""
    before: Annotated[str, StringConstraints(max_length=36)] | None = None


class ActView(Schema):
    """A line of the journal. ``by`` is empty for the operator's command line."""

    id: str
    at: str
    act: str
    by: str
    second: str
    subject: Literal["staff", "client", "place", "check"]
    name: str
    title: str
    detail: str


class ActsPage(Schema):
    """Newest first."""

    acts: list[ActView]
    more: bool


async def list_members(call: Call) -> MembersPage:
    """Who works within one's own reach."""
    live, query = await needed_live(call), call.query
    found = await staff.within(live.reach, q=query.q.strip(), after=query.after, most=PAGE + 1)
    shown = [member_view(one, live.account_id) for one in found[:PAGE]]
    return MembersPage(members=shown, more=len(found) > PAGE, halls=await staff.halls())


async def read_member(call: Call) -> MemberView:
    """One member."""
    live = await needed_live(call)
    return member_view(await members.get(live, call.path["login"]), live.account_id)


async def add_member(call: Call) -> StartedView:
    """Somebody new."""
    live = await needed_live(call)
    found = await members.add(live, call.body.login, call.body.post(), visitor_of(call))
    return started_view(found, live.account_id)


async def change_member(call: Call) -> MemberView:
    """Another post."""
    live, login = await needed_live(call), call.path["login"]
    await members.change(live, login, call.body.post(), visitor_of(call))
    found = await staff.one_listed(login)
    assert found is not None
    return member_view(found, live.account_id)


async def lock_member(call: Call) -> Reply:
    """Shut somebody out, or let them in again."""
    await members.lock(
        await needed_live(call), call.path["login"], active=call.body.active,
        visitor=visitor_of(call),
    )  # fmt: skip
    return Reply(status=204)


async def ask_reset(call: Call) -> Reply:
    """Ask that a colleague may begin again."""
    live, reason = await needed_live(call), call.body.reason
    await resets.ask(live, call.path["login"], reason, visitor_of(call))
    return Reply(status=204)


async def list_resets(call: Call) -> ResetList:
    """What waits for a second administrator."""
    live = await needed_live(call)
    return ResetList(
        resets=[
            ResetView(id=one.id, login=one.login, name=one.name, asked_by=one.asked_by_name,
                      reason=one.reason, at=clock.rfc3339(one.created_at),
                      own=one.asked_by == live.account_id)
            for one in await resets.waiting(live)
        ]
    )  # fmt: skip


async def decide_reset(call: Call) -> ResetDone:
    """Agree as the second administrator, or decline."""
    live, visitor = await needed_live(call), visitor_of(call)
    found = await resets.decide(live, call.path["id"], approve=call.body.approve, visitor=visitor)
    return ResetDone(started=started_view(found, live.account_id) if found else None)


async def list_acts(call: Call) -> ActsPage:
    """The journal of privileged acts within one's own reach."""
    live, query = await needed_live(call), call.query
    found = await acts.within(live.reach, name=query.name, before=query.before, most=PAGE + 1)
    return ActsPage(
        acts=[
            ActView.model_validate(
                {"id": one.id, "at": clock.rfc3339(one.at), "act": one.act, "by": one.by,
                 "second": one.second, "subject": one.subject.kind, "name": one.subject.name,
                 "title": one.subject.title, "detail": one.detail}
            )
            for one in found[:PAGE]
        ],
        more=len(found) > PAGE,
    )  # fmt: skip


def member_view(one: Listed, viewer: str) -> MemberView:
    """A member as the list shows them."""
    member = one.member
    return MemberView(
        login=member.login,
        name=member.name,
        department=Department(code=member.department, name=member.department_name),
        district=member.district,
        hall=member.hall,
        roles=list(member.roles),
        active=member.active,
        starting=member.start_until is not None,
        otp=one.otp,
        passkeys=one.passkeys,
        own=member.staff_id == viewer,
    )


def started_view(one: members.Started, viewer: str) -> StartedView:
    """A member who begins, with what they need for it."""
    assert one.member.start_until is not None
    return StartedView(
        member=member_view(Listed(one.member, otp=False, passkeys=0), viewer),
        password=one.password,
        until=clock.rfc3339(one.member.start_until),
    )


TAGS = ("office",)
ADMINISTRATOR = web.staff("administrator")
WATCHING = web.staff("administrator", "supervisor")
SURE = web.Fresh(aal=2, within=600, or_best=True)
ROUTES = (
    web.route("GET", "/auth/staff/members", list_members, actor=ADMINISTRATOR, query=MembersQuery,
              returns=MembersPage, summary="The list of staff (人员名册)", tags=TAGS),
    web.route("POST", "/auth/staff/members", add_member, actor=ADMINISTRATOR, fresh=SURE,
              body=MemberIn, returns=StartedView, status=201, summary="Somebody new (新增人员)",
              tags=TAGS),
    web.route("GET", "/auth/staff/members/{login}", read_member, actor=ADMINISTRATOR,
              returns=MemberView, summary="One member of staff", tags=TAGS),
    web.route("PUT", "/auth/staff/members/{login}", change_member, actor=ADMINISTRATOR, fresh=SURE,
              body=PostIn, returns=MemberView, summary="Another post (调整岗位)", tags=TAGS),
    web.route("PUT", "/auth/staff/members/{login}/state", lock_member, actor=ADMINISTRATOR,
              fresh=SURE, body=MemberState, status=204, summary="Lock or let in (停用、启用)",
              tags=TAGS),
    web.route("POST", "/auth/staff/members/{login}/reset", ask_reset, actor=ADMINISTRATOR,
              fresh=SURE, body=ResetReason, status=204,
              summary="Ask to let a colleague begin again (申请重置)", tags=TAGS),
    web.route("GET", "/auth/staff/resets", list_resets, actor=ADMINISTRATOR, returns=ResetList,
              summary="What waits for a second administrator (待同意的重置)", tags=TAGS),
    web.route("POST", "/auth/staff/resets/{id}/decision", decide_reset, actor=ADMINISTRATOR,
              fresh=SURE, body=ResetDecision, returns=ResetDone,
              summary="Agree as the second administrator (同意重置)", tags=TAGS),
    web.route("GET", "/auth/staff/acts", list_acts, actor=WATCHING, query=ActsQuery,
              returns=ActsPage, summary="The journal of privileged acts (管理日志)", tags=TAGS),
)  # fmt: skip
