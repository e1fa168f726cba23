from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0012_posts')]

    initial = False

    operations = [
        ops.CreateModel(
            name='LegalPerson',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('uscc', fields.BinaryField()),
                ('uscc_blind', fields.CharField(unique=True, max_length=32)),
                ('name', fields.BinaryField()),
                ('representative', fields.BinaryField()),
                ('state', fields.CharField(max_length=12)),
                ('as_of', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_legal_person', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'A legal person, one per Unified Social Credit Code (统一社会信用代码, GB 32100).'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Representation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=12)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('legal_person', fields.ForeignKeyField('auth.LegalPerson', source_field='legal_person_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('agent', fields.ForeignKeyField('auth.Person', source_field='agent_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('role', fields.CharField(max_length=20)),
                ('relation', fields.CharField(max_length=8)),
                ('scope', fields.CharField(max_length=20)),
                ('items', fields.TextField(null=True, unique=False)),
                ('state', fields.CharField(max_length=8)),
                ('proof', fields.CharField(max_length=12)),
                ('asked_by', fields.CharField(max_length=10)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('answer_by', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('begun_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(null=True, db_index=True, auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_by', fields.CharField(max_length=10)),
                ('named_by', fields.ForeignKeyField('auth.Person', source_field='named_by_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('clerk', fields.ForeignKeyField('auth.Staff', source_field='clerk_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('invited_name', fields.BinaryField(null=True)),
                ('invited_phone', fields.BinaryField(null=True)),
                ('invited_phone_blind', fields.CharField(null=True, db_index=True, max_length=32)),
                ('invited_number_blind', fields.CharField(null=True, max_length=32)),
                ('slot', fields.CharField(null=True, unique=True, max_length=80)),
            ],
            options={'table': 'auth_representation', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'One person who may act for a person or a legal person.'},
            bases=['Table'],
        ),
    ]
