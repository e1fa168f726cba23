"""Ask other offices who somebody is (向外部核验), never inside a transaction.

1. The police first: if name and number do not belong together, nobody else hears of them.
2. Then the operator of the phone, and the bank if a card was given, at the same time.
3. The social insurance last, and only if that is not enough yet.

Every call has a deadline (``outside_timeout``). A register that does not answer is ``silent``:
no refusal, but something to ask again.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field

from auth.rules import assurance
from auth.rules.assurance import Check, Verdict
from backend.kernel import log
from backend.outside.bank.client import Bank
from backend.outside.operators.client import Operators
from backend.outside.population.client import Check as PoliceCheck
from backend.outside.population.client import Population, plain_name
from backend.outside.social_security.client import SocialSecurity
from backend.outside.wire import Down

Found = dict[Check, Verdict]


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are, in plain text: for the registers, never for a log."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    phone: str = field(repr=False)


async def ask_registers(claim: Claim, *, known: assurance.Findings, bank_card: str = "") -> Found:
    """What the registers say now, on top of what is ``known``; only the new findings come back."""
    found: Found = {}
    if known.get("population") != "match":
        found["population"] = await _heard("population", _police(claim))
    if (found.get("population") or known.get("population")) not in ("match", "silent"):
        return found
    asks: list[tuple[Check, Awaitable[Verdict]]] = []
    if known.get("operators") != "match":
        asks.append(("operators", _operators(claim)))
    if bank_card:
        asks.append(("bank_card", _bank(claim, bank_card)))
    answers = await asyncio.gather(*(_heard(check, ask) for check, ask in asks))
    found |= dict(zip((check for check, _ in asks), answers, strict=True))
    so_far = {**known, **found}
    if known.get("social_security") != "match" and not assurance.registers_agree(so_far):
        found["social_security"] = await _heard("social_security", _insured(claim))
    return found


async def _heard(check: Check, ask: Awaitable[Verdict]) -> Verdict:
    try:
        return await ask
    except Down as down:
        log.warning("register.down", register=check, reason=down.reason)
        return "silent"


async def _police(claim: Claim) -> Verdict:
    register = Population.from_settings()
    answer = await register.check_identity(name=claim.name, id_number=claim.id_number)
    verdicts: dict[PoliceCheck, Verdict] = {
        PoliceCheck.MATCH: "match",
        PoliceCheck.MINOR: "match",  # below 18; those below 16 were told before anybody was asked
        PoliceCheck.MISMATCH: "mismatch",
        PoliceCheck.NOT_FOUND: "not_found",
        PoliceCheck.DECEASED: "deceased",
    }
    return verdicts[answer]


async def _operators(claim: Claim) -> Verdict:
    answer = await Operators.from_settings().check_phone(
        name=claim.name, id_number=claim.id_number, phone=claim.phone
    )
    return answer.value


async def _bank(claim: Claim, card: str) -> Verdict:
    answer = await Bank.from_settings().check_card(
        card=card, name=claim.name, id_number=claim.id_number, phone=claim.phone
    )
    return answer.value


async def _insured(claim: Claim) -> Verdict:
    held = await SocialSecurity.from_settings().find_insured(claim.id_number)
    if held is None:
        return "not_found"
    return "match" if plain_name(held.aac003) == plain_name(claim.name) else "mismatch"
