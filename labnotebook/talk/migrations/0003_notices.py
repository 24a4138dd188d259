"""Notices of what concerns a person."""

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
        ('talk', '0002_tasks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('mention', 'mentioned you'), ('task', 'gave you a task'), ('done', 'did a task of yours'), ('dropped', 'dropped a task of yours')], max_length=10)),
                ('text', models.CharField(max_length=300)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='synthesis.batch')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('device', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='devices.device')),
                ('measurement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='analysis.measurement')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.project')),
            ],
            options={
                'ordering': ('-pk',),
                'abstract': False,
                'indexes': [models.Index(fields=['person', '-id'], name='notice_of'), models.Index(condition=models.Q(('read_at', None)), fields=['person'], name='notice_unread')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('batch__isnull', False), ('device', None), ('measurement', None)), models.Q(('batch', None), ('device__isnull', False), ('measurement', None)), models.Q(('batch', None), ('device', None), ('measurement__isnull', False)), _connector='OR'), name='notice_is_about_one_record'), models.CheckConstraint(condition=models.Q(('kind__in', ['mention', 'task', 'done', 'dropped'])), name='notice_kind_is_known')],
            },
        ),
        track("talk_notice"),
    ]
