"""Comments beside batches, devices and measurements: written once, withdrawn at most."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.history import promise, track

STAYS = """
CREATE FUNCTION talk_comment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'A comment stays; it can be withdrawn.' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.withdrawn_at IS NOT NULL
    OR to_jsonb(NEW) - ARRAY['version', 'withdrawn_at', 'withdrawn_reason']
      <> to_jsonb(OLD) - ARRAY['version', 'withdrawn_at', 'withdrawn_reason'] THEN
    RAISE EXCEPTION 'A comment stays as it was written; it can be withdrawn once.'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER comment_stays BEFORE UPDATE OR DELETE ON talk_comment
  FOR EACH ROW EXECUTE FUNCTION talk_comment_stays();
"""
FREE = """
DROP TRIGGER IF EXISTS comment_stays ON talk_comment;
DROP FUNCTION IF EXISTS talk_comment_stays();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('analysis', '0030_boards'),
        ('devices', '0014_substrates_added_later'),
        ('records', '0011_second_factors'),
        ('synthesis', '0021_recipes_of_devices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('text', models.TextField()),
                ('written_at', models.DateTimeField(auto_now_add=True)),
                ('mentioned', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=150), default=list, size=None)),
                ('not_told', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=150), default=list, size=None)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_reason', models.CharField(blank=True, max_length=300)),
                ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='synthesis.batch')),
                ('device', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='devices.device')),
                ('measurement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='analysis.measurement')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.project')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('batch__isnull', False), ('device', None), ('measurement', None)), models.Q(('batch', None), ('device__isnull', False), ('measurement', None)), models.Q(('batch', None), ('device', None), ('measurement__isnull', False)), _connector='OR'), name='comment_is_about_one_record'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comment_says_something'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='comment_withdrawn_says_why', violation_error_message='Say why it is withdrawn.')],
            },
        ),
        track("talk_comment"),
        promise("talk_comment", "comment_is_not_endless", "length(text) <= 4000"),
        migrations.RunSQL(STAYS, FREE),
    ]
