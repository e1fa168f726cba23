from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Delivery',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('notice_id', fields.UUIDField()),
                ('channel', fields.CharField(max_length=10)),
                ('target', fields.CharField(max_length=40)),
                ('state', fields.CharField(max_length=10)),
                ('detail', fields.CharField(default='', max_length=60)),
                ('carrier_ref', fields.CharField(null=True, db_index=True, max_length=80)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notice_delivery', 'app': 'backend', 'unique_together': (('notice_id', 'channel', 'target'),), 'pk_attr': 'id', 'table_description': "One notice on one channel to one target (a device's subscription, a WeChat account)."},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Notice',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=160)),
                ('person_id', fields.UUIDField()),
                ('kind', fields.CharField(max_length=40)),
                ('case_number', fields.CharField(null=True, db_index=True, max_length=50)),
                ('params', fields.BinaryField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('read_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notice', 'app': 'backend', 'indexes': [Index(fields=['person_id', 'created_at'])], 'pk_attr': 'id', 'table_description': 'One thing told to one person.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='OutboxRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=60)),
                ('key', fields.CharField(unique=True, max_length=160)),
                ('payload', fields.BinaryField()),
                ('state', fields.CharField(default='waiting', max_length=10)),
                ('attempts', fields.IntField(default=0)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('lease', fields.UUIDField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('error', fields.CharField(default='', max_length=80)),
            ],
            options={'table': 'outbox', 'app': 'backend', 'indexes': [Index(fields=['state', 'due_at'])], 'pk_attr': 'id', 'table_description': 'A thing to do after the commit. ``state`` is waiting, done or dead.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='PushSubscription',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person_id', fields.UUIDField(db_index=True)),
                ('endpoint_blind', fields.CharField(unique=True, max_length=32)),
                ('endpoint', fields.BinaryField()),
                ('keys', fields.BinaryField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notice_push', 'app': 'backend', 'pk_attr': 'id', 'table_description': 'A browser that may be woken for a person (W3C Push API).'},
            bases=['Table'],
        ),
    ]
