"""The tables of a new lab, made at once; a lab that was begun before has got them step by step."""

import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.squashing import CreateTogether, statements_of

REPLACED = [
    ("synthesis", "0001_initial"),
    ("synthesis", "0002_history"),
    ("synthesis", "0003_recipe_drafts"),
    ("synthesis", "0004_batch_quantities"),
    ("synthesis", "0005_nothing_moves_unseen"),
    ("synthesis", "0006_what_chemicals_say"),
    ("synthesis", "0007_movements"),
    ("synthesis", "0008_first_movements"),
    ("synthesis", "0009_no_ring_of_stocks"),
    ("synthesis", "0010_an_assay_by_titration"),
    ("synthesis", "0011_facts_of_a_batchs_bottles"),
    ("synthesis", "0012_every_number_is_finite"),
    ("synthesis", "0013_instruments"),
    ("synthesis", "0014_titrations"),
    ("synthesis", "0015_certificates_of_bottles"),
    ("synthesis", "0016_bench_portions_and_conditions"),
    ("synthesis", "0017_files_at_a_step"),
    ("synthesis", "0018_search"),
    ("synthesis", "0019_archive"),
    ("synthesis", "0020_tolerance_of_the_recipe"),
    ("synthesis", "0021_recipes_of_devices"),
]


class Migration(migrations.Migration):
    initial = True

    replaces = REPLACED
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("records", "0001_squashed_0012_security_events"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Chemical",
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
                        ("slug", models.SlugField(max_length=80, unique=True)),
                        ("name", models.CharField(max_length=120)),
                        ("formula", models.CharField(blank=True, max_length=80)),
                        (
                            "density_g_ml",
                            models.DecimalField(
                                blank=True, decimal_places=5, max_digits=9, null=True
                            ),
                        ),
                        ("density_source", models.CharField(blank=True, max_length=120)),
                        (
                            "cas",
                            models.CharField(blank=True, max_length=12, verbose_name="CAS number"),
                        ),
                        ("hazards", models.CharField(blank=True, max_length=300)),
                        ("note", models.TextField(blank=True)),
                        ("hazard_statements", models.JSONField(blank=True, default=list)),
                        ("pictograms", models.JSONField(blank=True, default=list)),
                        ("species", models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        "ordering": ("name", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("density_g_ml", None), ("density_g_ml__gt", 0), _connector="OR"
                                ),
                                name="chemical_density_is_positive",
                                violation_error_message="A density is above 0 g/mL.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Instrument",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[("balance", "Balance"), ("pipette", "Pipette or syringe")],
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("serial_number", models.CharField(blank=True, max_length=60)),
                        ("place", models.CharField(blank=True, max_length=120)),
                        ("resolution", models.DecimalField(decimal_places=6, max_digits=12)),
                        (
                            "uncertainty",
                            models.DecimalField(
                                decimal_places=6, default=Decimal("0"), max_digits=12
                            ),
                        ),
                        (
                            "uncertainty_percent",
                            models.DecimalField(
                                decimal_places=5, default=Decimal("0"), max_digits=8
                            ),
                        ),
                        (
                            "smallest",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=16, null=True
                            ),
                        ),
                        (
                            "largest",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=16, null=True
                            ),
                        ),
                        ("calibrated_date", models.DateField(blank=True, null=True)),
                        ("calibration_due_date", models.DateField(blank=True, null=True)),
                        ("is_default", models.BooleanField(default=False)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("retired_reason", models.CharField(blank=True, max_length=300)),
                        ("note", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("kind", "-is_default", "name", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("resolution__gt", 0)),
                                name="instrument_shows_steps",
                                violation_error_message="What it shows last, its resolution, is above 0.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("uncertainty__gte", 0),
                                    ("uncertainty_percent__gte", 0),
                                    models.Q(
                                        ("uncertainty__gt", 0),
                                        ("uncertainty_percent__gt", 0),
                                        _connector="OR",
                                    ),
                                ),
                                name="instrument_is_uncertain",
                                violation_error_message="Nothing measures exactly: give an uncertainty above 0.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("smallest", None), ("smallest__gte", 0), _connector="OR"
                                    ),
                                    models.Q(
                                        ("largest", None), ("largest__gt", 0), _connector="OR"
                                    ),
                                    models.Q(
                                        ("smallest", None),
                                        ("largest", None),
                                        ("smallest__lt", models.F("largest")),
                                        _connector="OR",
                                    ),
                                ),
                                name="instrument_range_goes_up",
                                violation_error_message="The smallest amount lies below the largest.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("calibrated_date", None),
                                    ("calibration_due_date", None),
                                    ("calibrated_date__lte", models.F("calibration_due_date")),
                                    _connector="OR",
                                ),
                                name="instrument_calibration_lasts",
                                violation_error_message="The next calibration comes after the last.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("retired_at", None), ("retired_reason", "")),
                                    models.Q(
                                        ("is_default", False),
                                        ("retired_at__isnull", False),
                                        models.Q(("retired_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="instrument_retired_says_why",
                                violation_error_message="Say why it is retired.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True)),
                                fields=("kind",),
                                name="one_default_of_a_kind",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LabOperation",
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
                        ("name", models.CharField(max_length=20, unique=True)),
                        ("definition", models.JSONField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("name",),
                    },
                ),
                migrations.CreateModel(
                    name="Recipe",
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
                        ("slug", models.SlugField(max_length=80, unique=True)),
                        ("name", models.CharField(max_length=160)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("stock_solution", "Stock solution"),
                                    ("nanocrystals", "Nanocrystals"),
                                    ("layer_solution", "Layer solution"),
                                    ("experiment", "Free experiment"),
                                    ("device", "Device"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("shared_with_lab", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "project",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                        (
                            "forked_from",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="forks",
                                to="synthesis.recipeversion",
                            ),
                        ),
                        ("retired_at", models.DateTimeField(null=True)),
                        ("retired_reason", models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        "ordering": ("kind", "name", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("project__isnull", False),
                                    ("shared_with_lab", True),
                                    _connector="OR",
                                ),
                                name="recipe_without_project_is_shared",
                                violation_error_message="A recipe belongs to a project, or to the whole lab.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("retired_at", None), ("retired_reason", "")),
                                    models.Q(
                                        ("retired_at__isnull", False),
                                        models.Q(("retired_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="recipe_retired_says_why",
                                violation_error_message="Say why the recipe is retired.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecipeDraft",
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
                        ("definition", models.JSONField()),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "recipe",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="draft",
                                to="synthesis.recipe",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="RecipeVersion",
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
                        ("number", models.PositiveIntegerField()),
                        ("definition", models.JSONField()),
                        ("content_sha256", models.CharField(max_length=64)),
                        ("change_note", models.CharField(blank=True, max_length=300)),
                        ("published_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "published_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recipe",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="synthesis.recipe",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-number",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("recipe", "number"), name="recipe_version_number_is_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Batch",
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
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "Planned"),
                                    ("running", "Running"),
                                    ("made", "Made"),
                                    ("signed", "Signed"),
                                    ("abandoned", "Abandoned"),
                                ],
                                default="planned",
                                max_length=10,
                            ),
                        ),
                        (
                            "targets",
                            models.JSONField(
                                encoder=django.core.serializers.json.DjangoJSONEncoder
                            ),
                        ),
                        (
                            "lots",
                            models.JSONField(
                                default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                            ),
                        ),
                        ("correct_for_assay", models.BooleanField(default=False)),
                        (
                            "ratio_ca_pb",
                            models.DecimalField(decimal_places=6, max_digits=12, null=True),
                        ),
                        (
                            "lead_mmol",
                            models.DecimalField(decimal_places=6, max_digits=12, null=True),
                        ),
                        (
                            "plan",
                            models.JSONField(
                                encoder=django.core.serializers.json.DjangoJSONEncoder
                            ),
                        ),
                        ("plan_sha256", models.CharField(max_length=64)),
                        ("planned_at", models.DateTimeField(auto_now_add=True)),
                        ("started_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("abandoned_reason", models.TextField(blank=True)),
                        (
                            "precursor_appearance",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("clear", "Clear"),
                                    ("colloidal", "Colloidal"),
                                    ("turbid", "Turbid"),
                                    ("precipitate", "Precipitate"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "humidity_percent",
                            models.DecimalField(decimal_places=2, max_digits=5, null=True),
                        ),
                        (
                            "quench_s",
                            models.DecimalField(decimal_places=3, max_digits=10, null=True),
                        ),
                        (
                            "composition",
                            models.JSONField(
                                encoder=django.core.serializers.json.DjangoJSONEncoder, null=True
                            ),
                        ),
                        ("ratio_ca_pb_weighed", models.FloatField(null=True)),
                        ("ratio_ca_pb_weighed_uncertainty", models.FloatField(null=True)),
                        (
                            "planned_by",
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
                        (
                            "recipe_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="batches",
                                to="synthesis.recipeversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["planned", "running", "made", "signed", "abandoned"],
                                    )
                                ),
                                name="batch_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "abandoned"), _negated=True),
                                    models.Q(("abandoned_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="batch_abandoned_says_why",
                                violation_error_message="Say why the batch was abandoned.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ratio_ca_pb", None), ("ratio_ca_pb__gte", 0), _connector="OR"
                                ),
                                name="batch_ratio_is_not_negative",
                                violation_error_message="R = n(Ca)/n(Pb) cannot be negative.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lead_mmol", None), ("lead_mmol__gt", 0), _connector="OR"
                                ),
                                name="batch_lead_is_positive",
                                violation_error_message="The amount of lead is above 0 mmol.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("humidity_percent", None),
                                    models.Q(
                                        ("humidity_percent__gte", 0), ("humidity_percent__lte", 100)
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_humidity_is_a_percentage",
                                violation_error_message="Relative humidity lies between 0 and 100 %%.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("finished_at", None),
                                    ("started_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="batch_finishes_after_it_starts",
                                violation_error_message="Start the batch before it is finished.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("finished_at", None),
                                    ("finished_at__gte", models.F("started_at")),
                                    _connector="OR",
                                ),
                                name="batch_ends_no_earlier_than_it_begins",
                                violation_error_message="A batch cannot end before it begins.",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["project", "-id"], name="batch_project_newest"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(
                                        models.F("abandoned_reason")
                                    ),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("abandoned_reason", ""), _negated=True),
                                name="batch_abandoned_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Ingredient",
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
                        ("position", models.PositiveSmallIntegerField()),
                        ("key", models.CharField(max_length=60)),
                        ("role", models.CharField(max_length=40)),
                        ("stock_slug", models.CharField(blank=True, max_length=80)),
                        (
                            "mass_mg",
                            models.DecimalField(decimal_places=5, max_digits=14, null=True),
                        ),
                        (
                            "volume_ml",
                            models.DecimalField(decimal_places=5, max_digits=14, null=True),
                        ),
                        (
                            "amount_mmol",
                            models.DecimalField(decimal_places=6, max_digits=14, null=True),
                        ),
                        (
                            "equivalents",
                            models.DecimalField(decimal_places=6, max_digits=14, null=True),
                        ),
                        ("solves", models.CharField(max_length=60, null=True)),
                        (
                            "concentration_mol_l",
                            models.DecimalField(decimal_places=8, max_digits=14, null=True),
                        ),
                        (
                            "concentration_mg_ml",
                            models.DecimalField(decimal_places=6, max_digits=14, null=True),
                        ),
                        (
                            "weight_percent",
                            models.DecimalField(decimal_places=5, max_digits=9, null=True),
                        ),
                        (
                            "fills_to_ml",
                            models.DecimalField(decimal_places=5, max_digits=14, null=True),
                        ),
                        (
                            "chemical",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="synthesis.chemical",
                            ),
                        ),
                        (
                            "recipe_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ingredients",
                                to="synthesis.recipeversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("recipe_version", "position"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("recipe_version", "key"), name="ingredient_key_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount_mmol__isnull", True),
                                        ("concentration_mg_ml__isnull", True),
                                        ("concentration_mol_l__isnull", True),
                                        ("equivalents__isnull", True),
                                        ("fills_to_ml__isnull", True),
                                        ("mass_mg__isnull", False),
                                        ("solves__isnull", True),
                                        ("volume_ml__isnull", True),
                                        ("weight_percent__isnull", True),
                                    ),
                                    models.Q(
                                        ("amount_mmol__isnull", True),
                                        ("concentration_mg_ml__isnull", True),
                                        ("concentration_mol_l__isnull", True),
                                        ("equivalents__isnull", True),
                                        ("fills_to_ml__isnull", True),
                                        ("mass_mg__isnull", True),
                                        ("solves__isnull", True),
                                        ("volume_ml__isnull", False),
                                        ("weight_percent__isnull", True),
                                    ),
                                    models.Q(
                                        ("amount_mmol__isnull", False),
                                        ("concentration_mg_ml__isnull", True),
                                        ("concentration_mol_l__isnull", True),
                                        ("equivalents__isnull", True),
                                        ("fills_to_ml__isnull", True),
                                        ("mass_mg__isnull", True),
                                        ("solves__isnull", True),
                                        ("volume_ml__isnull", True),
                                        ("weight_percent__isnull", True),
                                    ),
                                    models.Q(
                                        ("amount_mmol__isnull", True),
                                        ("concentration_mg_ml__isnull", True),
                                        ("concentration_mol_l__isnull", True),
                                        ("equivalents__isnull", False),
                                        ("fills_to_ml__isnull", True),
                                        ("mass_mg__isnull", True),
                                        ("solves__isnull", True),
                                        ("volume_ml__isnull", True),
                                        ("weight_percent__isnull", True),
                                    ),
                                    models.Q(
                                        ("amount_mmol__isnull", True),
                                        ("concentration_mg_ml__isnull", True),
                                        ("concentration_mol_l__isnull", True),
                                        ("equivalents__isnull", True),
                                        ("fills_to_ml__isnull", True),
                                        ("mass_mg__isnull", True),
                                        ("solves__isnull", False),
                                        ("volume_ml__isnull", True),
                                        ("weight_percent__isnull", True),
                                    ),
                                    models.Q(
                                        ("amount_mmol__isnull", True),
                                        ("concentration_mg_ml__isnull", True),
                                        ("concentration_mol_l__isnull", False),
                                        ("equivalents__isnull", True),
                                        ("fills_to_ml__isnull", True),
                                        ("mass_mg__isnull", True),
                                        ("solves__isnull", True),
                                        ("volume_ml__isnull", True),
                                        ("weight_percent__isnull", True),
                                    ),
                                    models.Q(
                                        ("amount_mmol__isnull", True),
                                        ("concentration_mg_ml__isnull", False),
                                        ("concentration_mol_l__isnull", True),
                                        ("equivalents__isnull", True),
                                        ("fills_to_ml__isnull", True),
                                        ("mass_mg__isnull", True),
                                        ("solves__isnull", True),
                                        ("volume_ml__isnull", True),
                                        ("weight_percent__isnull", True),
                                    ),
                                    models.Q(
                                        ("amount_mmol__isnull", True),
                                        ("concentration_mg_ml__isnull", True),
                                        ("concentration_mol_l__isnull", True),
                                        ("equivalents__isnull", True),
                                        ("fills_to_ml__isnull", True),
                                        ("mass_mg__isnull", True),
                                        ("solves__isnull", True),
                                        ("volume_ml__isnull", True),
                                        ("weight_percent__isnull", False),
                                    ),
                                    models.Q(
                                        ("amount_mmol__isnull", True),
                                        ("concentration_mg_ml__isnull", True),
                                        ("concentration_mol_l__isnull", True),
                                        ("equivalents__isnull", True),
                                        ("fills_to_ml__isnull", False),
                                        ("mass_mg__isnull", True),
                                        ("solves__isnull", True),
                                        ("volume_ml__isnull", True),
                                        ("weight_percent__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="ingredient_has_one_amount_rule",
                                violation_error_message="Give exactly one rule for the amount of an ingredient.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecipeStep",
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
                        ("position", models.PositiveSmallIntegerField()),
                        ("key", models.CharField(max_length=60)),
                        ("operation", models.CharField(max_length=20)),
                        ("text", models.TextField()),
                        (
                            "recipe_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="synthesis.recipeversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("recipe_version", "position"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("recipe_version", "key"), name="recipe_step_key_is_unique"
                            ),
                            models.UniqueConstraint(
                                fields=("recipe_version", "position"),
                                name="recipe_step_order_is_total",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BatchArchive",
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
                        ("archived_at", models.DateTimeField(null=True)),
                        ("archived_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "batch",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="archive",
                                to="synthesis.batch",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
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
                                name="batch_archived_says_why",
                                violation_error_message="Say why it is archived.",
                            )
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(
                                        models.F("archived_reason")
                                    ),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("archived_reason", ""), _negated=True),
                                name="batch_archived_reason_words",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BatchQuantity",
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
                        ("key", models.CharField(max_length=60)),
                        (
                            "basis",
                            models.CharField(
                                choices=[
                                    ("planned", "Planned"),
                                    ("effective", "Effective"),
                                    ("weighed", "Weighed"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("value", models.FloatField()),
                        ("uncertainty", models.FloatField(null=True)),
                        ("origin", models.CharField(max_length=200)),
                        ("name", models.CharField(max_length=120)),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "batch",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quantities",
                                to="synthesis.batch",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("batch", "position", "pk"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("batch", "key", "basis"),
                                name="batch_quantity_is_said_once_per_basis",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("basis__in", ["planned", "effective", "weighed"])
                                ),
                                name="batch_quantity_basis_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("value__gt", float("-inf")), ("value__lt", float("inf"))
                                ),
                                name="batch_quantity_is_a_number",
                                violation_error_message="A quantity of a batch is a finite number.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("uncertainty", None),
                                    models.Q(
                                        ("uncertainty__gte", 0), ("uncertainty__lt", float("inf"))
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_quantity_uncertainty_is_not_negative",
                                violation_error_message="An uncertainty is a finite number of 0 or more.",
                            ),
                        ],
                        "indexes": [
                            models.Index(
                                fields=["key", "basis", "value", "batch"],
                                name="batch_quantity_by_value",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BenchEvent",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("weighing", "Weighed"),
                                    ("lot", "Bottle"),
                                    ("step_start", "Step started"),
                                    ("step_finish", "Step finished"),
                                    ("parameter", "Measured"),
                                    ("condition", "Condition"),
                                    ("observation", "Seen"),
                                    ("deviation", "Deviation"),
                                    ("skip", "Left out"),
                                    ("withdraw", "Taken back"),
                                    ("note", "Note"),
                                    ("file", "File"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("target", models.CharField(blank=True, max_length=120)),
                        ("value", models.JSONField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        ("at", models.DateTimeField()),
                        ("received_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "conflicts_with",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="synthesis.benchevent",
                            ),
                        ),
                        ("as_planned", models.BooleanField(default=False)),
                        ("client_at", models.DateTimeField(null=True)),
                        ("portion", models.BooleanField(default=False)),
                        ("repeat", models.BooleanField(default=False)),
                        (
                            "takes_back",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="taken_back_by",
                                to="synthesis.benchevent",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("received_at", "pk"),
                        "indexes": [
                            models.Index(
                                fields=["batch", "kind", "target", "received_at"],
                                name="bench_event_field",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("reason")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("reason", ""), _negated=True),
                                name="bench_event_reason_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("value"), models.TextField()
                                        )
                                    ),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("kind", "note")),
                                name="bench_event_note_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Material",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[("purchased", "Bought"), ("prepared", "Made here")],
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("formula", models.CharField(blank=True, max_length=80)),
                        ("supplier", models.CharField(blank=True, max_length=120)),
                        ("catalogue_number", models.CharField(blank=True, max_length=60)),
                        ("lot_number", models.CharField(blank=True, max_length=60)),
                        (
                            "assay_percent",
                            models.DecimalField(
                                blank=True, decimal_places=5, max_digits=9, null=True
                            ),
                        ),
                        (
                            "assay_uncertainty_percent",
                            models.DecimalField(
                                blank=True, decimal_places=5, max_digits=9, null=True
                            ),
                        ),
                        (
                            "assay_kind",
                            models.CharField(
                                choices=[
                                    ("mass_fraction", "Mass fraction of the named salt"),
                                    ("titration", "Titration"),
                                    ("trace_metals", "Trace metals basis (not an assay)"),
                                    ("unknown", "Not known"),
                                ],
                                default="unknown",
                                max_length=15,
                            ),
                        ),
                        (
                            "concentration_mol_l",
                            models.DecimalField(
                                blank=True, decimal_places=8, max_digits=12, null=True
                            ),
                        ),
                        (
                            "concentration_uncertainty_mol_l",
                            models.DecimalField(
                                blank=True, decimal_places=8, max_digits=12, null=True
                            ),
                        ),
                        (
                            "amount_received",
                            models.DecimalField(
                                blank=True, decimal_places=4, max_digits=14, null=True
                            ),
                        ),
                        (
                            "amount_unit",
                            models.CharField(
                                blank=True, choices=[("mg", "mg"), ("ml", "mL")], max_length=2
                            ),
                        ),
                        ("received_date", models.DateField(blank=True, null=True)),
                        ("opened_date", models.DateField(blank=True, null=True)),
                        ("expires_date", models.DateField(blank=True, null=True)),
                        ("place", models.CharField(blank=True, max_length=120)),
                        ("note", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "chemical",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="materials",
                                to="synthesis.chemical",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "produced_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="synthesis.batch",
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
                        (
                            "recipe",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="materials",
                                to="synthesis.recipe",
                            ),
                        ),
                        (
                            "aliquot_of",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="aliquots",
                                to="synthesis.material",
                            ),
                        ),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        ("archived_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "density_g_ml",
                            models.DecimalField(
                                blank=True, decimal_places=5, max_digits=9, null=True
                            ),
                        ),
                        ("emptied_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "assay_high_percent",
                            models.DecimalField(
                                blank=True, decimal_places=5, max_digits=9, null=True
                            ),
                        ),
                        ("concentration_species", models.CharField(blank=True, max_length=20)),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("chemical__isnull", False),
                                        ("kind", "purchased"),
                                        ("produced_by", None),
                                    ),
                                    models.Q(("chemical", None), ("kind", "prepared")),
                                    _connector="OR",
                                ),
                                name="material_is_bought_or_made",
                                violation_error_message="A bought bottle names its chemical; a stock names its recipe.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("concentration_mol_l", None),
                                    ("concentration_mol_l__gt", 0),
                                    _connector="OR",
                                ),
                                name="material_concentration_is_positive",
                                violation_error_message="A concentration is above 0 mol/L.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount_received", None), ("amount_unit", "")),
                                    models.Q(
                                        ("amount_received__gt", 0),
                                        ("amount_unit__in", ["mg", "ml"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="material_amount_is_positive",
                                violation_error_message="Give the amount received with its unit (mg or mL), above 0.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("density_g_ml", None),
                                    models.Q(("density_g_ml__gt", 0), ("density_g_ml__lt", 100)),
                                    _connector="OR",
                                ),
                                name="material_density_is_positive",
                                violation_error_message="A density lies above 0 and below 100 g/mL.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("archived_at", None), ("archived_reason", "")),
                                    models.Q(
                                        ("archived_at__isnull", False),
                                        models.Q(("archived_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="material_archived_says_why",
                                violation_error_message="Say why it is archived.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("assay_percent", None),
                                    models.Q(("assay_percent__gt", 0), ("assay_percent__lte", 100)),
                                    models.Q(
                                        ("assay_kind", "titration"),
                                        ("assay_percent__gt", 0),
                                        ("assay_percent__lte", 105),
                                    ),
                                    _connector="OR",
                                ),
                                name="material_assay_is_a_percentage",
                                violation_error_message="An assay lies above 0 and at most at 100 %%, a titration at 105 %%.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("assay_high_percent", None),
                                    models.Q(
                                        ("assay_high_percent__gt", models.F("assay_percent")),
                                        ("assay_high_percent__lte", 105),
                                    ),
                                    _connector="OR",
                                ),
                                name="material_assay_range_goes_up",
                                violation_error_message="A range of assay runs from the lower to the higher value.",
                            ),
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("code")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("code", ""), _negated=True),
                                name="material_code_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("name")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("name", ""), _negated=True),
                                name="material_name_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("lot_number")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("lot_number", ""), _negated=True),
                                name="material_lot_number_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(
                                        models.F("catalogue_number")
                                    ),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("catalogue_number", ""), _negated=True),
                                name="material_catalogue_nu_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("supplier")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("supplier", ""), _negated=True),
                                name="material_supplier_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("place")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("place", ""), _negated=True),
                                name="material_place_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("note")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("note", ""), _negated=True),
                                name="material_note_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(
                                        models.F("archived_reason")
                                    ),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("archived_reason", ""), _negated=True),
                                name="material_archived_rea_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StepParameter",
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
                        ("name", models.CharField(max_length=40)),
                        ("value", models.DecimalField(decimal_places=6, max_digits=16)),
                        (
                            "step",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parameters",
                                to="synthesis.recipestep",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("step", "name"), name="step_parameter_is_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StepRun",
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
                        ("position", models.PositiveSmallIntegerField()),
                        ("key", models.CharField(max_length=60)),
                        ("operation", models.CharField(max_length=20)),
                        ("text", models.TextField()),
                        ("stage", models.CharField(blank=True, max_length=160)),
                        ("started_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("skipped_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="step_runs",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "repeat_of",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="repeats",
                                to="synthesis.steprun",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("batch", "position"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("batch", "key"), name="step_run_key_is_unique"
                            ),
                            models.UniqueConstraint(
                                fields=("batch", "position"), name="step_run_order_is_total"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("finished_at", None),
                                    ("started_at", None),
                                    ("finished_at__gte", models.F("started_at")),
                                    _connector="OR",
                                ),
                                name="step_run_ends_no_earlier_than_it_begins",
                                violation_error_message="A step cannot end before it begins.",
                            ),
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(
                                        models.F("skipped_reason")
                                    ),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("skipped_reason", ""), _negated=True),
                                name="step_run_skipped_words",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Addition",
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
                        ("position", models.PositiveSmallIntegerField()),
                        ("key", models.CharField(max_length=60)),
                        ("name", models.CharField(max_length=160)),
                        ("formula", models.CharField(blank=True, max_length=80)),
                        ("role", models.CharField(max_length=40)),
                        ("stage", models.CharField(blank=True, max_length=160)),
                        (
                            "planned_value",
                            models.DecimalField(decimal_places=6, max_digits=16, null=True),
                        ),
                        (
                            "unit",
                            models.CharField(choices=[("mg", "mg"), ("ml", "mL")], max_length=2),
                        ),
                        ("weighed_text", models.CharField(blank=True, max_length=200)),
                        (
                            "weighed_value",
                            models.DecimalField(decimal_places=6, max_digits=16, null=True),
                        ),
                        ("weighed_at", models.DateTimeField(null=True)),
                        ("skipped_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "weighed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="additions",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "material",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="additions",
                                to="synthesis.material",
                            ),
                        ),
                        (
                            "source_facts",
                            models.JSONField(
                                encoder=django.core.serializers.json.DjangoJSONEncoder, null=True
                            ),
                        ),
                        (
                            "weighed_uncertainty",
                            models.DecimalField(decimal_places=6, max_digits=16, null=True),
                        ),
                        (
                            "instrument",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="additions",
                                to="synthesis.instrument",
                            ),
                        ),
                        ("said_as_planned", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ("batch", "position"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("batch", "key"), name="addition_key_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weighed_value", None),
                                    ("weighed_value__gte", 0),
                                    _connector="OR",
                                ),
                                name="addition_amount_is_not_negative",
                                violation_error_message="An amount cannot be negative.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("weighed_at", None),
                                        ("weighed_text", ""),
                                        ("weighed_value", None),
                                    ),
                                    models.Q(
                                        ("weighed_at__isnull", False),
                                        ("weighed_value__isnull", False),
                                        models.Q(("weighed_text", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="addition_weighed_keeps_its_text_and_time",
                                violation_error_message="A weighed amount keeps what was typed, and when.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("instrument", None), ("weighed_uncertainty", None)),
                                    models.Q(
                                        ("weighed_uncertainty__gte", 0),
                                        ("weighed_value__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="addition_uncertainty_belongs_to_an_amount",
                                violation_error_message="An uncertainty belongs to an amount.",
                            ),
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(
                                        models.F("skipped_reason")
                                    ),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("skipped_reason", ""), _negated=True),
                                name="addition_skipped_words",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attachment",
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
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("at", models.DateTimeField()),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachment",
                                to="synthesis.benchevent",
                            ),
                        ),
                        (
                            "file",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="of_batch",
                                to="records.storedfile",
                            ),
                        ),
                        (
                            "step_run",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="synthesis.steprun",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("at", "pk"),
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("note")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("note", ""), _negated=True),
                                name="attachment_note_words",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Condition",
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
                            "name",
                            models.CharField(
                                choices=[
                                    ("humidity_percent", "Relative humidity"),
                                    ("temperature_c", "Temperature of the room"),
                                    ("o2_ppm", "Oxygen"),
                                    ("h2o_ppm", "Water"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("text", models.CharField(max_length=40)),
                        ("value", models.DecimalField(decimal_places=4, max_digits=12)),
                        ("at", models.DateTimeField()),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conditions",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="condition",
                                to="synthesis.benchevent",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("at", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("name", "humidity_percent"),
                                        ("value__gte", 0),
                                        ("value__lte", 100),
                                    ),
                                    models.Q(
                                        ("name", "temperature_c"),
                                        ("value__gte", Decimal("-273.15")),
                                    ),
                                    models.Q(
                                        ("name__in", ["o2_ppm", "h2o_ppm"]),
                                        ("value__gte", 0),
                                        ("value__lte", 1000000),
                                    ),
                                    _connector="OR",
                                ),
                                name="condition_is_possible",
                                violation_error_message="This cannot be: humidity lies between 0 and 100 %%, ppm from 0 on.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Deviation",
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
                        ("target", models.CharField(blank=True, max_length=120)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("amount", "Amount"),
                                    ("time", "Time"),
                                    ("temperature", "Temperature"),
                                    ("speed", "Speed"),
                                    ("order", "Order"),
                                    ("substitution", "Substitution"),
                                    ("skipped", "Left out"),
                                    ("added", "Added"),
                                    ("repeated", "Repeated"),
                                    ("other", "Other"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "severity",
                            models.CharField(
                                choices=[("minor", "Minor"), ("major", "Major")],
                                default="minor",
                                max_length=6,
                            ),
                        ),
                        ("automatic", models.BooleanField(default=False)),
                        ("sentence", models.CharField(max_length=300)),
                        ("reason", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deviations",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deviations",
                                to="synthesis.benchevent",
                            ),
                        ),
                        (
                            "step_run",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deviations",
                                to="synthesis.steprun",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("at", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("severity__in", ["minor", "major"])),
                                name="deviation_severity_is_known",
                            )
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("sentence")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("sentence", ""), _negated=True),
                                name="deviation_sentence_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("reason")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("reason", ""), _negated=True),
                                name="deviation_reason_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MaterialFile",
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
                        ("sha256", models.CharField(editable=False, max_length=64)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("certificate", "Certificate of analysis"),
                                    ("safety", "Safety data sheet"),
                                    ("other", "Other"),
                                ],
                                max_length=11,
                            ),
                        ),
                        ("added_at", models.DateTimeField(auto_now_add=True)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "file",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="of_material",
                                to="records.storedfile",
                            ),
                        ),
                        (
                            "material",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="files",
                                to="synthesis.material",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=("material", "sha256"),
                                name="material_file_is_there_once",
                                violation_error_message="This very file is attached already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at", None), ("withdrawn_reason", "")),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        models.Q(("withdrawn_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="material_file_withdrawn_says_why",
                                violation_error_message="Say why it is withdrawn.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["certificate", "safety", "other"])
                                ),
                                name="material_file_kind_is_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Observation",
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
                            "appearance",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("clear", "Clear"),
                                    ("colloidal", "Colloidal"),
                                    ("turbid", "Turbid"),
                                    ("precipitate", "Precipitate"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("colour", models.CharField(blank=True, max_length=60)),
                        ("note", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="observations",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="observation",
                                to="synthesis.benchevent",
                            ),
                        ),
                        (
                            "step_run",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="observations",
                                to="synthesis.steprun",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("at", "pk"),
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("note")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("note", ""), _negated=True),
                                name="observation_note_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("colour")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("colour", ""), _negated=True),
                                name="observation_colour_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StepRunParameter",
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
                        ("name", models.CharField(max_length=40)),
                        (
                            "planned_value",
                            models.DecimalField(decimal_places=6, max_digits=16, null=True),
                        ),
                        ("actual_text", models.CharField(blank=True, max_length=40)),
                        (
                            "actual_value",
                            models.DecimalField(decimal_places=6, max_digits=16, null=True),
                        ),
                        (
                            "step_run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parameters",
                                to="synthesis.steprun",
                            ),
                        ),
                        (
                            "origin",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("typed", "Typed"),
                                    ("clock", "From start to end"),
                                    ("as_planned", "Said as planned"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "allowed",
                            models.DecimalField(decimal_places=6, max_digits=16, null=True),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("step_run", "name"), name="step_run_parameter_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("allowed", None), ("allowed__gte", 0), _connector="OR"
                                ),
                                name="step_run_parameter_tolerance_is_not_negative",
                                violation_error_message="A tolerance is 0 or more.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Titration",
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
                        ("species", models.CharField(blank=True, max_length=20)),
                        (
                            "concentration_mol_l",
                            models.DecimalField(decimal_places=8, max_digits=12),
                        ),
                        (
                            "uncertainty_mol_l",
                            models.DecimalField(
                                blank=True, decimal_places=8, max_digits=12, null=True
                            ),
                        ),
                        ("performed_date", models.DateField()),
                        ("method", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "material",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="titrations",
                                to="synthesis.material",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-performed_date", "-pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("concentration_mol_l__gt", 0),
                                    models.Q(
                                        ("uncertainty_mol_l", None),
                                        ("uncertainty_mol_l__gte", 0),
                                        _connector="OR",
                                    ),
                                ),
                                name="titration_found_something",
                                violation_error_message="A concentration is above 0 mol/L, its uncertainty not below.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at", None), ("withdrawn_reason", "")),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        models.Q(("withdrawn_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="titration_withdrawn_says_why",
                                violation_error_message="Say why it is withdrawn.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Movement",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("received", "Received or made"),
                                    ("used", "Used in a batch"),
                                    ("taken", "Taken out"),
                                    ("added", "Filled in from another"),
                                    ("correction", "Corrected"),
                                    ("emptied", "Emptied"),
                                    ("reversal", "Taken back"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=6, max_digits=16)),
                        (
                            "unit",
                            models.CharField(choices=[("mg", "mg"), ("ml", "mL")], max_length=2),
                        ),
                        (
                            "uncertainty",
                            models.DecimalField(decimal_places=6, max_digits=16, null=True),
                        ),
                        ("at", models.DateTimeField()),
                        ("beyond", models.BooleanField(default=False)),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "addition",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="movements",
                                to="synthesis.addition",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "material",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="movements",
                                to="synthesis.material",
                            ),
                        ),
                        (
                            "other",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="synthesis.material",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="synthesis.movement",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount__gt", Decimal("-1000000000")),
                                    ("amount__lt", Decimal("1000000000")),
                                    models.Q(
                                        models.Q(("amount", 0), _negated=True),
                                        ("kind__in", ["emptied", "reversal"]),
                                        _connector="OR",
                                    ),
                                ),
                                name="movement_amount_is_a_number",
                                violation_error_message="An amount that moves is a number, and not 0.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount__gt", 0), ("kind__in", ["received", "added"])
                                    ),
                                    models.Q(
                                        ("amount__lte", 0),
                                        ("kind__in", ["used", "taken", "emptied"]),
                                    ),
                                    ("kind__in", ["correction", "reversal"]),
                                    _connector="OR",
                                ),
                                name="movement_goes_the_way_its_kind_says",
                                violation_error_message="What is received is above 0, what is taken below.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("unit__in", ["mg", "ml"])),
                                name="movement_unit_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("uncertainty", None),
                                    models.Q(
                                        ("uncertainty__gte", 0),
                                        ("uncertainty__lt", Decimal("1000000000")),
                                    ),
                                    _connector="OR",
                                ),
                                name="movement_uncertainty_is_a_number",
                                violation_error_message="An uncertainty is a number of 0 or more.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "used"), _negated=True),
                                    ("addition__isnull", False),
                                    _connector="OR",
                                ),
                                name="movement_used_names_its_addition",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                                    models.Q(
                                        models.Q(("kind", "reversal"), _negated=True),
                                        ("reverses", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="movement_reversal_names_what_it_reverses",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "kind__in",
                                            ["taken", "correction", "emptied", "reversal"],
                                        ),
                                        _negated=True,
                                    ),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="movement_by_hand_says_why",
                                violation_error_message="Say why: the next person will want to know.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("other", None),
                                    models.Q(("other", models.F("material")), _negated=True),
                                    _connector="OR",
                                ),
                                name="movement_is_not_into_itself",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["material", "-id"], name="movement_of_material"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("reason")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("reason", ""), _negated=True),
                                name="movement_reason_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Portion",
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
                        ("text", models.CharField(max_length=40)),
                        ("value", models.DecimalField(decimal_places=6, max_digits=16)),
                        (
                            "uncertainty",
                            models.DecimalField(decimal_places=6, max_digits=16, null=True),
                        ),
                        (
                            "source_facts",
                            models.JSONField(
                                encoder=django.core.serializers.json.DjangoJSONEncoder, null=True
                            ),
                        ),
                        ("as_planned", models.BooleanField(default=False)),
                        ("at", models.DateTimeField()),
                        ("stands", models.BooleanField(default=True)),
                        (
                            "addition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="portions",
                                to="synthesis.addition",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="portions",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="weighed",
                                to="synthesis.benchevent",
                            ),
                        ),
                        (
                            "instrument",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="portions",
                                to="synthesis.instrument",
                            ),
                        ),
                        (
                            "material",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="portions",
                                to="synthesis.material",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("at", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("value__gte", 0)),
                                name="portion_amount_is_not_negative",
                                violation_error_message="An amount cannot be negative.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("uncertainty", None), ("uncertainty__gte", 0), _connector="OR"
                                ),
                                name="portion_uncertainty_is_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="portion_keeps_its_text",
                            ),
                        ],
                        "indexes": [models.Index(fields=["value"], name="portion_value")],
                    },
                ),
            ]
        ),
        *statements_of("synthesis.migrations", REPLACED),
    ]
