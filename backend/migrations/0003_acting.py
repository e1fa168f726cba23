from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('backend', '0002_case_district')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Access',
            name='capacity',
            field=fields.CharField(db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='Case',
            name='agent_id',
            field=fields.UUIDField(null=True, db_index=True),
        ),
        ops.AddField(
            model_name='Case',
            name='agent_name',
            field=fields.CharField(db_default='', max_length=60),
        ),
        ops.AddField(
            model_name='Case',
            name='capacity',
            field=fields.CharField(db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='Case',
            name='representation_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AlterModelOptions(
            name='Person',
            options={'table': 'library_person', 'app': 'backend', 'pk_attr': 'id', 'table_description': 'A natural person (自然人) or a legal one (法人), identified by nothing but the ID number or'},
        ),
    ]
