"""What the newest sweep of a pixel says of its state, beside what a person said."""

import django.db.models.deletion
from django.db import migrations, models

from labnotebook.records.history import track


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0005_archive'),
    ]

    operations = [
        migrations.CreateModel(
            name='RuledState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('state', models.CharField(blank=True, choices=[('working', 'Working'), ('shorted', 'Shorted'), ('open', 'Open'), ('leaky', 'Leaky')], max_length=10)),
                ('because', models.CharField(blank=True, max_length=300)),
                ('pixel', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ruled', to='devices.pixel')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['', 'working', 'shorted', 'open', 'leaky'])), name='ruled_state_is_known')],
            },
        ),
        track('devices_ruledstate'),
    ]
