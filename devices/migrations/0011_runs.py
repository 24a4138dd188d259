
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.history import promise


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0010_pixel_states_by_rule'),
        ('records', '0008_simulated_projects'),
        ('synthesis', '0021_recipes_of_devices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='device',
            name='recipe_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='synthesis.recipeversion'),
        ),
        migrations.AddField(
            model_name='device',
            name='run',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='substrates', to='synthesis.batch'),
        ),
        migrations.AddField(
            model_name='device',
            name='substrate',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='device',
            name='varied',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='layer',
            name='amount_text',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='layer',
            name='amount_unit',
            field=models.CharField(blank=True, choices=[('mg', 'mg'), ('ml', 'mL')], max_length=2),
        ),
        migrations.AddField(
            model_name='layer',
            name='amount_value',
            field=models.DecimalField(blank=True, decimal_places=6, max_digits=16, null=True),
        ),
        migrations.AddField(
            model_name='layer',
            name='key',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='layer',
            name='movement',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='synthesis.movement'),
        ),
        migrations.AddField(
            model_name='layer',
            name='thickness_method',
            field=models.CharField(blank=True, choices=[('profilometer', 'Profilometer'), ('qcm', 'Quartz crystal'), ('ellipsometry', 'Ellipsometry'), ('cross_section', 'Cross-section'), ('afm', 'Atomic force microscope'), ('other', 'Another way')], max_length=16),
        ),
        migrations.AddField(
            model_name='layer',
            name='thickness_tolerance_nm',
            field=models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name='layer',
            name='thickness_uncertainty_nm',
            field=models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True),
        ),
        migrations.AlterField(
            model_name='layer',
            name='role',
            field=models.CharField(choices=[('substrate', 'Substrate'), ('anode', 'Anode'), ('cathode', 'Cathode'), ('electrode', 'Electrode'), ('hole_injection', 'Hole injection'), ('hole_transport', 'Hole transport'), ('electron_blocking', 'Electron blocking'), ('emitter', 'Emitter'), ('hole_blocking', 'Hole blocking'), ('electron_transport', 'Electron transport'), ('electron_injection', 'Electron injection'), ('interlayer', 'Interlayer')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.UniqueConstraint(fields=('run', 'substrate'), name='device_substrate_of_run_is_unique', violation_error_message='Two substrates of a run cannot have the same label.'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('run', None), ('substrate', '')), models.Q(('run__isnull', False), models.Q(('substrate', ''), _negated=True)), _connector='OR'), name='device_of_a_run_has_a_label'),
        ),
        migrations.AddConstraint(
            model_name='layer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('thickness_method', ''), ('thickness_uncertainty_nm', None)), ('thickness_measured_nm__isnull', False), _connector='OR'), name='layer_thickness_says_how_sure', violation_error_message='An uncertainty and a method belong to a measured thickness.'),
        ),
        migrations.AddConstraint(
            model_name='layer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('thickness_uncertainty_nm', None), ('thickness_uncertainty_nm__gte', 0), _connector='OR'), models.Q(('thickness_tolerance_nm', None), ('thickness_tolerance_nm__gte', 0), _connector='OR')), name='layer_uncertainties_are_not_negative', violation_error_message='An uncertainty is 0 or more.'),
        ),
        migrations.AddConstraint(
            model_name='layer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_text', ''), ('amount_unit', ''), ('amount_value', None)), models.Q(('amount_value__gte', 0), models.Q(('amount_text', ''), _negated=True), models.Q(('amount_unit', ''), _negated=True)), _connector='OR'), name='layer_amount_keeps_its_text', violation_error_message='An amount keeps what was typed, and its unit.'),
        ),
        promise(
            'devices_layer',
            'layer_as_made_is_finite',
            " AND ".join(
                f"{column} < 'Infinity' AND {column} > '-Infinity'"
                for column in ('thickness_tolerance_nm', 'thickness_uncertainty_nm', 'amount_value')
            ),
        ),
    ]
