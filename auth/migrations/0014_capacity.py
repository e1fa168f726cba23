from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('auth', '0013_representation')]

    initial = False

    operations = [
        ops.AddField(
            model_name='DepartmentConsent',
            name='capacity',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Grant',
            name='capacity',
            field=fields.UUIDField(null=True),
        ),
    ]
