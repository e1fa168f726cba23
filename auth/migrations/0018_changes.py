from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0017_openid_index')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Change',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=8)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('target', fields.UUIDField(null=True)),
                ('content', fields.BinaryField()),
                ('state', fields.CharField(max_length=10)),
                ('clerk', fields.ForeignKeyField('auth.Staff', source_field='clerk_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('second', fields.ForeignKeyField('auth.Staff', source_field='second_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('since', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_change', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'One change. ``person`` is whose account it is about (of a merge, the one that stays).'},
            bases=['Table'],
        ),
    ]
