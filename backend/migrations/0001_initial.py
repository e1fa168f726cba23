from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="OutboxRow",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True),
                ),
                ("kind", fields.CharField(max_length=60)),
                ("key", fields.CharField(unique=True, max_length=160)),
                ("payload", fields.BinaryField()),
                ("state", fields.CharField(default="waiting", max_length=10)),
                ("attempts", fields.IntField(default=0)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("lease", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("error", fields.CharField(default="", max_length=80)),
            ],
            options={
                "table": "outbox",
                "app": "backend",
                "indexes": [Index(fields=["state", "due_at"])],
                "pk_attr": "id",
                "table_description": "A thing to do after the commit. ``state`` is waiting, done or dead.",
            },
            bases=["Table"],
        ),
    ]
