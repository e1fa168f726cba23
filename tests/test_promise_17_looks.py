"""Promise 17: every look at a person is visible to that person (谁看过我的数据).

Each route of the table stands in one of the lists below. ``LOOKS`` and what follows it are asked
here, by the person, by somebody who acts for them, by an office, by a department's system and by
WeChat, and afterwards the person finds the line: who, for which office, what for, which case, when.
``NOTHING`` shows nobody's data, or their own account to its owner, each with its reason. What is in
no list fails: a new route is a look until somebody says why it is none.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend import app
from backend.kernel import clock, db
from backend.kernel.web import Route
from backend.library.usecases import reading
from tests import city as made
from tests.auth.conftest import HUANG, LIANG, Door
from tests.auth.provider.conftest import EVERYTHING, party_of
from tests.backend.cases.acting import Agent, agent_for
from tests.backend.cases.conftest import Citizen, Officer, Town, keyed, town
from tests.backend.channels.test_official_account import WeChat

__all__ = ["town"]

CARD = "social-security-card"
PERMIT = "residence-permit"
OFFICE = "佛山市人力资源和社会保障局（社会保险基金管理局）"


@dataclass
class Scene:
    """One resident's things, and a way to ask for them."""

    who: Citizen
    number: str = ""
    correcting: str = ""
    paper: str = ""
    body: dict[str, Any] = field(default_factory=dict)

    def path(self, route: str) -> str:
        """A route's path with what stands for it here."""
        named = {
            "{code}": CARD, "{element}": "phone", "{id}": self.paper, "{item}": PERMIT,
            "{number}": self.correcting if "correction" in route else self.number,
        }  # fmt: skip
        path = route.partition(" ")[2]
        for name, value in named.items():
            path = path.replace(name, value)
        return path

    async def ask(self, route: str, by: Citizen | Officer) -> None:
        """Send a route what it takes."""
        method = route.partition(" ")[0]
        sent: dict[str, Any] = {"headers": keyed()}
        if route in BODIES:
            sent["json"] = BODIES[route](self)
        elif route == "POST /api/documents":
            sent |= {
                "files": {"file": ("scan", made.PNG, "application/octet-stream")},
                "data": {"material_type": "photo"},
            }
        answer = await by.browser.request(method, self.path(route), **sent)
        assert answer.status_code < 300, (route, answer.text)


BODIES: dict[str, Callable[[Scene], Any]] = {
    "POST /api/cases": lambda scene: scene.body,
    "PUT /api/drafts/{item}": lambda _: {"revision": 0, "values": {}, "materials": {}},
    "POST /api/cases/{number}/correction": lambda _: {"values": {"phone": "19900000002"}},
    "POST /api/cases/{number}/withdrawal": lambda _: {"reason": ""},
    "POST /api/staff/cases/{number}/actions": lambda _: {"action": "accept", "seq": 1},
}

# Shows data of whoever it is about: a line, whether they ask themselves or somebody for them.
LOOKS = {
    "GET /api/items/{code}/application": "预填申请表",
    "GET /api/drafts": "查看草稿",
    "GET /api/cases": "查看办件列表",
    "GET /api/cases/{number}": "查看办件",
    "GET /api/cases/{number}/clock": "查看办件",
    "GET /api/cases/{number}/log": "查看办件",
    "GET /api/notices": "查看消息",
    "GET /api/space": "查看我的空间",
    "GET /api/space/facts/{element}": "查看完整信息",
    "GET /api/documents": "查看材料列表",
    "GET /api/documents/{id}/content": "打开材料",
    "POST /api/cases": "提交申请",
}
# One's own doing, seen where it was done; somebody else's is a line.
DONE = {
    "GET /api/space/reads": "查看谁看过数据",
    "POST /api/space/refresh": "请各部门重新提供数据",
    "PUT /api/drafts/{item}": "填写草稿",
    "DELETE /api/drafts/{item}": "删除草稿",
    "POST /api/documents": "上传材料",
    "POST /api/cases/{number}/correction": "提交补正",
    "POST /api/cases/{number}/withdrawal": "撤回申请",
    "DELETE /api/documents/{id}": "删除材料",
}
OF_THE_OFFICE = {
    "GET /api/staff/cases/{number}": "办理申请",
    "GET /api/staff/cases/{number}/documents/{id}": "办理申请",
    "POST /api/staff/cases/{number}/actions": "办理申请",
    "POST /api/staff/cases/search": "按证件号码查找办件",
    "GET /api/staff/window": "在窗口确认身份",
}
OF_DEPARTMENTS = {
    "GET /auth/userinfo": "data_given",
    "POST /auth/userinfo": "data_given",
    "POST /auth/token": "passed_on",
}
OF_THE_DOOR = {
    "POST /auth/staff/readings": "window_read",
    "POST /auth/staff/verifications": "counter",
    "POST /auth/staff/verifications/{id}/decision": "counter",
    "POST /auth/staff/changes/look": "account_change",
}
OF_WECHAT = {"POST /wechat/official": "查看办件列表"}


async def lines(citizen: Citizen) -> list[tuple[str, str, str | None, str]]:
    """Who read the person's data, as they see it."""
    if isinstance(citizen, Agent):
        raise TypeError("the person themself must see it")
    reads = (await citizen.get("/api/space/reads"))["reads"]
    assert all(one["at"].startswith(f"{clock.now():%Y-%m-%d}") for one in reads)
    return [(one["reader"], one["purpose"], one["case"], one["at"]) for one in reads]


async def forget() -> None:
    """As on a new day: nobody has looked yet."""
    await db.execute("DELETE FROM library_access")
    reading._written.clear()


async def scene_of(town: Town) -> Scene:
    """Huang with a paper, a draft, a case in hand and one that waits for a correction."""
    huang = await town.citizen(HUANG)
    scene = Scene(huang, paper=await huang.upload("photo"))
    scene.number = (await huang.submits(CARD))["number"]
    scene.correcting = (await huang.submits(CARD))["number"]
    chief = await town.officer("chief.rs")
    items = [{"target": "field", "code": "phone", "reason": "打不通"}]
    await chief.does(scene.correcting, "request_correction", items=items)
    scene.body = await huang.application(CARD)
    draft = {"revision": 0, "values": {"remark": "备注"}, "materials": {}}
    await huang.browser.put(f"/api/drafts/{CARD}", json=draft)
    await town.city.work()
    return scene


def case_of(scene: Scene, route: str) -> str | None:
    if "{number}" not in route:
        return None
    return scene.correcting if "correction" in route else scene.number


async def test_promise_17_one_s_own_looks(town: Town) -> None:
    scene = await scene_of(town)
    for route, purpose in LOOKS.items():
        await forget()
        await scene.ask(route, scene.who)
        seen = [line[:3] for line in await lines(scene.who)]
        assert ("本人", purpose, case_of(scene, route)) in seen, route


async def test_promise_17_looks_and_doings_of_who_acts_for_somebody(town: Town) -> None:
    scene = await scene_of(town)
    agent = await agent_for(town, LIANG, HUANG)
    for route, purpose in {**LOOKS, **DONE}.items():
        await forget()
        await scene.ask(route, agent)
        seen = [line[:3] for line in await lines(scene.who)]
        assert ("梁*欣（家人）代办", purpose, case_of(scene, route)) in seen, route


async def test_promise_17_looks_of_an_office(town: Town) -> None:
    scene = await scene_of(town)
    chief = await town.officer("chief.rs")
    case = await scene.who.case(scene.number)
    papers = [one["id"] for held in case["materials"].values() for one in held]
    scene.paper = papers[0]
    for route, purpose in OF_THE_OFFICE.items():
        await forget()
        if route == "POST /api/staff/cases/search":
            await chief.searches(HUANG.id_number)
        elif route == "GET /api/staff/window":
            await at_the_window(scene.who, chief)
        else:
            await scene.ask(route, chief)
        found = await lines(scene.who)
        about = case_of(scene, route)
        assert [one[1:3] for one in found if one[0].startswith(OFFICE)] == [(purpose, about)], route
        assert len(found[0][0]) > len(OFFICE), "the officer is named"


async def at_the_window(person: Citizen, clerk: Officer) -> None:
    """The phone shows digits, the clerk reads them, the person picks the number."""
    code = (await person.browser.post("/auth/window/codes")).json()["code"]
    reading_ = {"code": code, "window": "3 号窗口", "purpose": "progress"}
    asked = (await clerk.browser.post("/auth/staff/readings", json=reading_)).json()
    prompt = (await person.get("/auth/prompt"))["prompt"]
    answer = await person.browser.post(
        f"/auth/prompts/{prompt['id']}/answer", json={"number": asked["number"]}
    )
    assert answer.status_code == 204, answer.text
    await clerk.get("/api/staff/window")


async def test_promise_17_looks_of_a_department_s_system(town: Town) -> None:
    browser = await town.door.registered(LIANG)
    party = await party_of("std", Door(town.city))
    tokens = (await party.redeem(await party.code(browser, scope=" ".join(EVERYTHING)))).json()
    before = len((await browser.get("/auth/events")).json()["events"])
    for method in ("GET", "POST"):
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        told = await party.http.request(method, "/auth/userinfo", headers=headers)
        assert told.json()["id_number"] == LIANG.id_number
    events = (await browser.get("/auth/events")).json()["events"]
    assert len(events) == before + 2
    kinds = {one["kind"]: one for one in events}
    for kind in OF_DEPARTMENTS.values():
        assert kinds[kind]["about"] == "社保网上服务厅（佛山市人力资源和社会保障局）"
        assert kinds[kind]["at"]


async def test_promise_17_looks_of_officers_at_the_door(town: Town) -> None:
    huang = await town.citizen(HUANG)
    clerk, second = await town.officer("chief.rs"), await town.officer("reviewer.rs")
    await at_the_window(huang, clerk)
    card = {
        "document": "id_card", "number": HUANG.id_number, "name": HUANG.name,
        "phone": "19900000099",
    }  # fmt: skip
    opened = await clerk.browser.post("/auth/staff/verifications", json=card)
    assert (opened.status_code, opened.json()["state"]) == (201, "second"), opened.text
    decision = f"/auth/staff/verifications/{opened.json()['id']}/decision"
    answer = await second.browser.post(decision, json={"approve": False})
    assert answer.status_code == 200, answer.text
    looking = {name: card[name] for name in ("document", "number", "name")}
    answer = await clerk.browser.post("/auth/staff/changes/look", json={"card": looking})
    assert answer.status_code == 200, answer.text
    events = (await huang.get("/auth/events"))["events"]
    seen = [(one["kind"], one["detail"]) for one in events]
    assert ("window_read", "") in seen
    assert seen[:3] == [
        ("account_change", "looked"), ("counter", "declined"), ("counter", "opened"),
    ]  # fmt: skip
    assert {kind for kind, _ in seen} >= set(OF_THE_DOOR.values())


async def test_promise_17_looks_through_wechat(town: Town) -> None:
    person = await made.resident(town.city, LIANG.phone)
    await person.link_wechat()
    await person.submit(CARD)
    await forget()
    assert "社会保障卡" in await WeChat(person).say("进度")
    reads = (await person.get("/api/space/reads"))["reads"]
    assert (reads[0]["reader"], reads[0]["purpose"]) == ("本人", OF_WECHAT["POST /wechat/official"])


ACCOUNT = "one's own account, shown to its owner alone; who was let in stands in the history"
ONESELF = "what somebody does to their own account stands in its history"
PUBLIC = "nobody's data"
DOOR = "who comes in is told of themself alone, and it stands in the history"
BOTH_SIDES = "who acts for whom, by masked name, to both; each step stands in both histories"
CHANGE = "what two officers change of an account stands in its history, and is told to its person"
FAMILY = "one's own children as the household register names them, to their parent"
ROSTER = "who holds which post in an office, to those who answer for it; every change is journalled"
SYSTEMS = "departments' systems, and nobody's data"
PLACES = "machines of halls, and nobody's data"
CARD_READ = (
    "what an officer has read off a card, to that office alone: reading and deciding are seen"
)
STAFF_SELF = "an officer's own account, to that officer"
ASKED = "shows who asks, to the one who is asked"
PROTOCOL = "a token says nothing of a person but the name they have at this office alone"
NOTHING: dict[str, str] = {
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /metrics": PUBLIC,
    "GET /openapi.json": PUBLIC,
    "GET /api/home": PUBLIC,
    "GET /api/items": PUBLIC,
    "GET /api/items/{code}": PUBLIC,
    "GET /api/items/{code}/form": PUBLIC,
    "GET /api/themes/{code}": PUBLIC,
    "GET /api/offices": PUBLIC,
    "GET /wechat/official": PUBLIC,
    "POST /api/notices/read": "marks, and shows nothing",
    "GET /api/push": "one's own devices, by number",
    "POST /api/push/subscriptions": "one's own devices, by number",
    "DELETE /api/push/subscriptions": "marks, and shows nothing",
    "GET /api/staff/summary": "counts cases; nobody's in particular",
    "GET /api/staff/cases": "the office's list; opening a case or searching for a person is told",
    "POST /auth/codes": DOOR,
    "POST /auth/registrations": DOOR,
    "POST /auth/sessions": DOOR,
    "POST /auth/staff/sessions": STAFF_SELF,
    "GET /auth/session": ACCOUNT,
    "DELETE /auth/session": ONESELF,
    "POST /auth/links/wechat": ONESELF,
    "GET /auth/links/wechat/callback": DOOR,
    "DELETE /auth/links/wechat": ONESELF,
    "POST /auth/miniprogram/sessions": DOOR,
    "GET /auth/assurance": ACCOUNT,
    "POST /auth/assurance/checks": ONESELF,
    "POST /auth/assurance/faces": ONESELF,
    "POST /auth/assurance/faces/result": ONESELF,
    "GET /auth/staff/verifications": CARD_READ,
    "GET /auth/staff/verifications/{id}": CARD_READ,
    "POST /auth/staff/verifications/{id}/confirmation": "the person confirms it themself",
    "POST /auth/session/codes": ONESELF,
    "POST /auth/session/proofs": ONESELF,
    "POST /auth/passkeys/challenges": DOOR,
    "POST /auth/passkeys/sessions": DOOR,
    "POST /auth/passkeys/options": ONESELF,
    "POST /auth/passkeys": ONESELF,
    "GET /auth/passkeys": ACCOUNT,
    "PUT /auth/passkeys/{id}": ONESELF,
    "DELETE /auth/passkeys/{id}": ONESELF,
    "GET /auth/account": ACCOUNT,
    "GET /auth/sessions": ACCOUNT,
    "DELETE /auth/sessions/{id}": ONESELF,
    "DELETE /auth/sessions": ONESELF,
    "PUT /auth/password": ONESELF,
    "PUT /auth/pin": ONESELF,
    "DELETE /auth/pin": ONESELF,
    "POST /auth/recoveries/codes": DOOR,
    "POST /auth/recoveries": DOOR,
    "POST /auth/recoveries/completion": DOOR,
    "GET /auth/recovery": ACCOUNT,
    "DELETE /auth/recovery": ONESELF,
    "POST /auth/recovery-code": ONESELF,
    "POST /auth/phone/codes": ONESELF,
    "PUT /auth/phone": ONESELF,
    "GET /auth/events": ACCOUNT,
    "GET /auth/events/{id}/receipt": ACCOUNT,
    "POST /auth/events/{id}/disown": ONESELF,
    "GET /auth/log": PUBLIC,
    "GET /auth/log/checkpoint": PUBLIC,
    "GET /auth/log/checkpoints": PUBLIC,
    "GET /auth/log/consistency": PUBLIC,
    "GET /auth/.well-known/openid-configuration": PUBLIC,
    "GET /auth/.well-known/oauth-authorization-server": PUBLIC,
    "GET /.well-known/oauth-authorization-server/auth": PUBLIC,
    "GET /auth/jwks": PUBLIC,
    "GET /auth/pages.css": PUBLIC,
    "GET /auth/authorize": PROTOCOL,
    "POST /auth/authorize": PROTOCOL,
    "POST /auth/par": PROTOCOL,
    "POST /auth/introspect": PROTOCOL,
    "POST /auth/revoke": PROTOCOL,
    "OPTIONS /auth/par": PUBLIC,
    "OPTIONS /auth/token": PUBLIC,
    "OPTIONS /auth/userinfo": PUBLIC,
    "OPTIONS /auth/introspect": PUBLIC,
    "OPTIONS /auth/revoke": PUBLIC,
    "GET /auth/logout": PUBLIC,
    "POST /auth/logout": PUBLIC,
    "GET /auth/authorizations/{request}": ACCOUNT,
    "POST /auth/authorizations/{request}/agreement": ONESELF,
    "POST /auth/authorizations/{request}/refusal": ONESELF,
    "GET /auth/consents": ACCOUNT,
    "DELETE /auth/consents/{client_id}": ONESELF,
    "POST /auth/device_authorization": PROTOCOL,
    "POST /auth/backchannel_authentication": PROTOCOL,
    "OPTIONS /auth/device_authorization": PUBLIC,
    "POST /auth/approvals/codes": ASKED,
    "GET /auth/approvals": ASKED,
    "POST /auth/approvals/{id}/answer": ONESELF,
    "POST /auth/screens": DOOR,
    "GET /auth/screens/own": DOOR,
    "POST /auth/screens/own/codes": DOOR,
    "POST /auth/screens/own/session": DOOR,
    "POST /auth/scans": ASKED,
    "GET /auth/prompt": ASKED,
    "POST /auth/prompts/{id}/answer": ONESELF,
    "POST /auth/onward": ONESELF,
    "POST /auth/onward/owner": DOOR,
    "POST /auth/onward/sessions": DOOR,
    "POST /auth/wechat": DOOR,
    "GET /auth/wechat/callback": DOOR,
    "GET /auth/links": ACCOUNT,
    "DELETE /auth/links/{id}": ONESELF,
    "GET /auth/merges": ACCOUNT,
    "POST /auth/merges/codes": ONESELF,
    "POST /auth/merges/preview": "one's own other account, masked",
    "POST /auth/merges": ONESELF,
    "GET /auth/staff/merges": "the day of a merge, and nothing of whose; its person stands there",
    "POST /auth/staff/merges/{id}/undo": "shows nothing; stands in the person's account history",
    "POST /auth/staff/merges/{id}/decision": "shows nothing; stands in their account history",
    "POST /auth/staff/changes": CHANGE,
    "POST /auth/staff/changes/merges": CHANGE,
    "GET /auth/staff/changes": CHANGE,
    "GET /auth/staff/changes/{id}": CHANGE,
    "POST /auth/staff/changes/{id}/decision": CHANGE,
    "POST /auth/window/codes": ONESELF,
    "GET /auth/staff/members": ROSTER,
    "POST /auth/staff/members": ROSTER,
    "GET /auth/staff/members/{login}": ROSTER,
    "PUT /auth/staff/members/{login}": ROSTER,
    "PUT /auth/staff/members/{login}/state": ROSTER,
    "GET /auth/staff/acts": ROSTER,
    "GET /auth/staff/clients": SYSTEMS,
    "POST /auth/staff/clients": SYSTEMS,
    "GET /auth/staff/clients/{client_id}": SYSTEMS,
    "PUT /auth/staff/clients/{client_id}": SYSTEMS,
    "POST /auth/staff/clients/{client_id}/secret": SYSTEMS,
    "PUT /auth/staff/clients/{client_id}/state": SYSTEMS,
    "POST /auth/staff/members/{login}/reset": ROSTER,
    "GET /auth/staff/resets": ROSTER,
    "POST /auth/staff/resets/{id}/decision": ROSTER,
    "GET /auth/staff/account": STAFF_SELF,
    "POST /auth/staff/otp": STAFF_SELF,
    "PUT /auth/staff/otp": STAFF_SELF,
    "DELETE /auth/staff/otp": STAFF_SELF,
    "PUT /auth/staff/password": STAFF_SELF,
    "GET /auth/staff/events": STAFF_SELF,
    "POST /auth/staff/representations": BOTH_SIDES,
    "POST /auth/staff/representations/signed": BOTH_SIDES,
    "POST /auth/staff/representations/checks": "says only how somebody at the window can agree",
    "GET /auth/staff/places": PLACES,
    "POST /auth/staff/places": PLACES,
    "POST /auth/staff/places/{id}/codes": PLACES,
    "DELETE /auth/staff/places/{id}": PLACES,
    "POST /auth/places/own": PLACES,
    "GET /auth/places/own": PLACES,
    "POST /auth/staff/representations/endings": BOTH_SIDES,
    "GET /auth/staff/readings/{id}": "how the person has answered, and nothing of them",
    "DELETE /auth/staff/readings": "forgets who stood there",
    "PUT /auth/session/acting": ONESELF,
    "GET /auth/representations": BOTH_SIDES,
    "POST /auth/representations": BOTH_SIDES,
    "POST /auth/representations/requests": BOTH_SIDES,
    "POST /auth/representations/{id}/acceptance": BOTH_SIDES,
    "DELETE /auth/representations/{id}": BOTH_SIDES,
    "GET /auth/legal-persons": BOTH_SIDES,
    "GET /auth/legal-persons/{id}": BOTH_SIDES,
    "POST /auth/legal-persons": BOTH_SIDES,
    "POST /auth/legal-persons/{id}/agents": BOTH_SIDES,
    "DELETE /auth/legal-persons/{id}/agents/{representation}": BOTH_SIDES,
    "GET /auth/representations/children": FAMILY,
    "POST /auth/representations/children": FAMILY,
}


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def test_promise_17_every_route_is_a_look_or_says_why_not() -> None:
    looks = {*LOOKS, *DONE, *OF_THE_OFFICE, *OF_DEPARTMENTS, *OF_THE_DOOR, *OF_WECHAT}
    routes = {name(route) for route in app.ROUTES}
    assert looks <= routes
    missing = routes - looks - set(NOTHING)
    assert not missing, "shows a person's data? then write a line; else say why not, above"
    assert set(NOTHING) - (routes - looks) == set()
