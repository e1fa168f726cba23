"""What a document's register says of it (证件核查), when an officer has it in hand."""

from dataclasses import dataclass
from datetime import date

from auth.rules.documents import Kind
from backend.kernel import log
from backend.outside.immigration.client import DocumentCheck, Immigration
from backend.outside.population.client import Check as PoliceCheck
from backend.outside.population.client import Population
from backend.outside.wire import Down


@dataclass(frozen=True, slots=True)
class Said:
    """A register's answer. ``reason``: why a second officer must look, empty if all fits.

    ``over``: the document has expired or was revoked. ``until``: its last day, if the register
    knows it.
    """

    reason: str
    until: date | None = None
    over: bool = False


async def ask(document: Kind, number: str, name: str) -> Said:
    """Ask the police's register about an ID card, the immigration's about any other document."""
    try:
        if document == "id_card":
            check = await Population.from_settings().check_identity(name=name, id_number=number)
            fits = check in (PoliceCheck.MATCH, PoliceCheck.MINOR)
            return Said("" if fits else f"register_{check.value}")
        answer = await Immigration.from_settings().check_document(
            kind=document, number=number, name=name
        )
    except Down as down:
        log.warning("register.down", register=document, reason=down.reason)
        return Said("register_silent")
    fits = answer.check is DocumentCheck.MATCH
    over = answer.check in (DocumentCheck.EXPIRED, DocumentCheck.REVOKED)
    return Said("" if fits else f"register_{answer.check.value}", answer.valid_until, over)
