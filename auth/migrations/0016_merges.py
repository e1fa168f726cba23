from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0014_capacity'), ('auth', '0015_places')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Merge',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('gone', fields.ForeignKeyField('auth.Person', source_field='gone_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('living_gone', fields.UUIDField(null=True, unique=True)),
                ('state', fields.CharField(max_length=8)),
                ('kept', fields.BinaryField()),
                ('moved', fields.BinaryField(null=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('asked_by', fields.ForeignKeyField('auth.Staff', source_field='asked_by_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('decided_by', fields.ForeignKeyField('auth.Staff', source_field='decided_by_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'auth_merge', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'One merge. ``person`` stays, ``gone`` is the account that was given up.'},
            bases=['Table'],
        ),
    ]
