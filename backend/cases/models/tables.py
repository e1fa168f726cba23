"""The three tables of the house."""

from typing import ClassVar

from tortoise import fields

from backend.kernel import db


class Draft(db.Table):
    """What a person has typed so far for an item (草稿): one per person and item.

    ``content`` is ``{"values": {}, "materials": {}}``. ``revision`` grows with every change.
    """

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField()
    item = fields.CharField(max_length=60)
    revision = fields.IntField()
    content = fields.BinaryField()
    filled = fields.IntField()
    total = fields.IntField()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "item": "personal", "revision": "internal",
        "content": "sealed", "filled": "internal", "total": "internal", "created_at": "internal",
        "updated_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "case_draft"
        unique_together = (("person_id", "item"),)


class Case(db.Table):
    """An application in the office's hands (办件). Status, dates and sums are folded and cached.

    What was applied for lies in the steps alone. ``due_on`` is the day by which the office must
    take its next step by law, ``amber_on`` and ``yellow_on`` the days from which its light changes;
    all three are null while the office waits, after the end and without a calendar. ``queue_on`` is
    ``due_on`` or the end of time, so that a queue has one order. ``district`` (GB/T 2260) is where
    the matter lies by its answers, empty for a matter of no place. ``number`` is "4406", the day
    and eight random digits. ``person_id`` is the applicant, a person or a company; the agent who
    handed it in for them is ``agent_id``, known to them by a masked name, in a ``capacity`` that
    follows from a representation of the identity house.
    """

    id = fields.UUIDField(primary_key=True)
    number = fields.CharField(max_length=50, unique=True)
    person_id = fields.UUIDField()
    item = fields.CharField(max_length=60)
    version = fields.IntField()
    department = fields.CharField(max_length=20)
    district = fields.CharField(max_length=12, db_default="")
    status = fields.CharField(max_length=20)
    promised_days = fields.IntField()
    due_on = fields.DateField(null=True)
    amber_on = fields.DateField(null=True)
    yellow_on = fields.DateField(null=True)
    queue_on = fields.DateField()
    submitted_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    over_at = fields.DatetimeField(null=True)
    seq = fields.IntField()
    last_hash = fields.CharField(max_length=64)
    applicant = fields.BinaryField()
    id_blind = fields.CharField(max_length=32, db_index=True)
    submit_key = fields.CharField(max_length=64)
    fields_supplied = fields.IntField()
    fields_total = fields.IntField()
    papers_waived = fields.IntField()
    papers_total = fields.IntField()
    agent_id = fields.UUIDField(null=True, db_index=True)
    agent_name = fields.CharField(max_length=60, db_default="")
    capacity = fields.CharField(max_length=20, db_default="")
    representation_id = fields.UUIDField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "number": "internal", "person_id": "internal", "item": "personal",
        "version": "internal", "department": "internal", "district": "personal",
        "status": "personal",
        "promised_days": "open", "due_on": "internal", "amber_on": "internal",
        "yellow_on": "internal", "queue_on": "internal", "submitted_at": "internal",
        "updated_at": "internal", "over_at": "internal", "seq": "internal",
        "last_hash": "internal", "applicant": "sealed", "id_blind": "sealed",
        "submit_key": "internal", "fields_supplied": "internal", "fields_total": "internal",
        "papers_waived": "internal", "papers_total": "internal",
        "agent_id": "internal", "agent_name": "personal", "capacity": "personal",
        "representation_id": "internal",
    }  # fmt: skip

    blinds: ClassVar[dict[str, tuple[str, ...]]] = {"id_blind": ("case_case.id_number",)}

    class Meta:
        table = "case_case"
        unique_together = (("person_id", "submit_key"),)
        indexes = (
            ("person_id", "id"),
            ("department", "status", "queue_on", "id"),
            ("department", "queue_on", "id"),
            ("department", "over_at"),
            ("status", "due_on"),
        )


class Action(db.Table):
    """One step of a case (环节), appended and never changed, chained to the one before by hash.

    ``at`` has whole milliseconds, so that its RFC 3339 text is what was hashed. ``key`` is the
    idempotency key of whoever acted, under their name.
    """

    id = fields.UUIDField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "backend.Case", related_name=False, on_delete=fields.RESTRICT
    )
    person_id = fields.UUIDField()
    seq = fields.IntField()
    kind = fields.CharField(max_length=30)
    actor_kind = fields.CharField(max_length=10)
    actor_id = fields.CharField(max_length=64)
    at = fields.DatetimeField()
    key = fields.CharField(max_length=160)
    payload = fields.BinaryField()
    payload_digest = fields.CharField(max_length=64)
    prev_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "case_id": "internal", "person_id": "internal", "seq": "internal",
        "kind": "personal", "actor_kind": "internal", "actor_id": "internal", "at": "internal",
        "key": "internal", "payload": "sealed", "payload_digest": "internal",
        "prev_hash": "internal", "hash": "internal",
    }  # fmt: skip

    class Meta:
        table = "case_action"
        unique_together = (("case", "seq"), ("case", "key"))
