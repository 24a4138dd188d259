import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analysis', '0009_search_the_history'),
        ('devices', '0004_search'),
        ('records', '0007_search'),
        ('synthesis', '0018_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='analysis',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('rejected_reason')), 'gin_trgm_ops'), condition=models.Q(('rejected_reason', ''), _negated=True), name='analysis_rejected_words'),
        ),
        migrations.AddIndex(
            model_name='measurement',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('conditions')), 'gin_trgm_ops'), condition=models.Q(('conditions', ''), _negated=True), name='measurement_condition_words'),
        ),
        migrations.AddIndex(
            model_name='outcome',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('note')), 'gin_trgm_ops'), condition=models.Q(('note', ''), _negated=True), name='outcome_note_words'),
        ),
        migrations.AddIndex(
            model_name='outcome',
            index=models.Index(condition=models.Q(('superseded_at', None)), fields=['value'], name='outcome_value'),
        ),
        migrations.AddIndex(
            model_name='phaseassignment',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('reason')), 'gin_trgm_ops'), condition=models.Q(('reason', ''), _negated=True), name='phase_reason_words'),
        ),
    ]
