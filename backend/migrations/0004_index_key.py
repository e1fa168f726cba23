from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('backend', '0003_acting')]

    initial = False

    operations = [
        ops.CreateModel(
            name='IndexKey',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=1)),
                ('generation', fields.IntField()),
                ('settled', fields.IntField()),
                ('firsts', fields.CharField(max_length=16)),
            ],
            options={'table': 'index_key', 'app': 'backend', 'pk_attr': 'id', 'table_description': 'One row: of which generation the look-up keys are.'},
            bases=['Table'],
        ),
    ]
