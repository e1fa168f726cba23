"""What of one account goes over to another of the same person (账号合并), and comes back (拆分).

Taken together for both ways to a merge: the person's own, for an account that nothing has proven
(``merges``), and two officers', for two that are both proven (``changes``).
"""

from dataclasses import dataclass

from auth.models import (
    bonds,
    given_up,
    links,
    passkeys,
    people,
    pins,
    recoveries,
    representations,
)
from auth.models.merges import Merged
from auth.models.people import Identity
from auth.models.provider import consents
from auth.rules import merging
from auth.usecases import alerts, sessions
from auth.usecases.provider import leaving
from backend.kernel import clock, db, outbox
from backend.kernel.errors import not_found


def closing(gone: str) -> tuple[db.Statement, ...]:
    """Nothing opens the account that is given up, but for its phone."""
    return (
        links.unlinking(gone),
        given_up.forgetting_password(gone),
        pins.removing(gone),
        passkeys.removing_all("person", gone),
        recoveries.dropping(gone),
    )


async def put_out(gone: str) -> None:
    """Nobody is signed in to it any more, and departments keep nothing that it agreed to."""
    for one in await consents.every(gone):
        await leaving.withdraw(gone, one.client_id)
    await sessions.end_all("person", gone, by="merged")


async def coming(person_id: str, gone: str) -> list[str]:
    """The WeChat links that can come along: of the apps in which the one that stays has none."""
    held = await links.by_app(person_id)
    return [row for app, row in (await links.by_app(gone)).items() if app not in held]


@dataclass(frozen=True, slots=True)
class Handed:
    """The representations that go over, and what makes them do so."""

    bonds: list[str]
    statements: list[db.Statement]


async def handing(stays: str, gone: str) -> Handed:
    """Who acts for the one account, or for whom it acts, does so for the other.

    What has ended goes along as history. What would make somebody act for themselves, or twice for
    the same one, ends.
    """
    taken = {one.slot for one in await _bonds_of(stays) if one.slot}
    handed = Handed([], [])
    for bond in await _bonds_of(gone):
        slot = bond.slot.replace(gone, stays) if bond.slot else None
        if slot is not None and (slot in taken or {bond.person_id, bond.agent_id} == {stays, gone}):
            handed.statements.append(bonds.ending(bond.id, by="merged"))
            continue
        handed.bonds.append(bond.id)
        handed.statements.append(bonds.handing(bond, before=gone, to=stays))
    return handed


async def _bonds_of(person_id: str) -> list[representations.Bond]:
    return [
        *await representations.of_agent(person_id),
        *await representations.of_person(person_id),
    ]


def over(row: str, stays: str, gone: str) -> db.Statement:
    """The other houses are told, and hand over what they keep."""
    return outbox.row_for(
        "person.merged",
        key=f"person.merged:{row}",
        payload={"merge": row, "person": stays, "gone": gone},
    )


async def parting(found: Merged) -> tuple[db.Statement, ...]:
    """What gives the account that went its own back. The caller writes down who wanted it.

    ``IntegrityError`` if its phone belongs to somebody else by now.
    """
    stays, gone, row = found.person_id, found.gone_id, found.id
    mine, other = await identity(stays), await identity(gone)
    back: list[db.Statement] = []
    for bond_id in found.bonds:
        bond = await representations.find(bond_id)
        if bond is not None and stays in (bond.person_id, bond.agent_id):
            back.append(bonds.handing(bond, before=stays, to=gone))
    if found.exchanged:
        back += given_up.exchanging(stays, mine, gone, other)
    if other.phone:
        back.append(given_up.taking_phone_back(gone, other.phone))
    return (
        *back,
        *(links.moving_back(link, stays, gone) for link in found.links),
        *told("parted", stays, row),
        *told("parted", gone, f"{row}:gone", phone=other.phone),
        outbox.row_for(
            "person.parted",
            key=f"person.parted:{row}",
            payload={"merge": row, "person": stays, "gone": gone, "moved": found.moved or {}},
        ),
    )


async def left(found: Merged) -> None:
    """After the parting: whoever came in by a link that went back is out."""
    await sessions.end_all("person", found.person_id, by="parted")


def told(
    what: alerts.Change, person_id: str, once: str, *, phone: str = "", openid: str = ""
) -> tuple[db.Statement, db.Statement]:
    """Announced on every channel there is: by text message, in WeChat and to browsers."""
    until = clock.now() + merging.TOLD
    return (
        alerts.telling(person_id, what, phone=phone, once=f"{what}:{once}"),
        alerts.waking(person_id, what, until=until, once=f"{what}:{once}", openid=openid),
    )


async def identity(person_id: str) -> Identity:
    """Who somebody is, also of an account that was given up.

    Raises:
        Refusal: ``not_found``.
    """
    found = await people.find_identity(person_id)
    if found is None:
        raise not_found()
    return found
