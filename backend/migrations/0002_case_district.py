from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('backend', '0001_initial')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Case',
            name='district',
            field=fields.CharField(db_default='', max_length=12),
        ),
    ]
