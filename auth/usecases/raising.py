"""How a person stands, and how they get further (实名认证): after registration, at their own pace.

1. ``standing`` says what was proven, when, until when, why no more, and what the nearest way is.
2. ``ask_again`` asks the silent registers anew, or brings a card's number, which is kept nowhere.
3. ``ask_silent_again`` does the first by itself for everybody who waits; ``lapse`` takes back what
   has run out. Both are jobs of the clock.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from auth.models import assurance as rows
from auth.models import events, people
from auth.models.assurance import Proof
from auth.models.people import Identity
from auth.rules import assurance, identity
from auth.rules.assurance import Findings, Level, Way
from auth.rules.documents import Kind, masked
from auth.usecases import asking, sessions
from auth.usecases.asking import Claim
from auth.usecases.register import confirming, refuse
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, log, outbox, privacy
from backend.kernel.errors import FieldError, conflict, invalid, not_allowed, not_found
from backend.outside.bank.client import is_card

ASKED_AGAIN_AFTER = timedelta(minutes=10)
AT_ONCE = 200
"""Persons asked about in one round of the clock."""
TOLD_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the person sees on their page; name and number are masked."""

    level: Level
    document: Kind
    name: str = field(repr=False)
    number: str = field(repr=False)
    proof: Proof | None
    troubles: tuple[str, ...]
    ways: tuple[Way, ...]
    asked_at: datetime | None


async def standing(person_id: str) -> Standing:
    """How a person stands.

    Raises:
        Refusal: ``not_found``.
    """
    who = await _identity(person_id)
    found, asked_at = await rows.findings(person_id)
    proofs = await rows.proofs(person_id)
    today = clock.today()
    best = next((p for p in proofs if p.level == who.level and p.until >= today), None)
    if who.document != "id_card":
        ways: tuple[Way, ...] = () if who.level == "verified" else ("counter",)
    else:
        ways = assurance.ways_on(who.level, found)
    return Standing(
        level=who.level,
        document=who.document,
        name=privacy.mask_name(who.name),
        number=masked(who.id_number),
        proof=best,
        troubles=assurance.troubles(found) if who.level == "registered" else (),
        ways=ways,
        asked_at=asked_at,
    )


async def ask_again(person_id: str, visitor: Visitor, *, bank_card: str = "") -> Standing:
    """Ask the registers anew, with a card's number if one is given.

    Raises:
        Refusal: ``check_input``, ``assurance_done``, ``identity_mismatch``,
            ``identity_not_found``, ``identity_window_only``, ``identity_has_account``,
            ``too_many_tries``.
    """
    who = await _identity(person_id)
    bank_card = identity.normal_id_number(bank_card)
    if bank_card and not is_card(bank_card):
        raise invalid("check_input", errors=[FieldError("/bank_card", "format")])
    if who.level != "registered" or who.document != "id_card":
        raise conflict("assurance_done")
    await knock("assurance.person", person_id)
    found = await _ask(person_id, who, bank_card=bank_card)
    refuse(found)
    if assurance.registers_agree(found):
        way: Way = "bank_card" if found.get("bank_card") == "match" else "registers"
        if not await _confirm(person_id, who, way, visitor):
            raise conflict("identity_has_account")
    return await standing(person_id)


async def ask_silent_again() -> None:
    """Job: ask the registers that were silent, and tell the person when that settles it."""
    before = clock.now() - ASKED_AGAIN_AFTER
    for person_id in await rows.silent_since(before, most=AT_ONCE):
        who = await _identity(person_id)
        found = await _ask(person_id, who)
        if assurance.registers_agree(found):
            confirmed = await _confirm(person_id, who, "registers", Visitor("", "web"))
            await _tell(person_id, who, "identity_confirmed" if confirmed else "identity_open")
        elif not assurance.silent(found):
            await _tell(person_id, who, "identity_open")


async def lapse() -> None:
    """Job: take back levels whose proofs have run out; what is left keeps counting."""
    for person_id, level in await rows.lapsed(clock.today()):
        gone = [rows.forgetting_findings(person_id)] if level == "registered" else []
        await db.write(rows.lowering(person_id, level), *gone)
        await sessions.reload_all("person", person_id)
        log.event("assurance.lapsed", level=level)


async def _ask(person_id: str, who: Identity, *, bank_card: str = "") -> Findings:
    """All findings, the new ones kept."""
    claim = Claim(who.name, who.id_number, who.phone)
    known, _ = await rows.findings(person_id)
    new = await asking.ask_registers(claim, known=known, bank_card=bank_card)
    await db.write(*rows.finding(person_id, new))
    return {**known, **new}


async def _confirm(person_id: str, who: Identity, way: Way, visitor: Visitor) -> bool:
    claim = Claim(who.name, who.id_number, who.phone)
    event = events.happened(
        "assured", method=way, via=visitor.via, address=visitor.address, person_id=person_id
    )
    try:
        await db.write(*confirming(person_id, claim, way=way), event)
    except db.IntegrityError:
        return False  # the number has been proven to be somebody else's
    outbox.nudge()
    await sessions.reload_all("person", person_id)
    return True


async def _tell(person_id: str, who: Identity, template: str) -> None:
    await db.write(message(who.phone, template, key=f"{template}:{person_id}:{db.new_id()}"))


def message(phone: str, template: str, *, key: str) -> db.Statement:
    """A text message about the person's standing, without a name or a number in it."""
    payload = {
        "phone": phone,
        "template": template,
        "params": {},
        "expires_at": (clock.now() + TOLD_WITHIN).isoformat(),
    }
    return outbox.row_for("auth.sms", key=f"auth.sms:{key}", payload=payload)


async def _identity(person_id: str) -> Identity:
    who = await people.find_identity(person_id)
    if who is None:
        raise not_found()
    return who


def need_real_name(level: Level) -> None:
    """Let on only whose name was proven.

    Raises:
        Refusal: ``real_name_first``: the name and number are only claimed, and whoever claims
            another's must get nothing that belongs to them.
    """
    if level == "registered":
        raise not_allowed("real_name_first")
