from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('backend', '0004_index_key')]

    initial = False

    operations = [
        ops.AddField(
            model_name='DocumentRow',
            name='scan',
            field=fields.CharField(default='unchecked', db_default='unchecked', max_length=10),
        ),
        ops.AddField(
            model_name='DocumentRow',
            name='scanned_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name='DocumentRow',
            index=Index(fields=['scan', 'created_at']),
        ),
    ]
