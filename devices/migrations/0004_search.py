import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0003_numbers_are_finite'),
        ('records', '0007_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='device',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('code')), 'gin_trgm_ops'), condition=models.Q(('code', ''), _negated=True), name='device_code_words'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('name')), 'gin_trgm_ops'), condition=models.Q(('name', ''), _negated=True), name='device_name_words'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('note')), 'gin_trgm_ops'), condition=models.Q(('note', ''), _negated=True), name='device_note_words'),
        ),
        migrations.AddIndex(
            model_name='pixel',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('note')), 'gin_trgm_ops'), condition=models.Q(('note', ''), _negated=True), name='pixel_note_words'),
        ),
    ]
