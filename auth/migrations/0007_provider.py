from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0006_audit_log')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ClientRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('client_id', fields.CharField(unique=True, max_length=60)),
                ('name', fields.CharField(max_length=60)),
                ('department', fields.CharField(max_length=20)),
                ('department_name', fields.CharField(max_length=60)),
                ('profile', fields.CharField(max_length=8)),
                ('sector', fields.CharField(max_length=100)),
                ('auth_method', fields.CharField(max_length=24)),
                ('registration', fields.TextField(unique=False)),
                ('secret_digest', fields.CharField(default='', max_length=64)),
                ('former_digest', fields.CharField(default='', max_length=64)),
                ('former_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('enabled', fields.BooleanField(default=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_client', 'app': 'auth', 'pk_attr': 'id', 'table_description': "A department's system. Secrets are 256-bit random texts, kept as their SHA-256."},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='DepartmentConsent',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('client_id', fields.CharField(max_length=60)),
                ('elements', fields.CharField(max_length=200)),
                ('purpose', fields.CharField(max_length=200)),
                ('given_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_department_consent', 'app': 'auth', 'unique_together': (('person_id', 'client_id'),), 'pk_attr': 'id', 'table_description': 'A consent in force at a client, or its last state after a withdrawal (PIPL art. 15).'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Grant',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('client_id', fields.CharField(max_length=60)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('session_id', fields.UUIDField(db_index=True)),
                ('sub', fields.CharField(db_index=True, max_length=43)),
                ('scopes', fields.CharField(max_length=200)),
                ('claims', fields.CharField(max_length=400)),
                ('jkt', fields.CharField(max_length=43)),
                ('acr', fields.SmallIntField()),
                ('methods', fields.CharField(max_length=80)),
                ('auth_time', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_grant', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'What a person let a client have, for how long, by which session and proof.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Ticket',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('typed_digest', fields.CharField(null=True, unique=True, max_length=64)),
                ('kind', fields.CharField(max_length=8)),
                ('client_id', fields.CharField(max_length=60)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharField(default='waiting', max_length=8)),
                ('payload', fields.BinaryField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_ticket', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'One ticket. ``person`` is whom a CIBA request asks, ``typed_digest`` finds a user code.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Token',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('grant', fields.ForeignKeyField('auth.Grant', source_field='grant_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharField(max_length=8)),
                ('scopes', fields.CharField(max_length=200)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_token', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'An access or refresh token: 256 random bits, kept as their SHA-256.'},
            bases=['Table'],
        ),
    ]
