from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0014_staff_resets')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Place',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=40)),
                ('kind', fields.CharField(max_length=8)),
                ('department', fields.CharField(max_length=20)),
                ('district', fields.CharField(max_length=12)),
                ('hall', fields.CharField(max_length=40)),
                ('state', fields.CharField(max_length=8)),
                ('code_digest', fields.CharField(null=True, unique=True, max_length=64)),
                ('code_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('token_digest', fields.CharField(null=True, unique=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('enrolled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'auth_place', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'A browser in a hall that proved with a code of ten letters that it stands where it says.'},
            bases=['Table'],
        ),
    ]
