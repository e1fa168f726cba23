from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0011_unionid')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Act',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('act', fields.CharField(max_length=24)),
                ('by', fields.ForeignKeyField('auth.Staff', source_field='by_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('second', fields.ForeignKeyField('auth.Staff', source_field='second_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('subject', fields.CharField(max_length=8)),
                ('name', fields.CharField(db_index=True, max_length=60)),
                ('title', fields.CharField(max_length=60)),
                ('department', fields.CharField(max_length=20)),
                ('district', fields.CharField(max_length=12)),
                ('hall', fields.CharField(max_length=40)),
                ('detail', fields.CharField(max_length=200)),
            ],
            options={'table': 'auth_act', 'app': 'auth', 'pk_attr': 'id', 'table_description': "One act. ``by`` is empty for the operator's command line, ``second`` agreed to it."},
            bases=['Table'],
        ),
        ops.AddField(
            model_name='Staff',
            name='hall',
            field=fields.CharField(db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Staff',
            name='start_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
