"""The tables of a new lab, made at once; a lab that was begun before has got them step by step."""

import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.squashing import CreateTogether, statements_of

REPLACED = [
    ("devices", "0001_initial"),
    ("devices", "0002_history"),
    ("devices", "0003_numbers_are_finite"),
    ("devices", "0004_search"),
    ("devices", "0005_archive"),
    ("devices", "0010_pixel_states_by_rule"),
    ("devices", "0011_runs"),
    ("devices", "0012_architectures_are_recipes"),
    ("devices", "0013_no_table_of_architectures"),
    ("devices", "0014_substrates_added_later"),
]


class Migration(migrations.Migration):
    initial = True

    replaces = REPLACED
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("records", "0001_squashed_0012_security_events"),
        ("synthesis", "0001_squashed_0021_recipes_of_devices"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Device",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("code", models.CharField(max_length=20, unique=True)),
                        ("name", models.CharField(blank=True, max_length=120)),
                        ("built_at", models.DateTimeField(blank=True, null=True)),
                        ("note", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "built_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        ("archived_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "recipe_version",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="devices",
                                to="synthesis.recipeversion",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="substrates",
                                to="synthesis.batch",
                            ),
                        ),
                        ("substrate", models.CharField(blank=True, max_length=20)),
                        ("varied", models.JSONField(blank=True, default=dict)),
                        ("made_as", models.CharField(blank=True, max_length=20)),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("archived_at", None), ("archived_reason", "")),
                                    models.Q(
                                        ("archived_at__isnull", False),
                                        models.Q(("archived_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="device_archived_says_why",
                                violation_error_message="Say why it is archived.",
                            ),
                            models.UniqueConstraint(
                                fields=("run", "substrate"),
                                name="device_substrate_of_run_is_unique",
                                violation_error_message="Two substrates of a run cannot have the same label.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("run", None), ("substrate", "")),
                                    models.Q(
                                        ("run__isnull", False),
                                        models.Q(("substrate", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="device_of_a_run_has_a_label",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("made_as", ""),
                                    models.Q(("substrate", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="device_made_as_another_is_of_a_run",
                            ),
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("code")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("code", ""), _negated=True),
                                name="device_code_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("name")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("name", ""), _negated=True),
                                name="device_name_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("note")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("note", ""), _negated=True),
                                name="device_note_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(
                                        models.F("archived_reason")
                                    ),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("archived_reason", ""), _negated=True),
                                name="device_archived_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Layer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("index", models.PositiveSmallIntegerField()),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("substrate", "Substrate"),
                                    ("anode", "Anode"),
                                    ("cathode", "Cathode"),
                                    ("electrode", "Electrode"),
                                    ("hole_injection", "Hole injection"),
                                    ("hole_transport", "Hole transport"),
                                    ("electron_blocking", "Electron blocking"),
                                    ("emitter", "Emitter"),
                                    ("hole_blocking", "Hole blocking"),
                                    ("electron_transport", "Electron transport"),
                                    ("electron_injection", "Electron injection"),
                                    ("interlayer", "Interlayer"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("material_name", models.CharField(max_length=120)),
                        (
                            "thickness_target_nm",
                            models.DecimalField(
                                blank=True, decimal_places=3, max_digits=12, null=True
                            ),
                        ),
                        (
                            "thickness_measured_nm",
                            models.DecimalField(
                                blank=True, decimal_places=3, max_digits=12, null=True
                            ),
                        ),
                        ("process", models.JSONField(blank=True, default=dict)),
                        ("process_text", models.CharField(blank=True, max_length=300)),
                        (
                            "device",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="layers",
                                to="devices.device",
                            ),
                        ),
                        (
                            "source_batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="layers",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "source_material",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="layers",
                                to="synthesis.material",
                            ),
                        ),
                        ("amount_text", models.CharField(blank=True, max_length=40)),
                        (
                            "amount_unit",
                            models.CharField(
                                blank=True, choices=[("mg", "mg"), ("ml", "mL")], max_length=2
                            ),
                        ),
                        (
                            "amount_value",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=16, null=True
                            ),
                        ),
                        ("key", models.CharField(blank=True, max_length=60)),
                        (
                            "movement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="synthesis.movement",
                            ),
                        ),
                        (
                            "thickness_method",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("profilometer", "Profilometer"),
                                    ("qcm", "Quartz crystal"),
                                    ("ellipsometry", "Ellipsometry"),
                                    ("cross_section", "Cross-section"),
                                    ("afm", "Atomic force microscope"),
                                    ("other", "Another way"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "thickness_tolerance_nm",
                            models.DecimalField(
                                blank=True, decimal_places=3, max_digits=12, null=True
                            ),
                        ),
                        (
                            "thickness_uncertainty_nm",
                            models.DecimalField(
                                blank=True, decimal_places=3, max_digits=12, null=True
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("device", "index"),
                        "constraints": [
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("device", "index"),
                                name="layer_index_is_unique",
                                violation_error_message="Two layers of a device cannot have the same place.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("thickness_target_nm", None),
                                        ("thickness_target_nm__gt", 0),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("thickness_measured_nm", None),
                                        ("thickness_measured_nm__gt", 0),
                                        _connector="OR",
                                    ),
                                ),
                                name="layer_thickness_is_positive",
                                violation_error_message="A thickness is above 0 nm; leave it empty when it is not known.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("source_batch", None),
                                    ("source_material", None),
                                    _connector="OR",
                                ),
                                name="layer_comes_from_one_source",
                                violation_error_message="A layer comes from a batch or from a bottle, not from both.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("thickness_method", ""), ("thickness_uncertainty_nm", None)
                                    ),
                                    ("thickness_measured_nm__isnull", False),
                                    _connector="OR",
                                ),
                                name="layer_thickness_says_how_sure",
                                violation_error_message="An uncertainty and a method belong to a measured thickness.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("thickness_uncertainty_nm", None),
                                        ("thickness_uncertainty_nm__gte", 0),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("thickness_tolerance_nm", None),
                                        ("thickness_tolerance_nm__gte", 0),
                                        _connector="OR",
                                    ),
                                ),
                                name="layer_uncertainties_are_not_negative",
                                violation_error_message="An uncertainty is 0 or more.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount_text", ""),
                                        ("amount_unit", ""),
                                        ("amount_value", None),
                                    ),
                                    models.Q(
                                        ("amount_value__gte", 0),
                                        models.Q(("amount_text", ""), _negated=True),
                                        models.Q(("amount_unit", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="layer_amount_keeps_its_text",
                                violation_error_message="An amount keeps what was typed, and its unit.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Pixel",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("label", models.CharField(max_length=20)),
                        (
                            "area_mm2",
                            models.DecimalField(
                                blank=True, decimal_places=4, max_digits=10, null=True
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("working", "Working"),
                                    ("shorted", "Shorted"),
                                    ("open", "Open"),
                                    ("leaky", "Leaky"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300)),
                        (
                            "device",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pixels",
                                to="devices.device",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("device", "pk"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("device", "label"),
                                name="pixel_label_is_unique",
                                violation_error_message="Two pixels of a device cannot have the same label.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("area_mm2", None), ("area_mm2__gt", 0), _connector="OR"
                                ),
                                name="pixel_area_is_positive",
                                violation_error_message="The area of a pixel is above 0 mm².",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["", "working", "shorted", "open", "leaky"])
                                ),
                                name="pixel_state_is_known",
                            ),
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("note")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("note", ""), _negated=True),
                                name="pixel_note_words",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RuledState",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "state",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("working", "Working"),
                                    ("shorted", "Shorted"),
                                    ("open", "Open"),
                                    ("leaky", "Leaky"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("because", models.CharField(blank=True, max_length=300)),
                        (
                            "pixel",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ruled",
                                to="devices.pixel",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["", "working", "shorted", "open", "leaky"])
                                ),
                                name="ruled_state_is_known",
                            )
                        ],
                    },
                ),
            ]
        ),
        *statements_of("devices.migrations", REPLACED, without="devices_architecture"),
    ]
