"""Tasks about batches, devices and measurements."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.history import track


class Migration(migrations.Migration):

    dependencies = [
        ('analysis', '0030_boards'),
        ('devices', '0014_substrates_added_later'),
        ('records', '0011_second_factors'),
        ('synthesis', '0021_recipes_of_devices'),
        ('talk', '0001_comments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('text', models.CharField(max_length=300)),
                ('given_at', models.DateTimeField(auto_now_add=True)),
                ('due_date', models.DateField(blank=True, null=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('dropped', 'Dropped')], default='open', max_length=10)),
                ('ended_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='synthesis.batch')),
                ('device', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='devices.device')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('measurement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='analysis.measurement')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.project')),
            ],
            options={
                'ordering': ('pk',),
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['given_to', 'due_date'], name='task_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('batch__isnull', False), ('device', None), ('measurement', None)), models.Q(('batch', None), ('device__isnull', False), ('measurement', None)), models.Q(('batch', None), ('device', None), ('measurement__isnull', False)), _connector='OR'), name='task_is_about_one_record'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='task_says_what'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('state', 'open')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('state__in', ['done', 'dropped'])), _connector='OR'), name='task_end_says_who_and_when'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'dropped'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('state', 'dropped'), _negated=True), ('reason', '')), _connector='OR'), name='task_dropped_says_why', violation_error_message='Say why it is dropped.')],
            },
        ),
        track("talk_task"),
    ]
