from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0007_provider')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Handoff',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=8)),
                ('state', fields.CharField(max_length=8)),
                ('starter_digest', fields.CharField(null=True, unique=True, max_length=64)),
                ('staff', fields.ForeignKeyField('auth.Staff', source_field='staff_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('staff_session', fields.UUIDField(null=True, db_index=True)),
                ('asked', fields.BinaryField()),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('pending_for', fields.UUIDField(null=True, unique=True)),
                ('giver', fields.UUIDField(null=True)),
                ('aal', fields.SmallIntField(null=True)),
                ('proved_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_handoff', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'One request. ``pending_for`` holds the person while they are asked: one at a time each.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Once',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=8)),
                ('secret_digest', fields.CharField(max_length=32)),
                ('value', fields.BinaryField()),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('gave', fields.UUIDField(null=True)),
            ],
            options={'table': 'auth_once', 'app': 'auth', 'unique_together': (('kind', 'secret_digest'),), 'pk_attr': 'id', 'table_description': 'One of them, known by a keyed digest of its secret. ``gave`` is the session it opened.'},
            bases=['Table'],
        ),
    ]
