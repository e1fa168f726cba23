from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0004_assurance')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Device',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('token_digest', fields.CharField(max_length=64)),
                ('seen_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_device', 'app': 'auth', 'unique_together': (('person_id', 'token_digest'),), 'pk_attr': 'id', 'table_description': 'A browser that carries a token of its own, for one person. Another has another row.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Otp',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('staff', fields.OneToOneField('auth.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('secret', fields.BinaryField()),
                ('last_step', fields.BigIntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_otp', 'app': 'auth', 'pk_attr': 'id', 'table_description': "The secret in a member of staff's authenticator. ``last_step`` makes a code good once."},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Passkey',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('staff', fields.ForeignKeyField('auth.Staff', source_field='staff_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('credential', fields.BinaryField()),
                ('credential_digest', fields.CharField(unique=True, max_length=64)),
                ('public_key', fields.BinaryField()),
                ('sign_count', fields.BigIntField()),
                ('movable', fields.BooleanField()),
                ('transports', fields.CharField(default='', max_length=80)),
                ('aaguid', fields.CharField(max_length=36)),
                ('label', fields.BinaryField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_passkey', 'app': 'auth', 'pk_attr': 'id', 'table_description': "A key that lives in somebody's device. ``movable`` when its maker may copy it elsewhere."},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Pin',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.OneToOneField('auth.Person', source_field='person_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('hash', fields.CharField(max_length=160)),
                ('tries', fields.IntField(default=0)),
                ('tried_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('set_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_pin', 'app': 'auth', 'pk_attr': 'id', 'table_description': "A person's PIN. ``tries`` count since it was last right."},
            bases=['Table'],
        ),
    ]
