"""Who may, and who may not: every act, role, department and status, out of the rules' own table."""

from typing import Any

from backend.cases.rules import LIFE, Act, Role, Status
from backend.kernel import db
from tests.backend.cases.conftest import Citizen, Officer, Town, keyed

PHONE = [{"target": "field", "code": "phone", "reason": "打不通"}]
ACTIONS: dict[Act, dict[str, Any]] = {
    Act.PASS_PRE_REVIEW: {"action": "pass_pre_review"},
    Act.ACCEPT: {"action": "accept"},
    Act.REFUSE: {"action": "refuse", "reason": "不符"},
    Act.REQUEST_CORRECTION: {"action": "request_correction", "items": PHONE},
    Act.REVIEW: {"action": "review"},
    Act.APPROVE: {"action": "decide", "result": "approve"},
    Act.DENY: {"action": "decide", "result": "deny", "reason": "不符"},
    Act.CLOSE: {"action": "close"},
}
# The shortest way to each status.
WAYS: dict[Status, list[Act]] = {
    Status.SUBMITTED: [],
    Status.PRE_REVIEWED: [Act.PASS_PRE_REVIEW],
    Status.CORRECTING: [Act.REQUEST_CORRECTION],
    Status.ACCEPTED: [Act.ACCEPT],
    Status.REVIEWED: [Act.ACCEPT, Act.REVIEW],
    Status.APPROVED: [Act.ACCEPT, Act.REVIEW, Act.APPROVE],
    Status.DENIED: [Act.ACCEPT, Act.REVIEW, Act.DENY],
    Status.CLOSED: [Act.ACCEPT, Act.REVIEW, Act.APPROVE, Act.CLOSE],
    Status.REFUSED: [Act.REFUSE],
    Status.WITHDRAWN: [Act.WITHDRAW],
}
STAFF = {
    "clerk.ga": {Role.CLERK}, "reviewer.ga": {Role.REVIEWER}, "approver.ga": {Role.APPROVER},
    "supervisor": set(), "chief.rs": None,
}  # fmt: skip


async def in_status(citizen: Citizen, chief: Officer, status: Status) -> tuple[str, int]:
    number = (await citizen.submits())["number"]
    for act in WAYS[status]:
        if act is Act.WITHDRAW:
            answer = await citizen.post(f"/api/cases/{number}/withdrawal", {})
            assert answer.status_code == 200, answer.text
        else:
            await chief.does(number, **ACTIONS[act])
    return number, 1 + len(WAYS[status])


def expected(status: Status, act: Act, roles: set[Role] | None) -> tuple[int, str | None]:
    if roles is None:
        return 404, "not_found"
    mine = {at for (at, one), (who, _) in LIFE.items() if one is act and roles & set(who)}
    if not mine:
        return 403, "not_your_step"
    if (status, act) not in LIFE:
        return 409, "step_not_now"
    return (200, None) if status in mine else (403, "not_your_step")


async def test_every_act_role_department_and_status(town: Town) -> None:
    liang, chief = await town.citizen(), await town.officer("chief.ga")
    officers = {login: await town.officer(login) for login in STAFF}
    for status in Status:
        number, seq = await in_status(liang, chief, status)
        for act, body in ACTIONS.items():
            for login, roles in STAFF.items():
                wanted = expected(status, act, roles)
                if wanted[0] == 200:
                    continue  # done below, on a case of its own
                answer = await officers[login].tries(number, seq=seq, **body)
                got = (answer.status_code, answer.json().get("code"))
                assert got == wanted, f"{login} {act} {status}"
        assert (await liang.case(number))["status"] == status


async def test_every_permitted_act_of_every_role(town: Town) -> None:
    liang, chief = await town.citizen(), await town.officer("chief.ga")
    officers = {login: await town.officer(login) for login in STAFF if login != "chief.rs"}
    for (status, act), (who, then) in LIFE.items():
        if status is None or act not in ACTIONS:
            continue
        for login, officer in officers.items():
            if not (STAFF[login] or set()) & set(who):
                continue
            number, seq = await in_status(liang, chief, status)
            seen = await officer.get(f"/api/staff/cases/{number}")
            assert ACTIONS[act]["action"] in seen["may"]
            answer = await officer.tries(number, seq=seq, **ACTIONS[act])
            assert answer.status_code == 200, f"{login} {act} {status}: {answer.text}"
            assert answer.json()["status"] == then


async def test_what_the_citizen_may_do_in_each_status(town: Town) -> None:
    liang, chief = await town.citizen(), await town.officer("chief.ga")
    for status in Status:
        number, _ = await in_status(liang, chief, status)
        case = await liang.case(number)
        mine = {a.value for (s, a), (who, _) in LIFE.items() if s is status and Role.CITIZEN in who}
        assert set(case["may"]) == mine
        answer = await liang.post(f"/api/cases/{number}/withdrawal", {})
        assert (answer.status_code == 200) == ("withdraw" in mine)


async def test_another_department_sees_nothing_of_a_case(town: Town) -> None:
    liang, ours = await town.citizen(), await town.officer("clerk.ga")
    theirs, supervisor = await town.officer("clerk.rs"), await town.officer("supervisor")
    case = await liang.submits()
    number = case["number"]
    paper = next(iter(case["materials"].values()))[0]["id"]
    await town.door.city.work()  # papers are opened when the scanner has seen them
    for path in (f"/api/staff/cases/{number}", f"/api/staff/cases/{number}/documents/{paper}"):
        assert (await theirs.browser.get(path)).status_code == 404
        assert (await ours.browser.get(path)).status_code == 200
        assert (await supervisor.browser.get(path)).status_code == 200
    for who, sees in ((theirs, 0), (ours, 1), (supervisor, 1)):
        assert (await who.get("/api/staff/cases"))["total"] == sees
        for q in (number, liang.who.id_number):
            assert (await who.searches(q))["total"] == sees
    assert (await theirs.get("/api/staff/summary"))["to_pre_review"] == 0
    assert (await supervisor.get("/api/staff/summary"))["to_pre_review"] == 1


async def test_papers_that_are_not_of_the_case_are_not_handed_out(town: Town) -> None:
    liang, clerk = await town.citizen(), await town.officer("clerk.ga")
    number = (await liang.submits())["number"]
    other = await liang.upload("photo")
    for one in (other, db.new_id(), "x"):
        answer = await clerk.browser.get(f"/api/staff/cases/{number}/documents/{one}")
        assert answer.status_code == 404


async def test_citizens_and_staff_stay_on_their_own_sides(town: Town) -> None:
    liang, clerk = await town.citizen(), await town.officer("clerk.ga")
    nobody = await town.door.visitor()
    number = (await liang.submits())["number"]
    for path in (
        "/api/staff/summary", "/api/staff/cases", f"/api/staff/cases/{number}",
        f"/api/staff/cases/{number}/documents/x",
    ):  # fmt: skip
        assert (await liang.browser.get(path)).status_code == 403
        assert (await nobody.get(path)).status_code == 401
    body = {"action": "accept", "seq": 1}
    path = f"/api/staff/cases/{number}/actions"
    answer = await liang.browser.post(path, json=body, headers=keyed())
    assert answer.json()["code"] == "not_for_you"
    assert (await nobody.post(path, json=body, headers=keyed())).status_code == 401
    for path in (
        "/api/cases", f"/api/cases/{number}", "/api/drafts", "/api/space",
        f"/api/cases/{number}/log", f"/api/cases/{number}/clock",
    ):  # fmt: skip
        assert (await clerk.browser.get(path)).status_code == 403
