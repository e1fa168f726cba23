"""Client of the immigration administration's document check (出入境证件身份认证).

The wire: JSON over POST with a bearer token; ``zjlx`` document type, ``zjhm`` number, ``xm`` name
as the document prints it; answers are ``{"code", "data": {"result", "yxqz"}}``. It knows the
documents that Chinese authorities issue to people without a mainland ID card, and foreign
passports that came through a border.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backend.outside.records import iso_date
from backend.outside.registers import Register
from backend.outside.wire import Down, exchange, json_object

SYSTEM = "immigration"
PATH = "/api/v1/document/verify"

TYPES = {
    "hk_macao_permit": "14",
    "taiwan_permit": "17",
    "residence_permit": "15",
    "passport": "11",
    "permanent_resident": "18",
}
"""The register's codes for the kinds of document."""


class DocumentCheck(StrEnum):
    """What the register says about a document."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    EXPIRED = "expired"
    REVOKED = "revoked"


ANSWERS = {
    "1": DocumentCheck.MATCH,
    "2": DocumentCheck.MISMATCH,
    "3": DocumentCheck.NOT_FOUND,
    "4": DocumentCheck.EXPIRED,
    "5": DocumentCheck.REVOKED,
}


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """The check's result, and until when the document is valid if the register says so."""

    check: DocumentCheck
    valid_until: date | None = None


class Immigration(Register):
    """Asks the document register. Raises ``wire.Down``."""

    system = SYSTEM

    async def check_document(self, *, kind: str, number: str, name: str) -> DocumentAnswer:
        """Ask whether a document of a ``kind`` (a key of ``TYPES``) was issued to this name."""
        response = await exchange(
            self._http,
            SYSTEM,
            "POST",
            PATH,
            deadline=self._deadline,
            json={"zjlx": TYPES[kind], "zjhm": number, "xm": name},
            headers={"Authorization": f"Bearer {self._token}"},
        )
        body = json_object(response, SYSTEM)
        if body.get("code") != "0":
            raise Down(SYSTEM, "refused", permanent=True)
        data = body.get("data")
        check = ANSWERS.get(str(data.get("result"))) if isinstance(data, dict) else None
        if check is None or not isinstance(data, dict):
            raise Down(SYSTEM, "garbled")
        until = iso_date(str(data.get("yxqz", "")))
        return DocumentAnswer(check, date.fromisoformat(until) if until else None)
