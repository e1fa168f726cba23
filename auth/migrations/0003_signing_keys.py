from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0002_session_proofs')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SigningKey',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kid', fields.CharField(unique=True, max_length=64)),
                ('alg', fields.CharField(max_length=8)),
                ('slot', fields.CharField(null=True, unique=True, max_length=24)),
                ('public', fields.TextField(unique=False)),
                ('private', fields.BinaryField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('current_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('served_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_signing_key', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'A key pair. ``private`` is empty for a key that never leaves its PKCS#11 device.'},
            bases=['Table'],
        ),
    ]
