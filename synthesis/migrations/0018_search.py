import django.contrib.postgres.indexes
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0007_search'),
        ('synthesis', '0017_files_at_a_step'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='addition',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('skipped_reason')), 'gin_trgm_ops'), condition=models.Q(('skipped_reason', ''), _negated=True), name='addition_skipped_words'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('abandoned_reason')), 'gin_trgm_ops'), condition=models.Q(('abandoned_reason', ''), _negated=True), name='batch_abandoned_words'),
        ),
        migrations.AddIndex(
            model_name='benchevent',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('reason')), 'gin_trgm_ops'), condition=models.Q(('reason', ''), _negated=True), name='bench_event_reason_words'),
        ),
        migrations.AddIndex(
            model_name='benchevent',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(django.db.models.functions.comparison.Cast(models.F('value'), models.TextField())), 'gin_trgm_ops'), condition=models.Q(('kind', 'note')), name='bench_event_note_words'),
        ),
        migrations.AddIndex(
            model_name='deviation',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('sentence')), 'gin_trgm_ops'), condition=models.Q(('sentence', ''), _negated=True), name='deviation_sentence_words'),
        ),
        migrations.AddIndex(
            model_name='deviation',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('reason')), 'gin_trgm_ops'), condition=models.Q(('reason', ''), _negated=True), name='deviation_reason_words'),
        ),
        migrations.AddIndex(
            model_name='material',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('code')), 'gin_trgm_ops'), condition=models.Q(('code', ''), _negated=True), name='material_code_words'),
        ),
        migrations.AddIndex(
            model_name='material',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('name')), 'gin_trgm_ops'), condition=models.Q(('name', ''), _negated=True), name='material_name_words'),
        ),
        migrations.AddIndex(
            model_name='material',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('lot_number')), 'gin_trgm_ops'), condition=models.Q(('lot_number', ''), _negated=True), name='material_lot_number_words'),
        ),
        migrations.AddIndex(
            model_name='material',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('catalogue_number')), 'gin_trgm_ops'), condition=models.Q(('catalogue_number', ''), _negated=True), name='material_catalogue_nu_words'),
        ),
        migrations.AddIndex(
            model_name='material',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('supplier')), 'gin_trgm_ops'), condition=models.Q(('supplier', ''), _negated=True), name='material_supplier_words'),
        ),
        migrations.AddIndex(
            model_name='material',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('place')), 'gin_trgm_ops'), condition=models.Q(('place', ''), _negated=True), name='material_place_words'),
        ),
        migrations.AddIndex(
            model_name='material',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('note')), 'gin_trgm_ops'), condition=models.Q(('note', ''), _negated=True), name='material_note_words'),
        ),
        migrations.AddIndex(
            model_name='material',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('archived_reason')), 'gin_trgm_ops'), condition=models.Q(('archived_reason', ''), _negated=True), name='material_archived_rea_words'),
        ),
        migrations.AddIndex(
            model_name='movement',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('reason')), 'gin_trgm_ops'), condition=models.Q(('reason', ''), _negated=True), name='movement_reason_words'),
        ),
        migrations.AddIndex(
            model_name='observation',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('note')), 'gin_trgm_ops'), condition=models.Q(('note', ''), _negated=True), name='observation_note_words'),
        ),
        migrations.AddIndex(
            model_name='observation',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('colour')), 'gin_trgm_ops'), condition=models.Q(('colour', ''), _negated=True), name='observation_colour_words'),
        ),
        migrations.AddIndex(
            model_name='portion',
            index=models.Index(fields=['value'], name='portion_value'),
        ),
        migrations.AddIndex(
            model_name='steprun',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('skipped_reason')), 'gin_trgm_ops'), condition=models.Q(('skipped_reason', ''), _negated=True), name='step_run_skipped_words'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('note')), 'gin_trgm_ops'), condition=models.Q(('note', ''), _negated=True), name='attachment_note_words'),
        ),
    ]
