"""Persons (自然人账号)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from tortoise import fields

from auth.rules import documents
from auth.rules.assurance import Level
from auth.rules.documents import Kind
from backend.kernel import clock, db, privacy

ID_NUMBER, NAME, PHONE = "auth_person.id_number", "auth_person.name", "auth_person.phone"


class Person(db.Table):
    """An account (账号), one per document and number. A phone opens at most one.

    Who is only represented (被代办人: a child, an elder without a phone) has one, too, without a
    phone: ``phone_blind`` holds the row's mark, and the account waits until they register.

    ``level`` follows from the proofs (``auth.rules.assurance``). Until the first of them the number
    is a claim: it is kept, but ``id_number_blind`` holds a mark of the row instead of the number's,
    so that nobody can sit on somebody else's number and nobody is found by it.
    """

    id = fields.UUIDField(primary_key=True)
    document = fields.CharField(max_length=20, db_default="id_card")
    id_number = fields.BinaryField()
    id_number_blind = fields.CharField(max_length=32, unique=True)
    name = fields.BinaryField()
    phone = fields.BinaryField()
    phone_blind = fields.CharField(max_length=32, unique=True)
    password_hash = fields.CharField(max_length=160, null=True)
    level = fields.CharField(max_length=12)
    verified_at = fields.DatetimeField()
    created_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "document": "personal", "id_number": "sealed",
        "id_number_blind": "sealed", "name": "sealed",
        "phone": "sealed", "phone_blind": "sealed", "password_hash": "sealed", "level": "internal",
        "verified_at": "internal", "created_at": "internal",
    }  # fmt: skip

    blinds: ClassVar[dict[str, tuple[str, ...]]] = {
        "id_number_blind": ("auth.id_number", "auth.document"), "phone_blind": ("auth.phone",),
    }  # fmt: skip

    class Meta:
        table = "auth_person"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is, in plain text: for the houses' work, never for a log."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    phone: str = field(repr=False)
    level: Level
    verified_at: datetime
    document: Kind = "id_card"
    became: str | None = None
    """The account that this one became part of."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person's own page says of them; the name is masked."""

    name: str = field(repr=False)
    level: Level
    since: datetime
    became: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What sign-in needs to know of an account."""

    person_id: str
    password_hash: str | None = field(repr=False)
    name: str = field(repr=False)
    level: str
    phone_blind: str = field(repr=False)
    claimed: bool = False
    """The number is a claim that nothing has proven yet."""
    ward: bool = False
    """Nobody has signed in to it so far: somebody is represented under it."""
    holder: str = ""
    """The row that holds the document by which it was found: of a document that came with an
    account that became part of this one (账号合并), that account's.
    """

    @property
    def by_former(self) -> bool:
        """Whether it was found by a document that came along with another account."""
        return self.holder != self.person_id


# An account that was given up keeps its document, and whoever looks for that finds the other.
_ACCOUNT = (
    "SELECT p.id, p.password_hash, p.name, p.level, p.phone_blind, p.id_number_blind, "
    "m.person_id AS became FROM auth_person p LEFT JOIN auth_merge m ON m.living_gone = p.id WHERE "
)


def blind_document(document: Kind, number: str) -> str:
    """The look-up key of a document's number: the same digits of two kinds are two people."""
    if document == "id_card":
        return blind_id_number(number)
    return privacy.blind(f"{document} {number}", "auth.document")


def unproven(person_id: str) -> str:
    """What stands in the place of the look-up key while the number is only claimed."""
    return f"-{UUID(person_id).hex[1:]}"


def blind_id_number(id_number: str) -> str:
    """The look-up key of an ID number."""
    return privacy.blind(id_number, "auth.id_number")


def blind_phone(phone: str) -> str:
    """The look-up key of a phone number."""
    return privacy.blind(phone, "auth.phone")


async def find_identity(person_id: str) -> Identity | None:
    """The identity under a person's id."""
    if not db.is_id(person_id):
        return None
    row = await db.read_one(
        "SELECT p.document, p.id_number, p.name, p.phone, p.level, p.verified_at, "
        "m.person_id AS became FROM auth_person p "
        "LEFT JOIN auth_merge m ON m.living_gone = p.id WHERE p.id = $1",
        person_id,
    )
    if row is None:
        return None
    return Identity(
        name=privacy.unseal_text(row["name"], at=NAME, row=person_id),
        id_number=privacy.unseal_text(row["id_number"], at=ID_NUMBER, row=person_id),
        phone=privacy.unseal_text(row["phone"], at=PHONE, row=person_id),
        level=row["level"],
        verified_at=db.as_time(row["verified_at"]),
        document=row["document"],
        became=str(row["became"]) if row["became"] else None,
    )


async def find_standing(person_id: str) -> Standing | None:
    """How far the person under an id is proven."""
    row = await db.read_one(
        "SELECT p.name, p.level, p.verified_at, m.person_id AS became FROM auth_person p "
        "LEFT JOIN auth_merge m ON m.living_gone = p.id WHERE p.id = $1",
        person_id,
    )
    if row is None:
        return None
    name = privacy.unseal_text(row["name"], at=NAME, row=person_id)
    became = str(row["became"]) if row["became"] else None
    return Standing(privacy.mask_name(name), row["level"], db.as_time(row["verified_at"]), became)


async def find_account(
    *, id_number_blind: str | None = None, phone_blind: str | None = None
) -> Account | None:
    """The account of a document's number or of a phone.

    A number that came along with another account leads to the one that stays (账号合并).
    """
    column = "phone_blind" if id_number_blind is None else "id_number_blind"
    row = await db.read_one(f"{_ACCOUNT} p.{column} = $1", id_number_blind or phone_blind)
    return None if row is None else await _account(row)


async def find_by_number(number: str) -> Account | None:
    """The account of a document whose kind is not known, by its number alone.

    None if two people have documents of two kinds with the same number: neither is meant.
    """
    today = clock.today()
    blinds = {blind_id_number(number)} | {
        blind_document(kind, number)
        for kind in documents.KINDS
        if documents.number_problem(kind, number, today=today) is None
    }
    marks = ", ".join(f"${n}" for n in range(1, len(blinds) + 1))
    rows = await db.read(f"{_ACCOUNT} p.id_number_blind IN ({marks})", *sorted(blinds))
    found = {account.person_id: account for account in [await _account(row) for row in rows]}
    return next(iter(found.values())) if len(found) == 1 else None


async def _account(row: db.Row) -> Account:
    person_id = str(row["id"])
    if row["became"]:
        stays = await db.read_one(f"{_ACCOUNT} p.id = $1", str(row["became"]))
        assert stays is not None  # a merge points to it
        return replace(await _account(stays), holder=person_id)
    return Account(
        person_id=person_id,
        password_hash=row["password_hash"],
        name=privacy.unseal_text(row["name"], at=NAME, row=person_id),
        level=row["level"],
        phone_blind=row["phone_blind"],
        claimed=row["id_number_blind"] == unproven(person_id),
        ward=row["phone_blind"] == unproven(person_id) != row["id_number_blind"],
        holder=person_id,
    )


async def claims(person_id: str) -> bool:
    """Whether a person's number is only claimed: nothing has ever proven it."""
    row = await db.read_one("SELECT id_number_blind FROM auth_person WHERE id = $1", person_id)
    return row is not None and row["id_number_blind"] == unproven(person_id)


async def find_password(person_id: str) -> str | None:
    """The hash of a person's password, if they have one."""
    row = await db.read_one("SELECT password_hash FROM auth_person WHERE id = $1", person_id)
    return None if row is None else row["password_hash"]


def adding(
    person_id: str,
    *,
    name: str,
    id_number: str,
    phone: str,
    password_hash: str | None,
    level: Level,
    document: Kind = "id_card",
) -> db.Statement:
    """Insert a person; with the level ``registered`` the number is only claimed.

    A second one with the same proven number, or the same phone, is an ``IntegrityError``.
    """
    now = clock.now()
    claimed = level == "registered"
    return db.Statement(
        "INSERT INTO auth_person (id, document, id_number, id_number_blind, name, phone, "
        "phone_blind, password_hash, level, verified_at, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        (
            person_id,
            document,
            privacy.seal(id_number, at=ID_NUMBER, row=person_id),
            unproven(person_id) if claimed else blind_document(document, id_number),
            privacy.seal(name, at=NAME, row=person_id),
            privacy.seal(phone, at=PHONE, row=person_id),
            blind_phone(phone),
            password_hash,
            level,
            now,
        ),
    )


def representing(
    person_id: str, *, name: str, id_number: str, document: Kind = "id_card"
) -> db.Statement:
    """Insert somebody who is only represented, as the police's register or a window knows them.

    A second one with the same number is an ``IntegrityError``.
    """
    return db.Statement(
        "INSERT INTO auth_person (id, document, id_number, id_number_blind, name, phone, "
        "phone_blind, level, verified_at, created_at) "
        "VALUES ($1, $8, $2, $3, $4, $5, $6, 'real_name', $7, $7)",
        (
            person_id,
            privacy.seal(id_number, at=ID_NUMBER, row=person_id),
            blind_document(document, id_number),
            privacy.seal(name, at=NAME, row=person_id),
            privacy.seal("", at=PHONE, row=person_id),
            unproven(person_id),
            clock.now(),
            document,
        ),
    )


def taking_over(person_id: str, phone: str) -> db.Statement:
    """The represented register themselves: everything kept for them is theirs from now on.

    ``Stale`` if they have a phone already, ``IntegrityError`` if it is somebody else's.
    """
    return db.Statement(
        "UPDATE auth_person SET phone = $1, phone_blind = $2 WHERE id = $3 AND phone_blind = $4",
        (
            privacy.seal(phone, at=PHONE, row=person_id),
            blind_phone(phone),
            person_id,
            unproven(person_id),
        ),
        expect=1,
    )


def claiming(person_id: str, *, name: str, id_number: str) -> db.Statement:
    """Correct a claim that is not proven yet. ``Stale`` if it is proven meanwhile."""
    return db.Statement(
        "UPDATE auth_person SET name = $1, id_number = $2, document = 'id_card' "
        "WHERE id = $3 AND id_number_blind = $4",
        (
            privacy.seal(name, at=NAME, row=person_id),
            privacy.seal(id_number, at=ID_NUMBER, row=person_id),
            person_id,
            unproven(person_id),
        ),
        expect=1,
    )


def owning(person_id: str, *, document: Kind, number: str, name: str) -> db.Statement:
    """The number is this person's from now on, perhaps under a changed name (改名).

    ``IntegrityError`` if it has been proven to be somebody else's meanwhile.
    """
    return db.Statement(
        "UPDATE auth_person SET document = $1, id_number = $2, id_number_blind = $3, name = $4 "
        "WHERE id = $5",
        (
            document,
            privacy.seal(number, at=ID_NUMBER, row=person_id),
            blind_document(document, number),
            privacy.seal(name, at=NAME, row=person_id),
            person_id,
        ),
        expect=1,
    )


def changing_phone(person_id: str, phone: str) -> db.Statement:
    """Another phone, proven at a window; the password of whoever held the former one is void.

    ``IntegrityError`` if the phone is somebody else's.
    """
    return db.Statement(
        "UPDATE auth_person SET phone = $1, phone_blind = $2, password_hash = NULL WHERE id = $3",
        (privacy.seal(phone, at=PHONE, row=person_id), blind_phone(phone), person_id),
        expect=1,
    )


def moving_phone(person_id: str, phone: str) -> db.Statement:
    """Another phone, by the owner's own wish and proof: everything else stays.

    ``IntegrityError`` if the phone is somebody else's.
    """
    return db.Statement(
        "UPDATE auth_person SET phone = $1, phone_blind = $2 WHERE id = $3",
        (privacy.seal(phone, at=PHONE, row=person_id), blind_phone(phone), person_id),
        expect=1,
    )


def giving_up_phone(person_id: str) -> db.Statement:
    """An unproven account leaves its phone to the person whose it is by a window's check."""
    return db.Statement(
        "UPDATE auth_person SET phone_blind = $1 WHERE id = $2 AND id_number_blind = $1",
        (unproven(person_id), person_id),
        expect=1,
    )


def setting_password(person_id: str, password_hash: str) -> db.Statement:
    """Replace the password's hash."""
    return db.Statement(
        "UPDATE auth_person SET password_hash = $1 WHERE id = $2",
        (password_hash, person_id),
        expect=1,
    )
