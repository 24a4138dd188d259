"""Portions, repeats and conditions are rows; a batch or step never ends before it begins."""

import django.core.serializers.json
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.history import finite, promise, track


# Of what was weighed before: the newest entry of each reagent. Signed batches take no more entries.
FILL = """
SELECT set_config('app.actor', 'migration', true),
       set_config('app.reason', 'amounts that were weighed before there were portions', true);
INSERT INTO synthesis_portion
  (version, batch_id, addition_id, event_id, text, value, uncertainty, instrument_id, as_planned, at, stands)
SELECT DISTINCT ON (a.id) 1, a.batch_id, a.id, e.id, left(a.weighed_text, 40), a.weighed_value,
       a.weighed_uncertainty, a.instrument_id, false, a.weighed_at, true
FROM synthesis_addition a
  JOIN synthesis_batch b ON b.id = a.batch_id AND b.state <> 'signed'
  JOIN synthesis_benchevent e ON e.batch_id = a.batch_id AND e.target = a.key AND e.kind = 'weighing'
WHERE a.weighed_value IS NOT NULL
ORDER BY a.id, e.received_at DESC, e.id DESC;
"""
LOCK = """
CREATE TRIGGER signed_is_locked BEFORE INSERT OR UPDATE OR DELETE ON {0}
  FOR EACH ROW EXECUTE FUNCTION synthesis_signed_is_locked();
"""
UNLOCK = "DROP TRIGGER IF EXISTS signed_is_locked ON {0};"
KEEP = """
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON synthesis_condition
  FOR EACH ROW EXECUTE FUNCTION records_refuse_change();
"""

KEEP_PORTION = """
CREATE FUNCTION synthesis_keep_portion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND
     (OLD.addition_id, OLD.event_id, OLD.text, OLD.value, OLD.uncertainty, OLD.instrument_id,
      OLD.as_planned, OLD.at) IS DISTINCT FROM
     (NEW.addition_id, NEW.event_id, NEW.text, NEW.value, NEW.uncertainty, NEW.instrument_id,
      NEW.as_planned, NEW.at) THEN
    RAISE EXCEPTION 'A weighed portion is corrected by another entry, never edited.'
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM synthesis_addition a JOIN synthesis_benchevent e ON e.batch_id = a.batch_id
      WHERE a.id = NEW.addition_id AND e.id = NEW.event_id AND a.batch_id = NEW.batch_id) THEN
    RAISE EXCEPTION 'A portion, its reagent and its entry belong to one batch.'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_portion BEFORE INSERT OR UPDATE ON synthesis_portion
  FOR EACH ROW EXECUTE FUNCTION synthesis_keep_portion();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0005_faults_of_jobs'),
        ('synthesis', '0015_certificates_of_bottles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Condition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(choices=[('humidity_percent', 'Relative humidity'), ('temperature_c', 'Temperature of the room'), ('o2_ppm', 'Oxygen'), ('h2o_ppm', 'Water')], max_length=20)),
                ('text', models.CharField(max_length=40)),
                ('value', models.DecimalField(decimal_places=4, max_digits=12)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ('at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Portion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('text', models.CharField(max_length=40)),
                ('value', models.DecimalField(decimal_places=6, max_digits=16)),
                ('uncertainty', models.DecimalField(decimal_places=6, max_digits=16, null=True)),
                ('source_facts', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ('as_planned', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('stands', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ('at', 'pk'),
            },
        ),
        migrations.RemoveConstraint(
            model_name='addition',
            name='addition_uncertainty_belongs_to_an_amount',
        ),
        migrations.AddField(
            model_name='addition',
            name='said_as_planned',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='benchevent',
            name='as_planned',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='benchevent',
            name='client_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='benchevent',
            name='portion',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='benchevent',
            name='repeat',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='benchevent',
            name='takes_back',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken_back_by', to='synthesis.benchevent'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='repeat_of',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repeats', to='synthesis.steprun'),
        ),
        migrations.AddField(
            model_name='steprunparameter',
            name='origin',
            field=models.CharField(blank=True, choices=[('typed', 'Typed'), ('clock', 'From start to end'), ('as_planned', 'Said as planned')], max_length=10),
        ),
        migrations.AlterField(
            model_name='addition',
            name='weighed_text',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='deviation',
            name='kind',
            field=models.CharField(choices=[('amount', 'Amount'), ('time', 'Time'), ('temperature', 'Temperature'), ('speed', 'Speed'), ('order', 'Order'), ('substitution', 'Substitution'), ('skipped', 'Left out'), ('added', 'Added'), ('repeated', 'Repeated'), ('other', 'Other')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='addition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('instrument', None), ('weighed_uncertainty', None)), models.Q(('weighed_uncertainty__gte', 0), ('weighed_value__isnull', False)), _connector='OR'), name='addition_uncertainty_belongs_to_an_amount', violation_error_message='An uncertainty belongs to an amount.'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                promise('synthesis_batch', 'batch_ends_no_earlier_than_it_begins', 'finished_at >= started_at')
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name='batch',
                    constraint=models.CheckConstraint(condition=models.Q(('finished_at', None), ('finished_at__gte', models.F('started_at')), _connector='OR'), name='batch_ends_no_earlier_than_it_begins', violation_error_message='A batch cannot end before it begins.'),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                promise('synthesis_steprun', 'step_run_ends_no_earlier_than_it_begins', 'finished_at >= started_at')
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name='steprun',
                    constraint=models.CheckConstraint(condition=models.Q(('finished_at', None), ('started_at', None), ('finished_at__gte', models.F('started_at')), _connector='OR'), name='step_run_ends_no_earlier_than_it_begins', violation_error_message='A step cannot end before it begins.'),
                ),
            ],
        ),
        migrations.AddField(
            model_name='condition',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='synthesis.batch'),
        ),
        migrations.AddField(
            model_name='condition',
            name='event',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='condition', to='synthesis.benchevent'),
        ),
        migrations.AddField(
            model_name='portion',
            name='addition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='portions', to='synthesis.addition'),
        ),
        migrations.AddField(
            model_name='portion',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='portions', to='synthesis.batch'),
        ),
        migrations.AddField(
            model_name='portion',
            name='event',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='weighed', to='synthesis.benchevent'),
        ),
        migrations.AddField(
            model_name='portion',
            name='instrument',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='portions', to='synthesis.instrument'),
        ),
        migrations.AddField(
            model_name='portion',
            name='material',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='portions', to='synthesis.material'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', 'humidity_percent'), ('value__gte', 0), ('value__lte', 100)), models.Q(('name', 'temperature_c'), ('value__gte', Decimal('-273.15'))), models.Q(('name__in', ['o2_ppm', 'h2o_ppm']), ('value__gte', 0), ('value__lte', 1000000)), _connector='OR'), name='condition_is_possible', violation_error_message='This cannot be: humidity lies between 0 and 100 %%, ppm from 0 on.'),
        ),
        migrations.AddConstraint(
            model_name='portion',
            constraint=models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='portion_amount_is_not_negative', violation_error_message='An amount cannot be negative.'),
        ),
        migrations.AddConstraint(
            model_name='portion',
            constraint=models.CheckConstraint(condition=models.Q(('uncertainty', None), ('uncertainty__gte', 0), _connector='OR'), name='portion_uncertainty_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='portion',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='portion_keeps_its_text'),
        ),
        track('synthesis_portion'),
        track('synthesis_condition'),
        finite('synthesis_portion', 'value', 'uncertainty'),
        finite('synthesis_condition', 'value'),
        migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True),
        *(
            migrations.RunSQL(LOCK.format(table), UNLOCK.format(table))
            for table in ('synthesis_portion', 'synthesis_condition')
        ),
        migrations.RunSQL(
            KEEP_PORTION, 'DROP FUNCTION IF EXISTS synthesis_keep_portion() CASCADE;'
        ),
        migrations.RunSQL(KEEP, 'DROP TRIGGER IF EXISTS refuse_change ON synthesis_condition;'),
    ]
