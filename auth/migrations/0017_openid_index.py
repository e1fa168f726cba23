from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0016_merges')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='Link',
            name='openid_blind',
            field=fields.CharField(db_index=True, max_length=32),
        ),
    ]
