from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0009_counter')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Recovery',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.OneToOneField('auth.Person', source_field='person_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('phone', fields.BinaryField()),
                ('phone_blind', fields.CharField(db_index=True, max_length=32)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_recovery', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'Somebody proved anew who they are and waits for their account. At most one per person.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.OneToOneField('auth.Person', source_field='person_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('digest', fields.CharField(max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_recovery_code', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'The code that a person keeps at home, as a keyed digest. It works once.'},
            bases=['Table'],
        ),
    ]
