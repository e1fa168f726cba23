"""A case with its steps: how both are read and written."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from backend.cases.rules import Act, Deadline, Item, Link, Status, Step, first_hash, link
from backend.kernel import clock, db, privacy

AT_APPLICANT = "case_case.applicant"
AT_PAYLOAD = "case_action.payload"
END_OF_TIME = date(9999, 12, 31)

CASE_WITH_STEPS = """
SELECT c.id, c.number, c.person_id, c.item, c.version, c.department, c.district, c.status,
       c.promised_days, c.due_on, c.amber_on, c.yellow_on, c.submitted_at, c.updated_at,
       c.seq AS last_seq, c.last_hash, c.applicant, c.agent_id, c.agent_name, c.capacity,
       c.representation_id, a.id AS action_id, a.seq, a.kind, a.actor_kind, a.actor_id, a.at,
       a.key, a.payload, a.payload_digest, a.prev_hash, a.hash
FROM case_case c JOIN case_action a ON a.case_id = c.id
WHERE c.number = $1 ORDER BY a.seq
"""
INSERT_CASE = """
INSERT INTO case_case (id, number, person_id, item, version, department, status, promised_days,
    due_on, amber_on, yellow_on, queue_on, submitted_at, updated_at, seq, last_hash, applicant,
    id_blind, submit_key, fields_supplied, fields_total, papers_waived, papers_total, district,
    agent_id, agent_name, capacity, representation_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27, $28)
"""
INSERT_ACTION = """
INSERT INTO case_action (id, case_id, person_id, seq, kind, actor_kind, actor_id, at, key, payload,
    payload_digest, prev_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
ADVANCE_CASE = """
UPDATE case_case SET status = $1, due_on = $2, amber_on = $3, yellow_on = $4, queue_on = $5,
    updated_at = $6, over_at = $7, seq = $8, last_hash = $9
WHERE id = $10 AND seq = $11
"""
SET_DUE = """
UPDATE case_case SET due_on = $1, amber_on = $2, yellow_on = $3, queue_on = $4
WHERE id = $5 AND seq = $6 AND due_on IS NULL
"""


MOVE_CASE = "UPDATE case_case SET district = $1 WHERE id = $2"


class Done(NamedTuple):
    """One step as it is kept, opened."""

    step: Step
    link: Link
    payload: dict[str, Any]
    key: str


class Agent(NamedTuple):
    """Who handed a case in for its applicant (代办人). ``name`` is masked."""

    id: str
    name: str
    role: str
    representation: str


class History(NamedTuple):
    """A case with everything that happened to it."""

    id: str
    number: str
    person_id: str
    item: str
    version: int
    department: str
    status: Status
    promised_days: int
    deadline: Deadline | None
    submitted_at: datetime
    updated_at: datetime
    seq: int
    last_hash: str
    applicant: dict[str, Any]
    done: list[Done]
    district: str = ""
    agent: Agent | None = None

    @property
    def steps(self) -> list[Step]:
        """The steps as the rules read them."""
        return [one.step for one in self.done]

    @property
    def values(self) -> dict[str, Any]:
        """The answers as last submitted or corrected."""
        return self._last("values")

    @property
    def materials(self) -> dict[str, list[str]]:
        """The papers as last submitted or corrected: document ids by material code."""
        return self._last("materials")

    @property
    def marks(self) -> dict[str, dict[str, Any]]:
        """Where the answers came from, by field or group code."""
        return self._last("marks")

    def _last(self, name: str) -> dict[str, Any]:
        for one in reversed(self.done):
            if name in one.payload:
                found: dict[str, Any] = one.payload[name]
                return found
        return {}


class Moved(NamedTuple):
    """Where a case stands after one more step, taken at an instant."""

    at: datetime
    status: Status
    limit: Deadline | None
    over: bool


class Actor(NamedTuple):
    """Who takes a step. ``name`` is shown beside it (an officer's name; nothing for a person).

    ``acting`` of an agent: ``representation``, ``for`` whom, ``role`` and the agent's masked
    ``name``. It is chained with the step.
    """

    kind: str
    id: str
    name: str = ""
    acting: dict[str, str] | None = None


SYSTEM = Actor("system", "clock")


async def find(number: str, *, fresh: bool = False) -> History | None:
    """A case by its number; ``fresh`` reads inside the transaction in force."""
    rows = await (db.rows if fresh else db.read)(CASE_WITH_STEPS, number)
    if not rows:
        return None
    row = rows[0]
    case_id = str(row["id"])
    return History(
        id=case_id,
        number=row["number"],
        person_id=str(row["person_id"]),
        item=row["item"],
        version=row["version"],
        department=row["department"],
        status=Status(row["status"]),
        promised_days=row["promised_days"],
        deadline=deadline_of(row),
        submitted_at=db.as_time(row["submitted_at"]),
        updated_at=db.as_time(row["updated_at"]),
        seq=row["last_seq"],
        last_hash=row["last_hash"],
        applicant=privacy.unseal_json(row["applicant"], at=AT_APPLICANT, row=case_id),
        done=[_done(one) for one in rows],
        district=row["district"],
        agent=agent_of(row),
    )


def agent_of(row: db.Row) -> Agent | None:
    """Who handed a row's case in, if not the applicant."""
    if row["agent_id"] is None:
        return None
    return Agent(
        str(row["agent_id"]), row["agent_name"], row["capacity"], str(row["representation_id"])
    )


def _done(row: db.Row) -> Done:
    at = db.as_time(row["at"])
    payload = privacy.unseal_json(row["payload"], at=AT_PAYLOAD, row=str(row["action_id"]))
    link_ = Link(
        row["seq"], row["kind"], f"{row['actor_kind']}:{row['actor_id']}", clock.rfc3339(at),
        row["payload_digest"], row["prev_hash"], row["hash"],
    )  # fmt: skip
    return _opened(link_, at, payload, row["key"], row["actor_kind"])


def _opened(new: Link, at: datetime, payload: dict[str, Any], key: str, actor_kind: str) -> Done:
    step = Step(
        seq=new.seq,
        kind=Act(new.kind),
        at=at,
        on=clock.day_of(at),
        by={"person": "citizen", "staff": "office"}.get(actor_kind, "system"),
        items=tuple(Item(**item) for item in payload.get("items", ())),
        reason=payload.get("reason", ""),
        note=payload.get("note", ""),
    )
    return Done(step, new, payload, key)


def deadline_of(row: db.Row) -> Deadline | None:
    """The cached dates of a row."""
    due, amber, yellow = (as_day(row[name]) for name in ("due_on", "amber_on", "yellow_on"))
    if due is None or amber is None or yellow is None:
        return None
    return Deadline(due, amber, yellow)


def as_day(value: date | str | None) -> date | None:
    """A day read by raw SQL (text on SQLite)."""
    return date.fromisoformat(value) if isinstance(value, str) else value


class NewCase(NamedTuple):
    """What a case begins with."""

    number: str
    person_id: str
    item: str
    version: int
    department: str
    promised_days: int
    applicant: dict[str, Any]
    submit_key: str
    savings: Sequence[int]
    limit: Deadline | None
    at: datetime
    by: Actor
    district: str = ""


def begin(case: NewCase, payload: dict[str, Any]) -> tuple[History, list[db.Statement]]:
    """A case and its first step; a unique error if key or number are taken."""
    case_id, actor = db.new_id(), case.by
    payload = _signed(payload, actor)
    agent: Agent | None = None
    if actor.acting is not None:
        said = actor.acting
        agent = Agent(actor.id, said["name"], said["role"], said["representation"])
    first = link(
        first_hash(case.number), seq=1, kind=Act.SUBMIT, actor=f"{actor.kind}:{actor.id}",
        at=clock.rfc3339(case.at), payload=payload,
    )  # fmt: skip
    due, amber, yellow = case.limit or (None, None, None)
    inserted = (
        case_id, case.number, case.person_id, case.item, case.version, case.department,
        Status.SUBMITTED.value, case.promised_days, due, amber, yellow, due or END_OF_TIME,
        case.at, case.at, 1, first.hash,
        privacy.seal_json(case.applicant, at=AT_APPLICANT, row=case_id),
        privacy.blind(case.applicant["id_number"], "case_case.id_number"), case.submit_key,
        *case.savings, case.district,
        *((agent.id, agent.name, agent.role, agent.representation) if agent
          else (None, "", "", None)),
    )  # fmt: skip
    begun = History(
        case_id, case.number, case.person_id, case.item, case.version, case.department,
        Status.SUBMITTED, case.promised_days, case.limit, case.at, case.at, 1, first.hash,
        case.applicant, [_opened(first, case.at, payload, case.submit_key, actor.kind)],
        case.district, agent,
    )  # fmt: skip
    key = case.submit_key
    return begun, [
        db.Statement(INSERT_CASE, inserted),
        _insert_action(begun, first, payload, actor=actor, at=case.at, key=key),
    ]


def append(
    history: History,
    act: Act,
    payload: dict[str, Any],
    *,
    actor: Actor,
    key: str,
    moved: Moved,
) -> tuple[History, list[db.Statement]]:
    """One more step and the case moved on; ``Stale`` if another step came first."""
    payload = _signed(payload, actor)
    new = link(
        history.last_hash, seq=history.seq + 1, kind=act, actor=f"{actor.kind}:{actor.id}",
        at=clock.rfc3339(moved.at), payload=payload,
    )  # fmt: skip
    due, amber, yellow = moved.limit or (None, None, None)
    params = (
        moved.status.value, due, amber, yellow, due or END_OF_TIME, moved.at,
        moved.at if moved.over else None, new.seq, new.hash, history.id, history.seq,
    )  # fmt: skip
    after = history._replace(
        status=moved.status,
        deadline=moved.limit,
        updated_at=moved.at,
        seq=new.seq,
        last_hash=new.hash,
        done=[*history.done, _opened(new, moved.at, payload, key, actor.kind)],
    )
    return after, [
        db.Statement(ADVANCE_CASE, params, expect=1),
        _insert_action(history, new, payload, actor=actor, at=moved.at, key=key),
    ]


def _signed(payload: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """A step's payload with the capacity in which an agent took it."""
    return payload if actor.acting is None else {**payload, "acting": actor.acting}


def set_due(history: History, limit: Deadline) -> db.Statement:
    """Enter the dates of a case that had none for want of a calendar."""
    return db.Statement(SET_DUE, (*limit, limit.due_on, history.id, history.seq))


def moving(history: History, district: str) -> db.Statement:
    """The answers name another place now: another district's desk handles the case."""
    return db.Statement(MOVE_CASE, (district, history.id))


def _insert_action(
    case: History, new: Link, payload: dict[str, Any], *, actor: Actor, at: datetime, key: str
) -> db.Statement:
    row = db.new_id()
    sealed = privacy.seal_json(payload, at=AT_PAYLOAD, row=row)
    return db.Statement(
        INSERT_ACTION,
        (
            row, case.id, case.person_id, new.seq, new.kind, actor.kind, actor.id, at, key, sealed,
            new.payload_digest, new.prev_hash, new.hash,
        ),
    )  # fmt: skip
