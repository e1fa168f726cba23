"""The market regulator's register, played for the demo city.

Magic companies (梁嘉欣 represents every one of them, so that she can try):

    914406040987651006  佛山市慢慢商贸有限公司  hangs until the caller gives up
    91440604098765200U  佛山市停停商贸有限公司  is down: 503 with Retry-After
    91440604098765300H  佛山市乱乱商贸有限公司  answers with half a sentence
    914406040987654007  佛山市拒拒商贸有限公司  refuses: the caller has no right to ask
    91440604098765500W  佛山市吊吊商贸有限公司  has lost its licence (吊销)
    91440604098765600J  佛山市注注商贸有限公司  is dissolved (注销)

914406040987657008 is held by nobody. ``POST changes`` does what the regulator's own window does:
another representative, another state.
"""

from functools import cache
from pathlib import Path

import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.outside.demo import Asked, Manners, Trouble

COMPANIES = Path(__file__).parent.parent / "demo_companies.yaml"
MAGIC = {
    "914406040987651006": Trouble.HANGS,
    "91440604098765200U": Trouble.DOWN,
    "91440604098765300H": Trouble.STAMMERS,
    "914406040987654007": Trouble.REFUSES,
}


@cache
def read_companies() -> list[dict[str, str]]:
    """All demo companies, as written in ``demo_companies.yaml``. Nobody writes into it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: list[dict[str, str]] = yaml.load(COMPANIES.read_bytes(), loader)["companies"]  # noqa: S506
    return found


def build(*, token: str = "sandbox") -> Starlette:
    """The register as an ASGI app."""
    register = Register()
    ways = Manners(
        authorization=f"Bearer {token}", key="UNISCID", magic=MAGIC,
        code="code", words="msg", content="data",
        unknown_caller=("2001", "令牌无效"),
        incomplete=("2002", "缺少统一社会信用代码"),
        refused=("2003", "无权查询"),
        nothing=("1001", "查无此企业"),
        held=("0000", "成功"),
    )  # fmt: skip
    return Starlette(
        routes=[
            Route("/scjg/v1/entinfo", ways.endpoint(register.company), methods=["POST"]),
            Route("/scjg/v1/lerep", ways.endpoint(register.representative), methods=["POST"]),
            Route("/changes", register.change, methods=["POST"]),
        ]
    )


class Register:
    """What it holds; None as an answer means nothing is held."""

    def __init__(self) -> None:
        self._companies = {one["UNISCID"]: dict(one) for one in read_companies()}

    def company(self, asked: Asked) -> Asked | None:
        """The company's record, without the number of anybody's document."""
        held = self._companies.get(asked["UNISCID"])
        return held and {name: value for name, value in held.items() if name not in _NOT_TOLD}

    def representative(self, asked: Asked) -> Asked | None:
        """Is this the legal representative?"""
        held = self._companies.get(asked["UNISCID"])
        if held is None:
            return None
        same = (held["LEREP"], held["CERNO"]) == (asked.get("LEREP"), asked.get("CERNO"))
        return {"RESULT": "1" if same else "0"}

    async def change(self, request: Request) -> Response:
        """What the regulator's window enters: ``{"UNISCID", …}`` with what is different now."""
        asked = await request.json()
        held = self._companies.get(asked["UNISCID"])
        if held is None:
            return JSONResponse({"code": "1001"}, 404)
        held.update({name: value for name, value in asked.items() if name in held})
        return JSONResponse({"code": "0000"})


_NOT_TOLD = ("CERNO", "note")
