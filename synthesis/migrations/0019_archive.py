import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from labnotebook.records.history import track


class Migration(migrations.Migration):

    dependencies = [
        ('synthesis', '0018_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='BatchArchive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('archived_at', models.DateTimeField(null=True)),
                ('archived_reason', models.CharField(blank=True, max_length=300)),
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='archive', to='synthesis.batch')),
            ],
            options={
                'ordering': ('pk',),
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('archived_reason')), 'gin_trgm_ops'), condition=models.Q(('archived_reason', ''), _negated=True), name='batch_archived_reason_words')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('archived_at', None), ('archived_reason', '')), models.Q(('archived_at__isnull', False), models.Q(('archived_reason', ''), _negated=True)), _connector='OR'), name='batch_archived_says_why', violation_error_message='Say why it is archived.')],
            },
        ),
        track("synthesis_batcharchive"),
    ]
