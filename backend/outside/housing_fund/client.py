"""Client of the housing provident fund system (住房公积金系统).

The wire: XML in GB18030, as the centre's bank interface speaks it; field names of JGJ/T 320
(``grzh`` account, ``grzhye`` balance); ``fhm`` ``0000`` is an answer, ``0001`` means no account,
anything else is a refusal.
"""

from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from backend.outside.records import Facts, Record, only_given, yuan
from backend.outside.registers import Register
from backend.outside.wire import Down, exchange

SYSTEM = "housing_fund"


@dataclass(frozen=True, repr=False)
class Account(Record):
    """A person's fund account (个人账户); amounts in yuan as text."""

    grzh: str
    grzhzt: str
    grzhye: str = ""
    grjcjs: str = ""
    gryjce: str = ""
    dwyjce: str = ""
    dwmc: str = ""


class HousingFund(Register):
    """Asks the housing fund. Every method raises ``wire.Down``."""

    system = SYSTEM

    async def find_account(self, id_number: str) -> Account | None:
        """The person's account, or None when there is none."""
        question = (
            '<?xml version="1.0" encoding="GB18030"?>'
            f"<request><head><jydm>GR001</jydm><token>{escape(self._token)}</token></head>"
            f"<body><zjhm>{escape(id_number.upper())}</zjhm></body></request>"
        )
        response = await exchange(
            self._http,
            SYSTEM,
            "POST",
            "/gjj/ywjk",
            deadline=self._deadline,
            content=question.encode("gb18030"),
            headers={"Content-Type": "application/xml; charset=GB18030"},
        )
        answer = parse(response.content)
        code = answer.findtext("head/fhm")
        if code == "0001":
            return None
        if code != "0000":
            raise Down(SYSTEM, "refused" if code else "garbled", permanent=bool(code))
        held = {part.tag: part.text or "" for part in answer.iterfind("body/*")}
        return Account.of(held, SYSTEM)


def parse(body: bytes) -> ElementTree.Element:
    """XML in GB18030 to its root element; raises ``Down`` (garbled) for anything else.

    Decoded here, because expat knows no multi-byte Chinese encoding; documents with declarations of
    their own (``<!DOCTYPE``, ``<!ENTITY``) are refused, because this protocol has none and
    attackers do.
    """
    try:
        text = body.decode("gb18030")
        if "<!" in text:
            raise Down(SYSTEM, "garbled")
        if text.startswith("<?xml"):
            text = text.partition("?>")[2]
        return ElementTree.fromstring(text)  # noqa: S314  entities are refused above
    except (UnicodeDecodeError, ElementTree.ParseError, ValueError):
        raise Down(SYSTEM, "garbled") from None


STATUSES = {"01": "normal", "02": "sealed", "03": "closed", "04": "closed", "05": "closed"}
"""grzhzt account status (个人账户状态): 03 merged, 04 moved to another city, 05 paid out."""


def facts_from(account: Account) -> Facts:
    """The account's facts; ``fund_monthly`` is what person and employer pay together, in yuan."""
    own, employers = yuan(account.gryjce), yuan(account.dwyjce)
    monthly = (
        None
        if own is None or employers is None
        else float(Decimal(account.gryjce) + Decimal(account.dwyjce))
    )
    return only_given(
        {
            "fund_account": account.grzh,
            "fund_status": STATUSES.get(account.grzhzt),
            "fund_balance": yuan(account.grzhye),
            "fund_monthly": monthly,
            "fund_employer": account.dwmc,
        }
    )
