from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Code',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('phone_blind', fields.CharField(max_length=32)),
                ('purpose', fields.CharField(max_length=10)),
                ('digest', fields.CharField(max_length=64)),
                ('tries', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_code', 'app': 'auth', 'unique_together': (('phone_blind', 'purpose'),), 'pk_attr': 'id', 'table_description': 'The newest code of a phone for one purpose. Written for unknown phones just the same.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Person',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('id_number', fields.BinaryField()),
                ('id_number_blind', fields.CharField(unique=True, max_length=32)),
                ('name', fields.BinaryField()),
                ('phone', fields.BinaryField()),
                ('phone_blind', fields.CharField(unique=True, max_length=32)),
                ('password_hash', fields.CharField(null=True, max_length=160)),
                ('level', fields.CharField(max_length=12)),
                ('verified_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_person', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'An account (账号), one per ID number. A phone opens at most one.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Consent',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('purpose', fields.CharField(max_length=40)),
                ('wording', fields.CharField(max_length=20)),
                ('given_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_consent', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'What a person agreed to, in which wording, when (PIPL art. 14, 17, 29).'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Link',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('app', fields.CharField(max_length=12)),
                ('openid', fields.BinaryField()),
                ('openid_blind', fields.CharField(max_length=32)),
                ('unionid', fields.BinaryField(null=True)),
                ('linked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_link', 'app': 'auth', 'unique_together': (('app', 'openid_blind'), ('app', 'person_id')), 'pk_attr': 'id', 'table_description': 'An openid of one app and its person. In each app one belongs to the other.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Staff',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('login', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(max_length=60)),
                ('department', fields.CharField(max_length=20)),
                ('department_name', fields.CharField(max_length=60)),
                ('district', fields.CharField(max_length=12)),
                ('roles', fields.TextField(unique=False)),
                ('password_hash', fields.CharField(max_length=160)),
                ('active', fields.BooleanField(default=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_staff', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'A member of staff. Names of officials at work are public by law, passwords are not.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Event',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('kind', fields.CharField(max_length=16)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('staff', fields.ForeignKeyField('auth.Staff', source_field='staff_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('method', fields.CharField(max_length=12)),
                ('via', fields.CharField(max_length=12)),
                ('address', fields.BinaryField()),
            ],
            options={'table': 'auth_event', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'One thing that happened. A failed try at an account nobody has is kept with no owner.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Session',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('token_digest', fields.CharField(unique=True, max_length=64)),
                ('kind', fields.CharField(max_length=8)),
                ('person', fields.ForeignKeyField('auth.Person', source_field='person_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('staff', fields.ForeignKeyField('auth.Staff', source_field='staff_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('via', fields.CharField(max_length=12)),
                ('method', fields.CharField(max_length=12)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_by', fields.CharField(default='', max_length=12)),
            ],
            options={'table': 'auth_session', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'One sign-in on one device. ``via`` says how the token travels: cookie or bearer header.'},
            bases=['Table'],
        ),
    ]
