from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0010_recovery')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Link',
            name='unionid_blind',
            field=fields.CharField(null=True, db_index=True, max_length=32),
        ),
    ]
