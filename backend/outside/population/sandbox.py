"""The population register and residence-permit system, played for the demo city.

Magic identities (any name fits):

    440604198501010116  赵慢慢  hangs until the caller gives up
    440604198501020189  赵停停  is down: 503 with Retry-After
    44060419850103015X  赵乱乱  answers with half a sentence
    440604198501040120  赵拒拒  refuses: the caller has no right to ask
    440604198501050193  赵不符  name and number never match

Others worth knowing: 何秀英 440604195307110283 is deceased, 陈乐怡 440604201509060446 is a minor,
440604198501060164 is held by nobody.
"""

from datetime import date

from starlette.applications import Starlette
from starlette.routing import Route

from backend.kernel import clock
from backend.outside.demo import Asked, Manners, Trouble, by_id_number

MAGIC = {
    "440604198501010116": Trouble.HANGS,
    "440604198501020189": Trouble.DOWN,
    "44060419850103015X": Trouble.STAMMERS,
    "440604198501040120": Trouble.REFUSES,
}
NEVER_MATCHES = "440604198501050193"


def build(*, token: str = "sandbox") -> Starlette:
    """The register as an ASGI app."""
    register = Register()
    ways = Manners(
        authorization=f"APPCODE {token}", key="GMSFHM", magic=MAGIC,
        code="status", words="message", content="result",
        unknown_caller=("401", "应用编码无效"),
        incomplete=("400", "缺少公民身份号码"),
        refused=("403", "无权查询"),
        nothing=("404", "查无此人"),
        held=("200", "成功"),
    )  # fmt: skip
    return Starlette(
        routes=[
            Route("/rkk/v1/sfhy", ways.endpoint(register.check), methods=["POST"]),
            Route("/rkk/v1/ryxx", ways.endpoint(register.person), methods=["POST"]),
            Route("/rkk/v1/hcy", ways.endpoint(register.household), methods=["POST"]),
            Route("/jzz/v1/jzxx", ways.endpoint(register.residence), methods=["POST"]),
        ]
    )


class Register:
    """What it holds, and its four services; None as an answer means nothing is held."""

    def __init__(self) -> None:
        self._people = by_id_number("population")
        self._households = by_id_number("household")
        self._residences = by_id_number("residence")

    def check(self, asked: Asked) -> Asked | None:
        """Do name and number belong together; who is below 18 is said as well."""
        held = self._people.get(asked["GMSFHM"])
        if asked["GMSFHM"] == NEVER_MATCHES:
            return {"HYJG": "02"}
        if held is None:
            return None
        if held["XM"] != asked.get("XM"):
            return {"HYJG": "02"}
        if held["SWBS"] == "1":
            return {"HYJG": "03"}
        return {"HYJG": "01", "WCNBS": "1" if _is_minor(held["CSRQ"], clock.today()) else "0"}

    def person(self, asked: Asked) -> Asked | None:
        """The person's record."""
        return self._people.get(asked["GMSFHM"])

    def household(self, asked: Asked) -> Asked | None:
        """The other members of the household, and children."""
        if asked["GMSFHM"] not in self._people:
            return None
        return {"HCY": self._households.get(asked["GMSFHM"], [])}

    def residence(self, asked: Asked) -> Asked | None:
        """Where the person lives."""
        return self._residences.get(asked["GMSFHM"])


def _is_minor(birth: str, today: date) -> bool:
    """Below 18 whole years (民法典 art. 17); ``birth`` is yyyymmdd."""
    return f"{today.year - 18:04d}{today.month:02d}{today.day:02d}" < birth
