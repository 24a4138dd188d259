"""No NaN and no infinity in what a device says of itself."""

from django.db import migrations

from labnotebook.records.history import finite, promise


class Migration(migrations.Migration):
    dependencies = [
        ("devices", "0002_history"),
        ("records", "0003_chained_entries_and_people"),
    ]

    operations = [
        finite("devices_layer", "thickness_target_nm", "thickness_measured_nm"),
        promise(
            "devices_layer",
            "layer_is_not_thinner_than_nothing",
            "coalesce(thickness_target_nm, 0) >= 0 AND coalesce(thickness_measured_nm, 0) >= 0",
        ),
        finite("devices_pixel", "area_mm2"),
    ]
