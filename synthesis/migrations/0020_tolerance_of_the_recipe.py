"""A step's number may say itself how far off is still as planned."""

from django.db import migrations, models

from labnotebook.records.history import promise


class Migration(migrations.Migration):

    dependencies = [
        ('synthesis', '0019_archive'),
    ]

    operations = [
        migrations.AddField(
            model_name='steprunparameter',
            name='allowed',
            field=models.DecimalField(decimal_places=6, max_digits=16, null=True),
        ),
        migrations.AddConstraint(
            model_name='steprunparameter',
            constraint=models.CheckConstraint(condition=models.Q(('allowed', None), ('allowed__gte', 0), _connector='OR'), name='step_run_parameter_tolerance_is_not_negative', violation_error_message='A tolerance is 0 or more.'),
        ),
        promise(
            'synthesis_steprunparameter',
            'step_run_parameter_tolerance_is_finite',
            "allowed < 'Infinity' AND allowed > '-Infinity'",
        ),
    ]
