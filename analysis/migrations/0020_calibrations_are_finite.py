"""The uncertainty of a calibration is finite."""

from django.db import migrations

from labnotebook.records.history import finite


class Migration(migrations.Migration):
    dependencies = [("analysis", "0019_history_says_warned")]

    operations = [finite("analysis_calibration", "u")]
