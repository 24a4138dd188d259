"""Photos and files of a step; a signed batch takes no more, and none is changed or moved."""

import django.db.models.deletion
from django.db import migrations, models

from labnotebook.records.history import track

GUARD = """
CREATE TRIGGER signed_is_locked BEFORE INSERT OR UPDATE OR DELETE ON synthesis_attachment
  FOR EACH ROW EXECUTE FUNCTION synthesis_signed_is_locked();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON synthesis_attachment
  FOR EACH ROW EXECUTE FUNCTION records_refuse_change();
"""
UNGUARD = """
DROP TRIGGER IF EXISTS signed_is_locked ON synthesis_attachment;
DROP TRIGGER IF EXISTS refuse_change ON synthesis_attachment;
"""

class Migration(migrations.Migration):

    dependencies = [
        ('records', '0005_faults_of_jobs'),
        ('synthesis', '0016_bench_portions_and_conditions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='benchevent',
            name='kind',
            field=models.CharField(choices=[('weighing', 'Weighed'), ('lot', 'Bottle'), ('step_start', 'Step started'), ('step_finish', 'Step finished'), ('parameter', 'Measured'), ('condition', 'Condition'), ('observation', 'Seen'), ('deviation', 'Deviation'), ('skip', 'Left out'), ('withdraw', 'Taken back'), ('note', 'Note'), ('file', 'File')], max_length=12),
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='synthesis.batch')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='attachment', to='synthesis.benchevent')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='of_batch', to='records.storedfile')),
                ('step_run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='synthesis.steprun')),
            ],
            options={
                'ordering': ('at', 'pk'),
            },
        ),
        track('synthesis_attachment'),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
