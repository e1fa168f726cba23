"""Register with a real name (实名注册).

1. Everything that is wrong with the input is told at once.
2. The phone answers for itself with a code, before anybody asks the register a question.
3. The population register says whether name and ID number belong together.
4. One account per ID number: whoever registers again with the account's own phone signs in. With
   another phone they do not, since name and ID number are known to many; that takes a window.
"""

from auth.models import events, people
from auth.rules import identity, passwords
from auth.usecases import codes, links, sessions
from auth.usecases import passwords as hashing
from auth.usecases.visitor import Visitor
from backend.kernel import clock, db, log, outbox
from backend.kernel.errors import FieldError, conflict, invalid, not_allowed, outside_down
from backend.outside.population.client import Check, Population
from backend.outside.wire import Down

CONSENT = "identity_check"
WORDING = "2026-11"
"""The version of the separate consent (单独同意, PIPL art. 29) that the page shows: ID number and
name are sensitive, and go to the population register. What the city does by statute needs none."""


async def register(
    *,
    name: str,
    id_number: str,
    phone: str,
    code: str,
    password: str | None,
    ticket: str | None,
    visitor: Visitor,
) -> str:
    """The token of a session for the person, whose account is made if there is none.

    Raises:
        Refusal: ``check_input``, ``code_wrong``, ``minor_needs_guardian``, ``identity_mismatch``,
            ``identity_not_found``, ``identity_window_only``, ``register_down``,
            ``identity_has_account``, ``phone_taken``, ``link_ticket_over``, ``too_many_tries``.
    """
    name, id_number, phone = (
        identity.normal_name(name),
        identity.normal_id_number(id_number),
        identity.normal_phone(phone),
    )
    _check_input(name=name, id_number=id_number, phone=phone, password=password)
    if identity.age(id_number, today=clock.today()) < identity.ADULT_FROM:
        raise not_allowed("minor_needs_guardian", age=identity.ADULT_FROM)
    await visitor.knock("register.address")
    wechat = await links.peek(ticket, visitor)
    using = await codes.redeem(phone=phone, purpose="register", code=code)
    await _ask_register(name=name, id_number=id_number)
    password_hash = await hashing.hashed(password) if password else None
    for _ in range(2):
        account = await people.find_account(id_number_blind=people.blind_id_number(id_number))
        if account is None:
            person_id, writes = _new(
                name=name,
                id_number=id_number,
                phone=phone,
                password_hash=password_hash,
                visitor=visitor,
            )
        elif account.phone_blind == people.blind_phone(phone):
            person_id = account.person_id
            writes = _known(person_id, name=name, password_hash=password_hash, visitor=visitor)
        else:
            raise conflict("identity_has_account")
        opened = sessions.opening(
            "person", person_id, via=visitor.via, method="sms", device=visitor.device
        )
        kind: events.EventKind = "signed_in" if account else "registered"
        event = events.happened(
            kind, method="code", via=visitor.via, address=visitor.address, person_id=person_id
        )
        try:
            await db.write(using, *writes, opened.statement, event)
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


def _check_input(*, name: str, id_number: str, phone: str, password: str | None) -> None:
    problems = {
        "/name": identity.name_problem(name),
        "/id_number": identity.id_number_problem(id_number, today=clock.today()),
        "/phone": identity.phone_problem(phone),
    }
    if password is not None:
        problems["/password"] = passwords.problem(password, own=(id_number, phone, name))
    found = [FieldError(pointer, problem) for pointer, problem in problems.items() if problem]
    if found:
        raise invalid("check_input", errors=found)


async def _ask_register(*, name: str, id_number: str) -> None:
    try:
        check = await Population.from_settings().check_identity(name=name, id_number=id_number)
    except Down as down:
        log.warning("register.down", reason=down.reason)
        wait = down.retry_after or 30
        raise outside_down("register_down", retry_after=wait, seconds=wait) from None
    if check is Check.MISMATCH:
        raise not_allowed("identity_mismatch")
    if check is Check.NOT_FOUND:
        raise not_allowed("identity_not_found")
    if check is Check.DECEASED:
        # name and number agree, so this is a thief or the register's mistake: a window can tell
        raise not_allowed("identity_window_only")


def _new(
    *, name: str, id_number: str, phone: str, password_hash: str | None, visitor: Visitor
) -> tuple[str, list[db.Statement]]:
    person_id = db.new_id()
    return person_id, [
        people.adding(
            person_id,
            name=name,
            id_number=id_number,
            phone=phone,
            password_hash=password_hash,
            level="real_name",
        ),
        people.consenting(person_id, purpose=CONSENT, wording=WORDING),
        outbox.row_for(
            "person.registered",
            key=f"person.registered:{person_id}",
            payload={"person_id": person_id},
        ),
    ]


def _known(
    person_id: str, *, name: str, password_hash: str | None, visitor: Visitor
) -> list[db.Statement]:
    writes = [
        people.verified_again(person_id, name=name),
        people.consenting(person_id, purpose=CONSENT, wording=WORDING),
    ]
    if password_hash:
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
    return writes
