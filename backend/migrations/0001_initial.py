from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Access',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('reader_kind', fields.CharField(max_length=10)),
                ('reader_id', fields.CharField(max_length=64)),
                ('reader_name', fields.CharField(default='', max_length=60)),
                ('department', fields.CharField(default='', max_length=20)),
                ('purpose', fields.CharField(max_length=60)),
                ('elements', fields.TextField(unique=False)),
                ('case_number', fields.CharField(null=True, max_length=50)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('once', fields.CharField(unique=True, max_length=160)),
            ],
            options={'table': 'library_access', 'app': 'backend', 'indexes': [Index(fields=['person_id', 'id'])], 'pk_attr': 'id', 'table_description': 'Who read which elements of a person, what for and when (查询记录). The person sees it.'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='AssertionRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('element', fields.CharField(max_length=60)),
                ('value', fields.BinaryField()),
                ('source', fields.CharField(max_length=30)),
                ('source_ref', fields.CharField(default='', max_length=60)),
                ('grade', fields.CharField(max_length=1)),
                ('verified_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('valid_until', fields.DateField(null=True)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('replay_key', fields.CharField(unique=True, max_length=32)),
            ],
            options={'table': 'library_assertion', 'app': 'backend', 'indexes': [Index(fields=['person_id', 'element', 'verified_at'])], 'pk_attr': 'id', 'table_description': 'Who said what about a person, and when (认定记录). Append-only.'},
            bases=['Table'],
        ),
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
            name='Facts',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('fact_group', fields.CharField(max_length=40)),
                ('doc', fields.BinaryField()),
                ('version', fields.IntField()),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'library_facts', 'app': 'backend', 'unique_together': (('person_id', 'fact_group'),), 'pk_attr': 'id', 'table_description': 'Current values of one person in one group of elements: a sealed document (``rules``).'},
            bases=['Table'],
        ),
        ops.CreateModel(
            name='Feed',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('source', fields.CharField(max_length=30)),
                ('state', fields.CharField(max_length=10)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'library_feed', 'app': 'backend', 'unique_together': (('person_id', 'source'),), 'pk_attr': 'id', 'table_description': "How far a person's facts of one source have come: waiting, ok, down or none."},
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
            name='Person',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('id_blind', fields.CharField(unique=True, max_length=32)),
                ('id_number', fields.BinaryField()),
                ('name', fields.BinaryField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'library_person', 'app': 'backend', 'pk_attr': 'id', 'table_description': 'A natural person (自然人), identified by nothing but the ID number.'},
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
