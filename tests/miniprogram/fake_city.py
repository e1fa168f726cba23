"""A small stand-in for the platform, until the real one can be started."""

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Json = dict[str, Any]

CARD: Json = {
    "code": "residence-permit",
    "name": "居住证申领",
    "summary": "外地户籍居民在佛山住满半年，可以申领居住证。",
    "department": {"code": "GA", "name": "佛山市公安局"},
    "audience": "person",
    "online": True,
    "visits": 0,
    "promised_days": 10,
    "fee": "不收费",
    "icon": "permit",
}
OTHERS = [
    {
        **CARD,
        "code": "resident-pension",
        "name": "城乡居民养老保险待遇申领",
        "icon": "pension",
        "promised_days": 5,
        "department": {"code": "RS", "name": "佛山市社会保险基金管理局"},
    },
    {
        **CARD,
        "code": "school-admission",
        "name": "义务教育学校新生入学报名",
        "icon": "school",
        "visits": 1,
        "department": {"code": "JY", "name": "佛山市教育局"},
    },
    {
        **CARD,
        "code": "fund-rent",
        "name": "租房提取住房公积金",
        "icon": "fund",
        "promised_days": 0,
        "department": {"code": "GJJ", "name": "佛山市住房公积金管理中心"},
    },
]
ITEMS = [CARD, *OTHERS]
THEME: Json = {
    "code": "settle",
    "name": "来佛山安家",
    "summary": "居住证、入学、公积金，一步步来。",
    "icon": "home",
    "item_count": 3,
}


def field(code: str, label: str, kind: str = "text", **more: Any) -> Json:
    return {
        "code": code,
        "element": code,
        "label": label,
        "type": kind,
        "required": True,
        "when": None,
        **more,
    }


RENT = {"field": "residence_kind", "op": "eq", "value": "rent"}
FORM: Json = {
    "item": "residence-permit",
    "version": 1,
    "title": "居住证申领",
    "sections": [
        {
            "code": "applicant",
            "title": "申请人信息",
            "when": None,
            "repeat": None,
            "fields": [
                field("name", "姓名"),
                field("id_number", "身份证号码", "id_number"),
                field(
                    "sex",
                    "性别",
                    "choice",
                    options=[{"value": "male", "label": "男"}, {"value": "female", "label": "女"}],
                ),
                field("birth_date", "出生日期", "date"),
                field("phone", "手机号码", "phone"),
                field("email", "电子邮箱", required=False),
            ],
        },
        {
            "code": "residence",
            "title": "居住信息",
            "when": None,
            "repeat": None,
            "fields": [
                field(
                    "residence_region",
                    "居住地所在区",
                    "region",
                    options=[
                        {"value": "440604", "label": "禅城区"},
                        {"value": "440605", "label": "南海区"},
                        {"value": "440606", "label": "顺德区"},
                        {"value": "440607", "label": "三水区"},
                        {"value": "440608", "label": "高明区"},
                    ],
                ),
                field("residence_address", "居住地址", "textarea", hint="写到门牌号和房号"),
                field("residence_since", "从何时住起", "date"),
                field(
                    "residence_kind",
                    "住所类型",
                    "choice",
                    options=[
                        {"value": "own", "label": "自有住房"},
                        {"value": "rent", "label": "租房"},
                        {"value": "dormitory", "label": "单位宿舍"},
                    ],
                ),
                field("landlord_name", "房东姓名", when=RENT),
                field("landlord_phone", "房东电话", "phone", when=RENT),
            ],
        },
        {
            "code": "children",
            "title": "随同居住的子女",
            "hint": "没有的可以不填。",
            "when": None,
            "repeat": {"min": 0, "max": 3, "row_name": "孩子"},
            "fields": [
                field("child_name", "姓名"),
                field("child_id", "身份证号码", "id_number"),
            ],
        },
    ],
    "materials": [
        {
            "code": "photo",
            "type": "photo",
            "name": "证件照",
            "required": True,
            "when": None,
            "standard": "近期正面免冠彩色照片，白色背景",
            "accept": ["image/*"],
            "waived_by": [],
        },
        {
            "code": "id_card",
            "type": "id_card",
            "name": "居民身份证",
            "required": True,
            "when": None,
            "standard": "",
            "accept": ["image/*"],
            "waived_by": ["id_number"],
        },
        {
            "code": "lease",
            "type": "lease",
            "name": "租赁合同",
            "required": True,
            "when": RENT,
            "standard": "租期覆盖申请当日，出租人签名",
            "accept": ["image/*"],
            "waived_by": [],
        },
    ],
    "declarations": [
        {
            "code": "truth",
            "text": "我保证所填内容和所交材料真实、准确；如有虚假，愿意承担法律责任。",
        }
    ],
}
ITEM: Json = {
    **CARD,
    "version": 1,
    "base_code": "",
    "implementation_code": "",
    "statutory_days": 15,
    "time_note": "自受理之日起计算。",
    "legal_basis": [{"title": "居住证暂行条例", "article": "第二条"}],
    "conditions": ["户籍不在佛山市。", "在佛山办理居住登记满半年。"],
    "steps": [
        {"name": "受理", "days": 1, "who": "居住地派出所"},
        {"name": "审核", "days": 4, "who": "居住地派出所"},
    ],
    "materials": FORM["materials"],
    "result": {"name": "居住证", "kind": "证照"},
    "fees": [],
    "channels": [],
    "phones": {"consult": "0757-12345", "complain": "12389"},
    "faq": [{"q": "孩子也要办吗？", "a": "由监护人代为申领。"}],
    "scope": "全市通办",
    "special_procedures": [],
    "remedies": {},
    "declarations": FORM["declarations"],
}


def vouched(value: Any, source: str = "公安人口库", **more: Any) -> Json:
    return {
        "value": value,
        "source": "population",
        "source_name": source,
        "verified_at": "2026-11-01T02:00:00Z",
        "valid_until": None,
        "grade": "A",
        "state": "verified",
        **more,
    }


PREFILL = {
    "name": vouched("阿依古丽·买买提江·努尔艾力"),
    "id_number": vouched("650102198809010429"),
    "sex": vouched("female"),
    "birth_date": vouched("1988-09-01"),
    "phone": vouched("19900000003", "统一身份认证", grade="B"),
    "residence_region": vouched("440604", "居住证系统"),
    "residence_address": vouched(
        "佛山市禅城区祖庙街道朝安路18号201房", "居住证系统", state="to_verify", verified_at=None
    ),
}


class City:
    def __init__(self) -> None:
        self.linked: set[str] = set()
        self.tokens: set[str] = set()
        self.draft: Json | None = None
        self.documents: list[Json] = []
        self.cases: dict[str, Json] = {}
        self.results: dict[str, Any] = {}
        self.count = itertools.count(1)

        self.address = ""

    def sms_code(self, phone: str) -> str:
        return "246810"

    def ask_correction(self, number: str, target: str, code: str, reason: str) -> None:
        item = {"target": target, "code": code, "label": code, "reason": reason}
        asked = {"asked_at": "2026-11-23T03:00:00Z", "due_on": "2026-12-01", "items": [item]}
        self.cases[number].update(
            status="correcting",
            status_text="待补正",
            needs_you=True,
            may=["answer_correction", "withdraw"],
            correction=asked,
        )

    def case_numbers(self) -> list[str]:
        return list(self.cases)

    def draft_elsewhere(self, values: dict[str, object]) -> None:
        revision = self.draft["revision"] if self.draft else 0
        self.draft = {
            "revision": revision + 1,
            "values": values,
            "materials": {},
            "updated_at": "2026-11-23T03:00:00Z",
        }

    def end_sessions(self) -> None:
        self.tokens.clear()

    def session(self) -> Json:
        token = f"token-{next(self.count)}"
        self.tokens.add(token)
        return {
            "signed_in": True,
            "kind": "person",
            "name": "阿*力",
            "level": "real_name",
            "token": token,
        }


def problem(status: int, code: str, title: str, fix: str, **more: Any) -> JSONResponse:
    body = {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "code": code,
        "fix": fix,
        "errors": [],
        **more,
    }
    return JSONResponse(body, status)


def app(city: City) -> Starlette:  # noqa: C901
    async def home(_: Request) -> Response:
        departments = [{**item["department"], "item_count": 3} for item in ITEMS]
        return JSONResponse(
            {
                "city": {"name": "佛山市"},
                "themes": [
                    THEME,
                    {**THEME, "code": "newborn", "name": "新生儿出生", "icon": "baby"},
                ],
                "popular": ITEMS,
                "departments": departments,
            }
        )

    async def items(request: Request) -> Response:
        found = [item for item in ITEMS if request.query_params.get("q", "") in item["name"]]
        return JSONResponse({"items": found, "total": len(found), "next": None})

    async def item(_: Request) -> Response:
        return JSONResponse(ITEM)

    async def theme(_: Request) -> Response:
        return JSONResponse({**THEME, "items": [{**one, "why": "住满半年先办"} for one in ITEMS]})

    async def codes(_: Request) -> Response:
        return JSONResponse({"resend_after": 60, "expires_in": 300}, 202)

    async def sessions(request: Request) -> Response:
        body = await request.json()
        if body.get("code") not in (None, "246810"):
            return problem(422, "wrong_code", "验证码不对", "请核对短信里的 6 位数字，或重新获取。")
        if "link_ticket" in body:
            city.linked.add(body["link_ticket"].removeprefix("ticket-"))
        return JSONResponse(city.session(), 201)

    async def wechat(request: Request) -> Response:
        code = (await request.json())["code"]
        if code in city.linked:
            return JSONResponse(city.session(), 201)
        return JSONResponse({"signed_in": False, "link_ticket": f"ticket-{code}"})

    async def session(request: Request) -> Response:
        if request.method == "DELETE":
            return Response(status_code=204)
        known = request.headers.get("authorization", "").removeprefix("Bearer ") in city.tokens
        return JSONResponse(
            {
                "signed_in": known,
                "kind": "person",
                "name": "阿*力" if known else None,
                "level": "real_name",
                "token": None,
            }
        )

    def signed(endpoint: Any) -> Any:
        async def guarded(request: Request) -> Response:
            if request.headers.get("authorization", "").removeprefix("Bearer ") not in city.tokens:
                return problem(401, "sign_in_first", "请先登录", "登录后继续。")
            key = request.headers.get("idempotency-key")
            if key and key in city.results:
                return city.results[key]
            answer = await endpoint(request)
            if key and answer.status_code < 400:
                city.results[key] = answer
            return answer

        return guarded

    async def application(_: Request) -> Response:
        states = {
            code: {"state": "needed", "by": None, "note": "", "documents": []}
            for code in ("photo", "lease")
        }
        states["id_card"] = {
            "state": "satisfied",
            "by": "fact",
            "note": "公安人口库已有您的身份信息，不用交",
            "documents": [],
        }
        return JSONResponse(
            {
                "form": FORM,
                "version": 1,
                "draft": city.draft,
                "prefill": PREFILL,
                "down": [
                    {
                        "source": "residence",
                        "source_name": "居住证系统",
                        "fields": ["residence_since"],
                    }
                ],
                "materials": states,
                "summary": {"fields": 11, "prefilled": 7, "materials": 3, "waived": 1},
            }
        )

    async def draft(request: Request) -> Response:
        body = await request.json()
        now = city.draft["revision"] if city.draft else 0
        if body["revision"] != now:
            return problem(
                409, "draft_changed", "草稿已在别处更新", "请选择用哪一份。", current=city.draft
            )
        city.draft = {**body, "revision": now + 1, "updated_at": "2026-11-23T03:00:00Z"}
        return JSONResponse({"revision": now + 1, "updated_at": city.draft["updated_at"]})

    async def documents(request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse({"documents": city.documents})
        async with request.form() as sent:
            form = dict(sent)
        kept = {
            "id": f"d{next(city.count)}",
            "type": form["material_type"],
            "type_name": "",
            "name": form["name"],
            "content_type": "image/png",
            "size": 1,
            "source_name": "本人上传",
            "created_at": "2026-11-23T03:00:00Z",
        }
        city.documents.append(kept)
        return JSONResponse(kept, 201)

    def case_of(body: Json) -> Json:
        papers = {doc["id"]: doc for doc in city.documents}
        return {
            "number": f"FS20261123{next(city.count):05}",
            "item": {"code": CARD["code"], "name": CARD["name"]},
            "department": CARD["department"],
            "status": "submitted",
            "status_text": "待预审",
            "submitted_at": "2026-11-23T03:00:00Z",
            "updated_at": "2026-11-23T03:00:00Z",
            "due_on": None,
            "needs_you": False,
            "values": body["values"],
            "materials": {
                code: [papers[one] for one in ids] for code, ids in body["materials"].items()
            },
            "timeline": [
                {
                    "kind": "submit",
                    "title": "提交申请",
                    "note": "",
                    "at": "2026-11-23T03:00:00Z",
                    "by": "本人（微信小程序）",
                    "state": "done",
                },
                {
                    "kind": "pre_review",
                    "title": "窗口预审",
                    "note": "",
                    "at": None,
                    "by": "",
                    "state": "current",
                },
                {
                    "kind": "decide",
                    "title": "审查决定",
                    "note": "",
                    "at": None,
                    "by": "",
                    "state": "waiting",
                },
                {
                    "kind": "close",
                    "title": "办结送达",
                    "note": "",
                    "at": None,
                    "by": "",
                    "state": "waiting",
                },
            ],
            "correction": None,
            "result": None,
            "may": ["withdraw"],
            "deliveries": [
                {
                    "channel": "wechat",
                    "state": "delivered",
                    "at": "2026-11-23T03:00:00Z",
                    "title": "申请已提交",
                }
            ],
        }

    async def cases(request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse({"cases": list(city.cases.values()), "next": None})
        made = case_of(await request.json())
        city.cases[made["number"]] = made
        city.draft = None
        return JSONResponse(made, 201)

    async def case(request: Request) -> Response:
        return JSONResponse(city.cases[request.path_params["number"]])

    async def correction(request: Request) -> Response:
        one = city.cases[request.path_params["number"]]
        one.update(
            values=(await request.json())["values"],
            status="submitted",
            status_text="待预审",
            needs_you=False,
            correction=None,
            may=["withdraw"],
        )
        return JSONResponse(one)

    async def withdrawal(request: Request) -> Response:
        one = city.cases[request.path_params["number"]]
        one.update(status="withdrawn", status_text="已撤回", may=[])
        return JSONResponse(one)

    async def clock(_: Request) -> Response:
        return JSONResponse(
            {
                "due_on": "2026-12-07",
                "status": "running",
                "lines": [
                    {
                        "date": "2026-11-23",
                        "text": "收到申请，次日起算",
                        "days_left": 10,
                        "counts": False,
                    },
                    {
                        "date": "2026-12-07",
                        "text": "第 10 个工作日",
                        "days_left": 0,
                        "counts": True,
                    },
                ],
            }
        )

    async def space(_: Request) -> Response:
        drafts = (
            [
                {
                    "item": CARD,
                    "revision": 1,
                    "updated_at": "2026-11-23T03:00:00Z",
                    "filled": 7,
                    "total": 11,
                }
            ]
            if city.draft
            else []
        )
        return JSONResponse(
            {
                "person": {"name": "阿*力", "level": "real_name"},
                "drafts": drafts,
                "savings": {
                    "fields_supplied": 7,
                    "fields_total": 11,
                    "papers_waived": 1,
                    "papers_total": 3,
                },
            }
        )

    number = "/api/cases/{number}"
    return Starlette(
        routes=[
            Route("/api/home", home),
            Route("/api/items", items),
            Route("/api/items/{code}", item),
            Route("/api/themes/{code}", theme),
            Route("/auth/codes", codes, methods=["POST"]),
            Route("/auth/sessions", sessions, methods=["POST"]),
            Route("/auth/registrations", sessions, methods=["POST"]),
            Route("/auth/miniprogram/sessions", wechat, methods=["POST"]),
            Route("/auth/session", session, methods=["GET", "DELETE"]),
            Route("/api/items/{code}/application", signed(application)),
            Route("/api/drafts/{item}", signed(draft), methods=["PUT"]),
            Route("/api/documents", signed(documents), methods=["GET", "POST"]),
            Route("/api/cases", signed(cases), methods=["GET", "POST"]),
            Route(number, signed(case)),
            Route(number + "/correction", signed(correction), methods=["POST"]),
            Route(number + "/withdrawal", signed(withdrawal), methods=["POST"]),
            Route(number + "/clock", signed(clock)),
            Route("/api/space", signed(space)),
        ]
    )


@contextmanager
def serving() -> Iterator[City]:
    city = City()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app(city), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        city.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield city
        server.should_exit = True
        thread.join()
