"""Client of the school roll and academic record system (学籍学历系统).

The wire: JSON over POST with an access key, field names of JY/T 1001 (``XJH`` student number,
``XLM`` level), answers ``{"code", "msg", "data": {"total", "list"}}`` in pages of the server's
choosing; code ``0`` is an answer.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from backend.outside.records import Facts, Record, only_given
from backend.outside.registers import Register
from backend.outside.wire import Down, exchange, json_object

SYSTEM = "education"
PAGE = 50
"""Records asked for at once; the server may give fewer."""
MOST = 200
"""Records of one person beyond which the answer is not believed."""


@dataclass(frozen=True, repr=False)
class Schooling(Record):
    """One entry of the school roll (学籍): somebody at one school, enrolled or graduated."""

    sfzjh: str
    xm: str
    xjh: str
    xxmc: str
    xlm: str
    xjztm: str
    byrq: str = ""
    njmc: str = ""


class Education(Register):
    """Asks the school roll. Every method raises ``wire.Down``."""

    system = SYSTEM

    async def schooling(self, id_number: str) -> list[Schooling]:
        """The person's own entries (本人学籍学历); empty when there are none."""
        return await self._all("BR", id_number)

    async def childrens_schooling(self, id_number: str) -> list[Schooling]:
        """The entries of the person's children (子女学籍); empty when there are none."""
        return await self._all("ZN", id_number)

    async def _all(self, scope: str, id_number: str) -> list[Schooling]:
        until = asyncio.get_running_loop().time() + self._deadline
        found: list[Schooling] = []
        for page in range(1, MOST + 1):
            left = until - asyncio.get_running_loop().time()
            total, entries = await self._page(scope, id_number, page, max(left, 0.0))
            found += entries
            if len(found) >= total:
                return found
            if not entries or len(found) > MOST:
                break
        raise Down(SYSTEM, "garbled")

    async def _page(
        self, scope: str, id_number: str, page: int, deadline: float
    ) -> tuple[int, list[Schooling]]:
        response = await exchange(
            self._http,
            SYSTEM,
            "POST",
            "/api/v2/xj/page",
            deadline=deadline,
            json={"sfzjh": id_number.upper(), "fw": scope, "pageNum": page, "pageSize": PAGE},
            headers={"X-Access-Key": self._token},
        )
        body = json_object(response, SYSTEM)
        if body.get("code") != "0":
            raise Down(SYSTEM, "refused", permanent=True)
        data = body.get("data")
        if not isinstance(data, dict) or not isinstance(data.get("list"), list):
            raise Down(SYSTEM, "garbled")
        total = data.get("total")
        if not isinstance(total, int):
            raise Down(SYSTEM, "garbled")
        return total, [Schooling.of(entry, SYSTEM) for entry in data["list"]]


LEVELS = {
    "11": "doctor",
    "14": "master",
    "21": "bachelor",
    "31": "college",
    "41": "vocational",
    "61": "senior",
    "71": "junior",
    "81": "primary",
}
"""GB/T 4658 codes of finished schooling (学历代码), highest first."""

ENROLLED, GRADUATED = "01", "07"
"""XJZTM states of a school roll entry (学籍状态码)."""


def facts_from(own: Sequence[Schooling], children: Sequence[Schooling] | None = None) -> Facts:
    """The highest finished schooling, the present student number, and the children's schools.

    ``children`` None leaves ``children_school`` out; an empty list says that no child is enrolled.
    """
    finished = [entry for entry in own if entry.xjztm == GRADUATED and entry.xlm in LEVELS]
    finished.sort(key=lambda entry: list(LEVELS).index(entry.xlm))
    enrolled = [entry for entry in own if entry.xjztm == ENROLLED]
    facts: Facts = {}
    if finished:
        facts["education_level"] = LEVELS[finished[0].xlm]
        facts["graduated_from"] = finished[0].xxmc
    if enrolled or finished:
        facts["student_number"] = (enrolled or finished)[0].xjh
    if children is not None:
        facts["children_school"] = [
            only_given(
                {
                    "name": child.xm,
                    "id_number": child.sfzjh,
                    "school": child.xxmc,
                    "grade": child.njmc,
                    "student_number": child.xjh,
                }
            )
            for child in children
            if child.xjztm == ENROLLED
        ]
    return only_given(facts)
