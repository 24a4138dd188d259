from django.db import migrations

from labnotebook.records.history import track

TRACKED = track("devices_architecture")


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0012_architectures_are_recipes'),
    ]

    operations = [
        # Said, and not only gone with the table: what should be there is read from these statements.
        migrations.RunSQL(TRACKED.reverse_sql, TRACKED.sql),
        migrations.RemoveField(
            model_name='architecture',
            name='project',
        ),
        migrations.RemoveField(
            model_name='device',
            name='architecture',
        ),
        migrations.DeleteModel(
            name='Architecture',
        ),
    ]
