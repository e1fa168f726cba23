from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0005_factors')]

    initial = False

    operations = [
        ops.CreateModel(
            name='LogCheckpoint',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('size', fields.BigIntField(db_index=True)),
                ('root', fields.BinaryField()),
                ('at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('note', fields.TextField(unique=False)),
            ],
            options={'table': 'auth_log_checkpoint', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'A promise to everybody: so many entries, under this root, at this time.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='LogHead',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('size', fields.BigIntField(default=0)),
            ],
            options={'table': 'auth_log_head', 'app': 'auth', 'pk_attr': 'id', 'table_description': 'How many entries are in the tree. One row.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='LogTile',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('level', fields.SmallIntField()),
                ('number', fields.BigIntField()),
                ('hashes', fields.BinaryField()),
            ],
            options={'table': 'auth_log_tile', 'app': 'auth', 'unique_together': (('level', 'number'),), 'pk_attr': 'id', 'table_description': 'Up to 256 hashes of one level of the tree, side by side.'},
            bases=['Table'],
        ),
        ops.AddField(
            model_name='Event',
            name='detail',
            field=fields.CharField(default='', db_default='', max_length=80),
        ),
        ops.AddField(
            model_name='Event',
            name='leaf',
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name='Event',
            name='seq',
            field=fields.BigIntField(null=True, unique=True),
        ),
    ]
