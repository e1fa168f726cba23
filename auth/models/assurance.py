"""How a person was proven (认证记录), and what each register last said about them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from tortoise import fields

from auth.models.people import Person
from auth.models.staff import Staff
from auth.rules.assurance import Check, Findings, Level, Verdict, Way
from backend.kernel import clock, db


class Finding(db.Table):
    """What one register said last, whether it agreed or was silent. No number is kept here."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT
    )
    register = fields.CharField(max_length=16)
    verdict = fields.CharField(max_length=10)
    at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "register": "internal",
        "verdict": "personal", "at": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_finding"
        unique_together = (("person_id", "register"),)


class Assurance(db.Table):
    """One proof of a person: by which way, to which level, until when, by which officers."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    way = fields.CharField(max_length=20)
    level = fields.CharField(max_length=12)
    at = fields.DatetimeField()
    until = fields.DateField(db_index=True)
    clerk: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=False
    )
    second: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=False
    )

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "way": "personal", "level": "internal",
        "at": "personal", "until": "personal", "clerk_id": "internal", "second_id": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_assurance"


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof as its person sees it."""

    way: Way
    level: Level
    at: datetime
    until: date


async def findings(person_id: str) -> tuple[Findings, datetime | None]:
    """What the registers last said of a person, and when the last of them was asked."""
    rows = await db.read(
        "SELECT register, verdict, at FROM auth_finding WHERE person_id = $1", person_id
    )
    found: dict[Check, Verdict] = {row["register"]: row["verdict"] for row in rows}
    return found, max((db.as_time(row["at"]) for row in rows), default=None)


def finding(person_id: str, found: Findings) -> list[db.Statement]:
    """Keep what was found, in the place of what was found before."""
    return [
        db.Statement(
            "INSERT INTO auth_finding (id, person_id, register, verdict, at) "
            "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person_id, register) "
            "DO UPDATE SET verdict = $4, at = $5",
            (db.new_id(), person_id, check, verdict, clock.now()),
        )
        for check, verdict in found.items()
    ]


def forgetting_findings(person_id: str) -> db.Statement:
    """Forget what was found about a claim that its person has corrected."""
    return db.Statement("DELETE FROM auth_finding WHERE person_id = $1", (person_id,))


async def proofs(person_id: str) -> list[Proof]:
    """Every proof of a person, the latest first."""
    rows = await db.read(
        "SELECT way, level, at, until FROM auth_assurance WHERE person_id = $1 "
        "ORDER BY at DESC, id DESC",
        person_id,
    )
    return [
        Proof(row["way"], row["level"], db.as_time(row["at"]), _as_date(row["until"]))
        for row in rows
    ]


def proving(
    person_id: str,
    way: Way,
    *,
    level: Level,
    until: date,
    clerk_id: str | None = None,
    second_id: str | None = None,
) -> list[db.Statement]:
    """Record a proof and raise the person's level to it; a higher one stays."""
    now = clock.now()
    return [
        db.Statement(
            "INSERT INTO auth_assurance (id, person_id, way, level, at, until, clerk_id, "
            "second_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            (db.new_id(), person_id, way, level, now, until, clerk_id, second_id),
        ),
        db.Statement(
            "UPDATE auth_person SET level = CASE WHEN level = 'verified' THEN level ELSE $1 END, "
            "verified_at = $2 WHERE id = $3",
            (level, now, person_id),
            expect=1,
        ),
    ]


async def silent_since(before: datetime, *, most: int) -> list[str]:
    """Persons still ``registered`` of whom a register said nothing, last asked before then."""
    rows = await db.read(
        "SELECT f.person_id, MIN(f.at) AS at FROM auth_finding f "
        "JOIN auth_person p ON p.id = f.person_id AND p.level = 'registered' "
        "WHERE f.verdict = 'silent' AND f.at < $1 GROUP BY f.person_id ORDER BY 2 LIMIT $2",
        before,
        most,
    )
    return [str(row["person_id"]) for row in rows]


async def lapsed(today: date) -> list[tuple[str, Level]]:
    """Persons whose level outlived its proofs, and the level that their living proofs still give.

    Persons from before proofs were recorded have none that could lapse.
    """
    rows = await db.read(
        "SELECT p.id, p.level, MAX(CASE WHEN a.until >= $1 THEN "
        "CASE a.level WHEN 'verified' THEN 2 ELSE 1 END ELSE 0 END) AS best "
        "FROM auth_person p JOIN auth_assurance a ON a.person_id = p.id "
        "WHERE p.level <> 'registered' AND p.id IN "
        "(SELECT person_id FROM auth_assurance WHERE until < $1) GROUP BY p.id, p.level",
        today,
    )
    order: tuple[Level, ...] = ("registered", "real_name", "verified")
    return [
        (str(row["id"]), order[row["best"]]) for row in rows if order[row["best"]] != row["level"]
    ]


def lowering(person_id: str, level: Level) -> db.Statement:
    """Set the level that is left."""
    return db.Statement("UPDATE auth_person SET level = $1 WHERE id = $2", (level, person_id))


def _as_date(value: object) -> date:
    """SQLite hands back text."""
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]
