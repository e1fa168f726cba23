from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0008_handoffs')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CounterCheck',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('document', fields.CharField(max_length=20)),
                ('number_sealed', fields.BinaryField()),
                ('number_blind', fields.CharField(db_index=True, max_length=32)),
                ('name_sealed', fields.BinaryField()),
                ('phone', fields.BinaryField()),
                ('valid_until', fields.DateField(null=True)),
                ('reasons', fields.CharField(max_length=120)),
                ('note_sealed', fields.BinaryField(null=True)),
                ('state', fields.CharField(max_length=10)),
                ('clerk', fields.ForeignKeyField('auth.Staff', source_field='clerk_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('second', fields.ForeignKeyField('auth.Staff', source_field='second_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_counter', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'What the clerk read off the document, what its register said, who decided.'},
            bases=['Table'],
        ),
    ]
