import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0004_search'),
        ('records', '0008_simulated_projects'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='device',
            name='archived_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='device',
            name='archived_reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddIndex(
            model_name='device',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower(models.F('archived_reason')), 'gin_trgm_ops'), condition=models.Q(('archived_reason', ''), _negated=True), name='device_archived_words'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('archived_at', None), ('archived_reason', '')), models.Q(('archived_at__isnull', False), models.Q(('archived_reason', ''), _negated=True)), _connector='OR'), name='device_archived_says_why', violation_error_message='Say why it is archived.'),
        ),
    ]
