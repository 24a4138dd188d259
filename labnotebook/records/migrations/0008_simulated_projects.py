"""Projects whose data are made up; the demonstration of earlier versions is one."""

from django.db import migrations, models


# What `manage.py load_demo` made before projects could say so.
DEMONSTRATION = """
SELECT set_config('app.actor', 'migration', true),
       set_config('app.reason', 'simulated data say so from now on', true);
UPDATE records_project SET is_simulated = true
  WHERE slug = 'demonstration' AND description LIKE 'Made by manage.py load_demo %';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0007_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='is_simulated',
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(DEMONSTRATION, migrations.RunSQL.noop, elidable=True),
    ]
