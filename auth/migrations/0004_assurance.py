from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0003_signing_keys')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Assurance',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('way', fields.CharField(max_length=20)),
                ('level', fields.CharField(max_length=12)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DateField(db_index=True)),
                ('clerk', fields.ForeignKeyField('auth.Staff', source_field='clerk_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('second', fields.ForeignKeyField('auth.Staff', source_field='second_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'auth_assurance', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'One proof of a person: by which way, to which level, until when, by which officers.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='FaceCheck',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('verify_token', fields.BinaryField()),
                ('openid', fields.BinaryField()),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('verify_ret', fields.IntField(null=True)),
            ],
            options={'table': 'auth_face', 'app': 'auth', 'pk_attr': 'id', 'table_description': "One face check. ``verify_ret`` is WeChat's answer to our own question, 10000 for passed."},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Finding',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('register', fields.CharField(max_length=16)),
                ('verdict', fields.CharField(max_length=10)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_finding', 'app': 'auth', 'unique_together': (('person_id', 'register'),), 'pk_attr': 'id', 'table_description': 'What one register said last, whether it agreed or was silent. No number is kept here.'},
            bases=['Table'],
        ),
        ops.AlterModelOptions(
            name='Person',
            options={'table': 'auth_person', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'An account (账号), one per document and number. A phone opens at most one.'},
        ),
        ops.AddField(
            model_name='Person',
            name='document',
            field=fields.CharField(db_default='id_card', max_length=20),
        ),
    ]
