from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0001_initial')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Session',
            name='aal',
            field=fields.SmallIntField(db_default=1),
        ),
        ops.AddField(
            model_name='Session',
            name='acting',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Session',
            name='device',
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name='Session',
            name='methods',
            field=fields.CharField(db_default='', max_length=80),
        ),
        ops.AddField(
            model_name='Session',
            name='proved_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RemoveField(model_name='Session', name='method'),
    ]
