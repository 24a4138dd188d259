from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('synthesis', '0019_archive'),
        ('analysis', '0010_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='historyrow',
            name='archived',
            field=models.CharField(default='no', max_length=3),
        ),
    ]
