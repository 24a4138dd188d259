"""The lab's own quantities, with their history, and the numbers that are no column of a history row."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.history import track


class Migration(migrations.Migration):

    dependencies = [
        ('analysis', '0005_results_stay_where_they_are'),
        ('synthesis', '0004_batch_quantities'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoryNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('value', models.FloatField()),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='synthesis.batch')),
            ],
            options={
                'ordering': ('batch_id', 'name'),
                'indexes': [models.Index(fields=['name', 'value', 'batch'], name='history_number_by_value')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'name'), name='one_history_number_per_name')],
            },
        ),
        migrations.CreateModel(
            name='LabQuantity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9]*(_[a-z0-9]+)*$')])),
                ('unit', models.CharField(blank=True, max_length=20)),
                ('label', models.CharField(max_length=80)),
                ('low', models.FloatField()),
                ('high', models.FloatField()),
                ('subjects', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), size=None)),
                ('better', models.CharField(choices=[('higher', 'higher is better'), ('lower', 'lower is better'), ('neither', 'neither')], default='neither', max_length=8)),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('name',),
                'constraints': [models.CheckConstraint(condition=models.Q(('name__regex', '^[a-z][a-z0-9]*(_[a-z0-9]+)*$')), name='lab_quantity_has_a_plain_name'), models.CheckConstraint(condition=models.Q(('high__lt', float("inf")), ('low__gt', float("-inf")), ('low__lt', models.F('high'))), name='lab_quantity_range_is_a_range', violation_error_message='The plausible range runs from a lower to a higher number.'), models.CheckConstraint(condition=models.Q(('subjects__contained_by', ['batch', 'device', 'pixel']), ('subjects__len__gt', 0)), name='lab_quantity_has_known_subjects', violation_error_message='A quantity is of batches, devices or pixels.'), models.CheckConstraint(condition=models.Q(('better__in', ['higher', 'lower', 'neither'])), name='lab_quantity_way_is_known')],
            },
        ),
        track("analysis_labquantity"),
    ]
