"""Register with a real name (实名注册).

1. Everything that is wrong with the input is told at once.
2. The phone answers for itself with a code, before anybody asks a register a question.
3. Three registers are asked (``asking.py``). A name that does not belong to the number is told at
   once, and the same code serves again.
4. Registers that agree make a real name. One that is silent, or a phone in somebody else's name,
   leaves the person ``registered``: signed in, nothing lost, asked again by ourselves, and with
   other ways on (``auth.rules.assurance.ways_on``).
5. One account per ID number: whoever registers again with the account's own phone signs in. With
   another phone they do not, and only those learn of the account whose phone, by the operator's
   word, is their own: to everybody else it looks as if there were none.
"""

from auth.models import assurance as proofs
from auth.models import consents, events, passkeys, people, pins
from auth.models.people import Account
from auth.rules import assurance, identity, passwords
from auth.usecases import alerts, asking, codes, devices, links, sessions
from auth.usecases import passwords as hashing
from auth.usecases.asking import Claim, Found
from auth.usecases.visitor import Visitor
from backend.kernel import clock, db, outbox, privacy
from backend.kernel.errors import FieldError, conflict, invalid, not_allowed
from backend.outside.bank.client import is_card

CONSENT = "identity_check"
WORDING = "2026-12"
"""The version of the separate consent (单独同意, PIPL art. 29) that the page shows: ID number and
name are sensitive, and go to the registers named there. What the city does by statute needs none.
"""


async def register(
    *,
    name: str,
    id_number: str,
    phone: str,
    code: str,
    password: str | None,
    ticket: str | None,
    visitor: Visitor,
    bank_card: str = "",
) -> str:
    """The token of a session for the person, whose account is made if there is none.

    ``bank_card`` is for those whom the social insurance does not know.

    Raises:
        Refusal: ``check_input``, ``code_wrong``, ``minor_needs_guardian``, ``identity_mismatch``,
            ``identity_not_found``, ``identity_window_only``, ``identity_has_account``,
            ``phone_taken``, ``link_ticket_over``, ``too_many_tries``.
    """
    claim = Claim(
        identity.normal_name(name), identity.normal_id_number(id_number),
        identity.normal_phone(phone),
    )  # fmt: skip
    card = identity.normal_id_number(bank_card)
    _check_input(claim, password=password, card=card)
    if identity.age(claim.id_number, today=clock.today()) < identity.ADULT_FROM:
        raise not_allowed("minor_needs_guardian", age=identity.ADULT_FROM)
    await visitor.knock("register.address")
    wechat = await links.peek(ticket, visitor)
    using = await codes.redeem(phone=claim.phone, purpose="register", code=code)
    found = await asking.ask_registers(claim, known={}, bank_card=card)
    refuse(found)
    password_hash = await hashing.hashed(password) if password else None
    for _ in range(2):
        account = await _account_of(claim, agreed=assurance.registers_agree(found))
        person_id = account.person_id if account else db.new_id()
        if account and password_hash and await _proves_otherwise(account.person_id):
            password_hash = None
        writes = await _entering(person_id, account, claim, found, password_hash, visitor)
        opened = sessions.opening(
            "person", person_id, via=visitor.via, method="sms", device=visitor.device
        )
        known = account is not None and not account.ward
        kind: events.EventKind = "signed_in" if known else "registered"
        event = events.happened(
            kind, method="code", via=visitor.via, address=visitor.address, person_id=person_id
        )
        try:
            seen = await devices.arriving(person_id, visitor, quiet=not known)
            await db.write(using, *writes, opened.statement, event, *seen)
        except db.Stale:
            raise codes.code_wrong() from None
        except db.IntegrityError:
            continue  # the same person a moment ago, or somebody else's phone: look again
        if account and password_hash:
            await sessions.end_all("person", person_id, by="password", but=opened.digest)
        await sessions.replace_former(visitor.former)
        await links.tie(person_id, wechat, ticket, visitor)
        return opened.token
    raise conflict("phone_taken")


def refuse(found: assurance.Findings) -> None:
    """Say plainly what the police's answer means for the person.

    Raises:
        Refusal: ``identity_mismatch``, ``identity_not_found``, ``identity_window_only``.
    """
    match assurance.stop(found):
        case "identity_mismatch":
            raise not_allowed("identity_mismatch")
        case "identity_not_found":
            raise not_allowed("identity_not_found")
        case "identity_window_only":
            raise not_allowed("identity_window_only")


def _check_input(claim: Claim, *, password: str | None, card: str) -> None:
    own = (claim.id_number, claim.phone, claim.name)
    problems = {
        "/name": identity.name_problem(claim.name),
        "/id_number": identity.id_number_problem(claim.id_number, today=clock.today()),
        "/phone": identity.phone_problem(claim.phone),
        "/password": passwords.problem(password, own=own) if password is not None else None,
        "/bank_card": "format" if card and not is_card(card) else None,
    }
    found = [FieldError(pointer, problem) for pointer, problem in problems.items() if problem]
    if found:
        raise invalid("check_input", errors=found)


async def _account_of(claim: Claim, *, agreed: bool) -> Account | None:
    """The account that this person enters by, if there is one already."""
    phone_blind = people.blind_phone(claim.phone)
    # in this order, so that whoever registers twice at once never seems to be two people
    mine = await people.find_account(phone_blind=phone_blind)
    owner = await people.find_account(id_number_blind=people.blind_id_number(claim.id_number))
    if owner is not None and privacy.same(owner.phone_blind, phone_blind):
        return owner
    if mine is not None and not mine.claimed:
        raise conflict("phone_taken")
    if owner is not None and agreed:
        if not owner.ward:
            raise conflict("identity_has_account")
        return owner
    return mine


async def _proves_otherwise(person_id: str) -> bool:
    """Whether somebody has a passkey or a PIN: then no phone alone gives their account a password.

    They set it where they are asked for what they have; who has lost that recovers the account.
    """
    if await pins.tries_left(person_id) is not None:
        return True
    return bool(await passkeys.of("person", person_id))


async def _entering(
    person_id: str,
    account: Account | None,
    claim: Claim,
    found: Found,
    password_hash: str | None,
    visitor: Visitor,
) -> list[db.Statement]:
    agreed = assurance.registers_agree(found)
    writes: list[db.Statement] = []
    if account is None:
        writes.append(
            people.adding(
                person_id,
                name=claim.name,
                id_number=claim.id_number,
                phone=claim.phone,
                password_hash=password_hash,
                level="real_name" if agreed else "registered",
            )
        )
    elif account.ward:
        mine = await people.find_account(phone_blind=people.blind_phone(claim.phone))
        if mine is not None:  # what only claimed to be somebody
            writes.append(people.giving_up_phone(mine.person_id))
        writes.append(people.taking_over(person_id, claim.phone))
    elif account.claimed:
        writes.append(people.claiming(person_id, name=claim.name, id_number=claim.id_number))
        writes.append(proofs.forgetting_findings(person_id))
    writes.append(consents.consenting(person_id, purpose=CONSENT, wording=WORDING))
    if agreed or account is None or account.claimed:
        writes += proofs.finding(person_id, found)
    if agreed:
        by_card = found.get("bank_card") == "match"
        writes += confirming(
            person_id,
            claim,
            way="bank_card" if by_card else "registers",
            owns=account is None or not account.by_former,
        )
    # a password that replaces another needs the police's word beside the phone's
    if account and password_hash and found.get("population") == "match":
        writes.append(people.setting_password(person_id, password_hash))
        writes.append(
            events.happened(
                "password_set",
                method="code",
                via=visitor.via,
                address=visitor.address,
                person_id=person_id,
            )
        )
        writes.append(alerts.telling(person_id, "password_set", device=visitor.device))
    return writes


def confirming(
    person_id: str, claim: Claim, *, way: assurance.Way, owns: bool = True
) -> list[db.Statement]:
    """The registers agree: the number is this person's, and their space is opened.

    ``owns``: not for a number that came along with another account, whose place it keeps.

    ``IntegrityError`` if it has been proven to be somebody else's meanwhile.
    """
    until = assurance.lasts_until(way, clock.today())
    owning = people.owning(person_id, document="id_card", number=claim.id_number, name=claim.name)
    return [
        *((owning,) if owns else ()),
        *proofs.proving(person_id, way, level="real_name", until=until),
        outbox.row_for(
            "person.registered",
            key=f"person.registered:{person_id}",
            payload={"person_id": person_id},
        ),
    ]
