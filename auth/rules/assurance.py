"""How sure the city is of somebody (实名认证等级): one table of journeys, and what follows from it.

The law asks for the ID number and at least two more things of the person (国办函〔2016〕108号:
phone, social-security card, bank card, housing fund, driving-licence file), or for a window with
the card. We ask three registers that each name the holder themselves: the police (number and
name), the operator (the phone that answered our message) and, third, the social insurance;
whoever it does not know gives a bank card instead. The number of the social-security card is not
asked for: it proves no more than the record, and many employers have a copy. The police's word
that somebody is dead comes with their first answer and stops everything. The housing fund is not
asked: its answer names nobody.

A level is the city's own word for what was proven here. It is no level of the national platform
(国家政务服务平台) and none of GB/T 36633, because neither was read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Level = Literal["registered", "real_name", "verified"]
Way = Literal["registers", "bank_card", "face", "counter", "counter_override"]
Check = Literal["population", "operators", "social_security", "bank_card"]
Verdict = Literal["match", "mismatch", "not_found", "deceased", "silent"]
Findings = Mapping[Check, Verdict]

LEVELS: tuple[Level, ...] = ("registered", "real_name", "verified")
"""From the lowest: a phone that answered; a name that registers confirmed; a face or card seen."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One line of the table: what is checked, against whom, what it gives and for how many days.

    ``stops`` are the refusals that end it; ``leaves`` is the level of somebody whom it could not
    raise (a register is silent, a check disagrees).
    """

    way: Way
    checks: tuple[str, ...]
    against: tuple[str, ...]
    gives: Level
    days: int
    stops: tuple[str, ...]
    leaves: Level | None = None


_STOPS = ("identity_mismatch", "identity_not_found", "identity_window_only", "identity_has_account")
FIVE_YEARS, TEN_YEARS = 1826, 3652

JOURNEYS: dict[Way, Journey] = {
    one.way: one
    for one in (
        Journey(
            "registers",
            ("number + name + alive", "number + name + phone", "number + name of the insured"),
            ("population", "operators", "social_security"),
            "real_name", FIVE_YEARS, ("minor_needs_guardian", *_STOPS), "registered",
        ),
        Journey(
            "bank_card",
            ("number + name + alive", "card + number + name + phone", "phone or insured, as above"),
            ("population", "bank", "operators or social_security"),
            "real_name", FIVE_YEARS, _STOPS, "registered",
        ),
        Journey(
            "face",
            ("living face + number + name, verify_ret 10000 for this cert_hash",),
            ("wechat",),
            "verified", 730,
            ("face_not_passed", "face_over", "wechat_down", "identity_has_account"),
        ),
        Journey(
            "counter",
            ("card in the clerk's hand", "number + name in its register", "yes by phone or hand"),
            ("clerk", "population or immigration", "person"),
            "verified", TEN_YEARS,
            ("counter_document_over", "counter_needs_second", "code_wrong"),
        ),
        Journey(
            "counter_override",
            ("card in the clerk's hand", "a second officer", "yes by phone or hand"),
            ("clerk", "another officer", "person"),
            "verified", 365, ("counter_same_officer", "counter_declined", "code_wrong"),
        ),
    )
}  # fmt: skip
"""Every way to a level. ``counter`` lasts no longer than the document itself."""

_ASKED_OF_THE_PERSON: frozenset[Check] = frozenset({"operators", "bank_card"})
"""What ties the person at this phone to the name, beyond knowing it: their own phone or card."""


def registers_agree(found: Findings) -> bool:
    """Whether the findings make a real name: the police, and two more sources that agree.

    One of the two must be the person's own phone or card: name and number are known to many.
    """
    agreeing = {check for check, verdict in found.items() if verdict == "match"}
    own = agreeing & _ASKED_OF_THE_PERSON
    return "population" in agreeing and len(agreeing) >= 3 and bool(own)


def stop(found: Findings) -> str | None:
    """The refusal that the police's answer asks for, if any.

    Of the deceased nothing is said but that it takes a window: name and number agree, so this is
    a thief, or a mistake that only a person can mend.
    """
    reasons = {
        "mismatch": "identity_mismatch",
        "not_found": "identity_not_found",
        "deceased": "identity_window_only",
    }
    return reasons.get(found.get("population", ""))


def silent(found: Findings) -> tuple[Check, ...]:
    """Checks whose register did not answer: to be asked again by ourselves."""
    return tuple(check for check, verdict in found.items() if verdict == "silent")


def ways_on(level: Level, found: Findings) -> tuple[Way, ...]:
    """What can raise this person, the nearest first."""
    if level == "verified":
        return ()
    cards: list[Way] = []
    if level == "registered" and found.get("population") in (None, "match", "silent"):
        if silent(found) or not found:
            cards.append("registers")
        if found.get("bank_card") != "match":
            cards.append("bank_card")
    return (*cards, "face", "counter")


def lasts_until(way: Way, today: date, *, document_until: date | None = None) -> date:
    """The last day on which the proof counts: never beyond the document that was shown."""
    end = today + timedelta(days=JOURNEYS[way].days)
    return min(end, document_until) if document_until else end


def troubles(found: Findings) -> tuple[str, ...]:
    """Why a person is only ``registered``, as words for the page; the first is the nearest."""
    if not found:
        return ("lapsed",)
    if (code := stop(found)) is not None:
        return (code,)
    if registers_agree(found):
        return ("identity_has_account",)  # they agree, and yet the number is somebody else's
    why = ["registers_silent"] if silent(found) else []
    if found.get("operators") in ("mismatch", "not_found"):
        why.append("phone_of_another")
    if found.get("social_security") in ("mismatch", "not_found"):
        why.append("third_missing")
    if found.get("bank_card") in ("mismatch", "not_found"):
        why.append("bank_card_wrong")
    return tuple(why) or ("registers_silent",)
