"""A confidence of a phase and the numbers of a suggestion are finite."""

from django.db import migrations

from labnotebook.records.history import finite


class Migration(migrations.Migration):
    dependencies = [("analysis", "0027_saved_questions")]

    operations = [
        finite("analysis_phaseassignment", "confidence"),
        finite("analysis_takensuggestion", "ratio", "gain"),
    ]
