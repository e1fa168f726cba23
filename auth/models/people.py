"""Persons (自然人账号) and their consents."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from tortoise import fields

from backend.kernel import clock, db, privacy

ID_NUMBER, NAME, PHONE = "auth_person.id_number", "auth_person.name", "auth_person.phone"


class Person(db.Table):
    """An account (账号), one per ID number. A phone opens at most one.

    ``level`` is ``real_name`` once name and ID number agreed with the population register.
    """

    id = fields.UUIDField(primary_key=True)
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
        "id": "internal", "id_number": "sealed", "id_number_blind": "sealed", "name": "sealed",
        "phone": "sealed", "phone_blind": "sealed", "password_hash": "sealed", "level": "internal",
        "verified_at": "internal", "created_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_person"


class Consent(db.Table):
    """What a person agreed to, in which wording, when (PIPL art. 14, 17, 29)."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    purpose = fields.CharField(max_length=40)
    wording = fields.CharField(max_length=20)
    given_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "purpose": "internal", "wording": "open",
        "given_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_consent"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is, in plain text: for the houses' work, never for a log."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    phone: str = field(repr=False)
    level: str
    verified_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """What sign-in needs to know of an account."""

    person_id: str
    password_hash: str | None = field(repr=False)
    name: str = field(repr=False)
    level: str
    phone_blind: str = field(repr=False)


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
        "SELECT id_number, name, phone, level, verified_at FROM auth_person WHERE id = $1",
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
    )


async def find_account(
    *, id_number_blind: str | None = None, phone_blind: str | None = None
) -> Account | None:
    """The account of an ID number or of a phone."""
    column = "phone_blind" if id_number_blind is None else "id_number_blind"
    row = await db.read_one(
        f"SELECT id, password_hash, name, level, phone_blind FROM auth_person WHERE {column} = $1",  # noqa: S608
        id_number_blind or phone_blind,
    )
    if row is None:
        return None
    person_id = str(row["id"])
    return Account(
        person_id=person_id,
        password_hash=row["password_hash"],
        name=privacy.unseal_text(row["name"], at=NAME, row=person_id),
        level=row["level"],
        phone_blind=row["phone_blind"],
    )


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
    level: str,
) -> db.Statement:
    """Insert a person. A second one with the same ID number or phone is an ``IntegrityError``."""
    now = clock.now()
    return db.Statement(
        "INSERT INTO auth_person (id, id_number, id_number_blind, name, phone, phone_blind, "
        "password_hash, level, verified_at, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        (
            person_id,
            privacy.seal(id_number, at=ID_NUMBER, row=person_id),
            blind_id_number(id_number),
            privacy.seal(name, at=NAME, row=person_id),
            privacy.seal(phone, at=PHONE, row=person_id),
            blind_phone(phone),
            password_hash,
            level,
            now,
        ),
    )


def verified_again(person_id: str, *, name: str) -> db.Statement:
    """The register confirmed the person anew, perhaps under a changed name (改名)."""
    return db.Statement(
        "UPDATE auth_person SET name = $1, level = 'real_name', verified_at = $2 WHERE id = $3",
        (privacy.seal(name, at=NAME, row=person_id), clock.now(), person_id),
        expect=1,
    )


def setting_password(person_id: str, password_hash: str) -> db.Statement:
    """Replace the password's hash."""
    return db.Statement(
        "UPDATE auth_person SET password_hash = $1 WHERE id = $2",
        (password_hash, person_id),
        expect=1,
    )


def consenting(person_id: str, *, purpose: str, wording: str) -> db.Statement:
    """Record a consent."""
    return db.Statement(
        "INSERT INTO auth_consent (id, person_id, purpose, wording, given_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        (db.new_id(), person_id, purpose, wording, clock.now()),
    )
