"""Movements and densities of lots are finite numbers."""

from django.db import migrations

from labnotebook.records.history import finite, promise


class Migration(migrations.Migration):
    dependencies = [("synthesis", "0011_facts_of_a_batchs_bottles")]

    operations = [
        finite("synthesis_movement", "amount", "uncertainty"),
        promise(
            "synthesis_material",
            "material_density_is_finite",
            "density_g_ml < 'Infinity' AND density_g_ml > '-Infinity'",
        ),
    ]
