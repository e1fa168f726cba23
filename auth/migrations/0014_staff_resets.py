from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0013_representation')]

    initial = False

    operations = [
        ops.CreateModel(
            name='StaffReset',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('staff', fields.ForeignKeyField('auth.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('asked_by', fields.ForeignKeyField('auth.Staff', source_field='asked_by_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('reason', fields.CharField(max_length=200)),
                ('state', fields.CharField(max_length=8)),
                ('pending_for', fields.UUIDField(null=True, unique=True)),
                ('decided_by', fields.ForeignKeyField('auth.Staff', source_field='decided_by_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_staff_reset', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'One asking. ``pending_for`` holds the member while it waits: one at a time for each.'},
            bases=['Table'],
        ),
    ]
