"""The tables of a new lab, made at once; a lab that was begun before has got them step by step."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.squashing import CreateTogether, statements_of

REPLACED = [
    ("analysis", "0001_initial"),
    ("analysis", "0002_history"),
    ("analysis", "0003_history_rows"),
    ("analysis", "0004_history_order"),
    ("analysis", "0005_results_stay_where_they_are"),
    ("analysis", "0006_lab_quantities"),
    ("analysis", "0007_history_high_ratio"),
    ("analysis", "0008_every_number_is_finite"),
    ("analysis", "0009_search_the_history"),
    ("analysis", "0010_search"),
    ("analysis", "0011_archive"),
    ("analysis", "0012_technique_is_no_choice"),
    ("analysis", "0013_history_recipe"),
    ("analysis", "0014_scans_of_a_file"),
    ("analysis", "0015_files_of_bottles_and_layers"),
    ("analysis", "0016_outcomes_keep_warnings"),
    ("analysis", "0017_instruments_of_measurement"),
    ("analysis", "0018_column_mappings"),
    ("analysis", "0019_history_says_warned"),
    ("analysis", "0020_calibrations_are_finite"),
    ("analysis", "0021_structure_evidence"),
    ("analysis", "0022_inbox"),
    ("analysis", "0023_inbox_put_aside"),
    ("analysis", "0024_evidence_of_phases"),
    ("analysis", "0025_model_versions"),
    ("analysis", "0026_taken_suggestions"),
    ("analysis", "0027_saved_questions"),
    ("analysis", "0028_numbers_of_suggestions_are_finite"),
    ("analysis", "0029_uncertainties_as_columns"),
    ("analysis", "0030_boards"),
    ("analysis", "0031_learned_recipes"),
    ("analysis", "0032_states_of_pixels"),
]


class Migration(migrations.Migration):
    initial = True

    replaces = REPLACED
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("devices", "0001_squashed_0014_substrates_added_later"),
        ("records", "0001_squashed_0012_security_events"),
        ("synthesis", "0001_squashed_0021_recipes_of_devices"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Board",
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
                        ("name", models.CharField(max_length=80)),
                        (
                            "questions",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "made_by",
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
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("project", "name"),
                                name="one_board_per_project_and_name",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="board_has_a_name",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ColumnMapping",
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
                        ("technique", models.CharField(max_length=40)),
                        ("kind", models.CharField(max_length=64)),
                        ("columns", models.CharField(max_length=600)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "created_by",
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
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("project", "technique", "kind"),
                                name="one_mapping_of_a_kind_of_file",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Forecast",
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
                        ("conditions", models.JSONField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("result", models.JSONField(null=True)),
                        ("failure", models.TextField(blank=True)),
                        ("model_name", models.CharField(blank=True, max_length=40)),
                        ("model_version", models.CharField(blank=True, max_length=20)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "batch",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="forecast",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.job",
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
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "done"), _negated=True),
                                    ("result__isnull", False),
                                    _connector="OR",
                                ),
                                name="forecast_done_has_a_result",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Guess",
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
                        ("chances", models.JSONField()),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("guessed_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="guesses",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "guessed_by",
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
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("batch", "guessed_by"),
                                name="one_guess_per_batch_and_person",
                                violation_error_message="You have guessed already, and a guess is frozen.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoryNumber",
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
                        ("name", models.CharField(max_length=40)),
                        ("value", models.FloatField()),
                        (
                            "batch",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="synthesis.batch",
                            ),
                        ),
                        ("uncertainty", models.FloatField(null=True)),
                    ],
                    options={
                        "ordering": ("batch_id", "name"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("batch", "name"), name="one_history_number_per_name"
                            )
                        ],
                        "indexes": [
                            models.Index(
                                fields=["name", "value", "batch"], name="history_number_by_value"
                            ),
                            models.Index(
                                condition=models.Q(("uncertainty__isnull", False)),
                                fields=["name", "uncertainty", "batch"],
                                name="history_number_by_uncertainty",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoryRow",
                    fields=[
                        (
                            "batch",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="history_row",
                                serialize=False,
                                to="synthesis.batch",
                            ),
                        ),
                        ("code", models.CharField(max_length=20)),
                        ("recipe", models.CharField(max_length=80)),
                        ("state", models.CharField(max_length=10)),
                        ("made_by", models.CharField(max_length=150)),
                        ("planned_at", models.DateTimeField()),
                        ("ratio_ca_pb", models.FloatField(null=True)),
                        ("ratio_ca_pb_weighed", models.FloatField(null=True)),
                        ("ratio_ca_pb_weighed_uncertainty", models.FloatField(null=True)),
                        ("precursor_appearance", models.CharField(max_length=12)),
                        ("humidity_percent", models.FloatField(null=True)),
                        ("quench_s", models.FloatField(null=True)),
                        ("deviations", models.IntegerField()),
                        ("phase", models.CharField(max_length=10)),
                        ("structure", models.CharField(max_length=20)),
                        ("forecast_gamma", models.FloatField(null=True)),
                        ("forecast_log_score", models.FloatField(null=True)),
                        ("pl_peak_nm", models.FloatField(null=True)),
                        ("pl_fwhm_nm", models.FloatField(null=True)),
                        ("plqy_percent", models.FloatField(null=True)),
                        ("lifetime_ns", models.FloatField(null=True)),
                        ("size_nm", models.FloatField(null=True)),
                        ("devices", models.IntegerField()),
                        ("eqe_percent", models.FloatField(null=True)),
                        ("luminance_cd_m2", models.FloatField(null=True)),
                        ("turn_on_v", models.FloatField(null=True)),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                        ("archived", models.CharField(default="no", max_length=3)),
                        ("warned", models.CharField(default="no", max_length=3)),
                        ("structure_evidence", models.TextField(default="")),
                        ("structure_level", models.CharField(default="", max_length=20)),
                        ("phase_evidence", models.CharField(default="", max_length=20)),
                        ("eqe_percent_uncertainty", models.FloatField(null=True)),
                        ("lifetime_ns_uncertainty", models.FloatField(null=True)),
                        ("luminance_cd_m2_uncertainty", models.FloatField(null=True)),
                        ("pl_fwhm_nm_uncertainty", models.FloatField(null=True)),
                        ("pl_peak_nm_uncertainty", models.FloatField(null=True)),
                        ("plqy_percent_uncertainty", models.FloatField(null=True)),
                        ("size_nm_uncertainty", models.FloatField(null=True)),
                        ("turn_on_v_uncertainty", models.FloatField(null=True)),
                    ],
                    options={
                        "ordering": ("-batch_id",),
                    },
                ),
                migrations.CreateModel(
                    name="LabelSource",
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
                        ("reason", models.CharField(max_length=300)),
                        ("added_at", models.DateTimeField(auto_now_add=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("ended_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "added_by",
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
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("project", "source"),
                                name="one_label_source_per_project_and_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source", models.F("project")), _negated=True),
                                name="label_source_is_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="label_source_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("ended_reason", "")),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        models.Q(("ended_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="label_source_ends_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LabQuantity",
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
                                max_length=40,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
                                    )
                                ],
                            ),
                        ),
                        ("unit", models.CharField(blank=True, max_length=20)),
                        ("label", models.CharField(max_length=80)),
                        ("low", models.FloatField()),
                        ("high", models.FloatField()),
                        (
                            "subjects",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=10), size=None
                            ),
                        ),
                        (
                            "better",
                            models.CharField(
                                choices=[
                                    ("higher", "higher is better"),
                                    ("lower", "lower is better"),
                                    ("neither", "neither"),
                                ],
                                default="neither",
                                max_length=8,
                            ),
                        ),
                        ("added_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("name",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("name__regex", "^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
                                ),
                                name="lab_quantity_has_a_plain_name",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("high__lt", float("inf")),
                                    ("low__gt", float("-inf")),
                                    ("low__lt", models.F("high")),
                                ),
                                name="lab_quantity_range_is_a_range",
                                violation_error_message="The plausible range runs from a lower to a higher number.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("subjects__contained_by", ["batch", "device", "pixel"]),
                                    ("subjects__len__gt", 0),
                                ),
                                name="lab_quantity_has_known_subjects",
                                violation_error_message="A quantity is of batches, devices or pixels.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("better__in", ["higher", "lower", "neither"])),
                                name="lab_quantity_way_is_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LearnedRecipe",
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
                        ("recipe", models.CharField(max_length=80)),
                        ("data_sha256", models.CharField(max_length=64)),
                        ("code_version", models.CharField(max_length=20)),
                        ("outcomes", models.JSONField()),
                        ("experiments", models.JSONField()),
                        ("read_at", models.DateTimeField()),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "indexes": [
                            models.Index(
                                fields=["project", "recipe", "-made_at"],
                                name="learned_recipe_newest",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MeasuringInstrument",
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
                        ("name", models.CharField(max_length=120)),
                        (
                            "techniques",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), size=None
                            ),
                        ),
                        ("serial_number", models.CharField(blank=True, max_length=60)),
                        ("place", models.CharField(blank=True, max_length=120)),
                        ("optics", models.CharField(blank=True, max_length=300)),
                        ("response", models.CharField(blank=True, max_length=300)),
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
                        "ordering": ("name", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("techniques__len__gt", 0)),
                                name="measuring_instrument_has_a_technique",
                                violation_error_message="Say at least one technique that it measures.",
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
                                name="measuring_instrument_retired_says_why",
                                violation_error_message="Say why it is retired.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ModelVersion",
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
                        ("data_sha256", models.CharField(max_length=64)),
                        ("code_version", models.CharField(max_length=20)),
                        ("batches", models.JSONField()),
                        ("labels", models.PositiveIntegerField()),
                        ("summary", models.JSONField()),
                        ("backtest", models.JSONField()),
                        ("compared", models.JSONField(default=dict)),
                        ("parameters_sha256", models.CharField(max_length=64)),
                        ("read_at", models.DateTimeField()),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("promoted_at", models.DateTimeField(null=True)),
                        ("verdict", models.TextField()),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("project", "data_sha256", "code_version"),
                                name="one_version_of_the_same_data",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("labels__gt", 0)),
                                name="model_version_has_labels",
                            ),
                        ],
                        "indexes": [
                            models.Index(
                                fields=["project", "-promoted_at"], name="model_version_in_use"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OwnColumns",
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
                        ("columns", models.CharField(blank=True, max_length=4000)),
                        (
                            "person",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                    },
                ),
                migrations.CreateModel(
                    name="SavedQuestion",
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
                        ("name", models.CharField(max_length=80)),
                        ("query", models.CharField(blank=True, max_length=2000)),
                        ("saved_at", models.DateTimeField(auto_now_add=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                        (
                            "saved_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("project", "name"),
                                name="one_saved_question_per_project_and_name",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="saved_question_has_a_name",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TakenSuggestion",
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
                        ("goal", models.CharField(max_length=20)),
                        ("ratio", models.FloatField()),
                        ("why", models.TextField()),
                        ("gain", models.FloatField()),
                        ("gain_unit", models.CharField(max_length=40)),
                        ("about", models.JSONField()),
                        ("model_number", models.PositiveBigIntegerField()),
                        ("said_at", models.DateTimeField()),
                        ("taken_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "batch",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="suggestion",
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
                            "taken_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                    },
                ),
                migrations.CreateModel(
                    name="Calibration",
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
                        ("scale", models.CharField(max_length=40)),
                        ("u", models.FloatField()),
                        ("valid_from_date", models.DateField()),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "instrument",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calibrations",
                                to="analysis.measuringinstrument",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("scale", "-valid_from_date"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("u__gt", 0), ("u__lt", float("inf"))),
                                name="calibration_is_uncertain",
                                violation_error_message="No scale is exact: give a standard uncertainty above 0.",
                            ),
                            models.UniqueConstraint(
                                fields=("instrument", "scale", "valid_from_date"),
                                name="one_calibration_of_a_scale_a_day",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Measurement",
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
                        ("technique", models.CharField(max_length=40)),
                        ("instrument", models.CharField(blank=True, max_length=120)),
                        ("conditions", models.CharField(blank=True, max_length=300)),
                        ("performed_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="devices.device",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="measurements",
                                to="records.storedfile",
                            ),
                        ),
                        (
                            "pixel",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="devices.pixel",
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
                            "uploaded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "layer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="measurements",
                                to="devices.layer",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="measurements",
                                to="synthesis.material",
                            ),
                        ),
                        (
                            "measured_with",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="measurements",
                                to="analysis.measuringinstrument",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("batch__isnull", False),
                                        ("device", None),
                                        ("layer", None),
                                        ("lot", None),
                                        ("pixel", None),
                                    ),
                                    models.Q(
                                        ("batch", None),
                                        ("device__isnull", False),
                                        ("layer", None),
                                        ("lot", None),
                                        ("pixel", None),
                                    ),
                                    models.Q(
                                        ("batch", None),
                                        ("device", None),
                                        ("layer", None),
                                        ("lot", None),
                                        ("pixel__isnull", False),
                                    ),
                                    models.Q(
                                        ("batch", None),
                                        ("device", None),
                                        ("layer", None),
                                        ("lot__isnull", False),
                                        ("pixel", None),
                                    ),
                                    models.Q(
                                        ("batch", None),
                                        ("device", None),
                                        ("layer__isnull", False),
                                        ("lot", None),
                                        ("pixel", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="measurement_has_one_subject",
                                violation_error_message="A measurement is of exactly one batch, device, pixel, bottle or layer.",
                            )
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("conditions")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("conditions", ""), _negated=True),
                                name="measurement_condition_words",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ModelParameters",
                    fields=[
                        (
                            "model_version",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="parameters",
                                serialize=False,
                                to="analysis.modelversion",
                            ),
                        ),
                        ("data", models.BinaryField()),
                    ],
                ),
                migrations.CreateModel(
                    name="ModelPin",
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
                        ("reason", models.CharField(max_length=300)),
                        ("pinned_at", models.DateTimeField(auto_now_add=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("ended_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "model_version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pins",
                                to="analysis.modelversion",
                            ),
                        ),
                        (
                            "pinned_by",
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
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("project",),
                                name="one_pinned_version_per_project",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="model_pin_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("ended_reason", "")),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        models.Q(("ended_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="model_pin_ends_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Analysis",
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
                        ("number", models.PositiveSmallIntegerField()),
                        ("method", models.CharField(max_length=40)),
                        ("method_version", models.CharField(blank=True, max_length=20)),
                        ("parameters", models.JSONField(default=dict)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("failure", models.TextField(blank=True)),
                        ("reading", models.JSONField(null=True)),
                        ("result", models.JSONField(null=True)),
                        ("provenance", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("accepted_at", models.DateTimeField(null=True)),
                        ("rejected_at", models.DateTimeField(null=True)),
                        ("rejected_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.job",
                            ),
                        ),
                        (
                            "measurement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="analyses",
                                to="analysis.measurement",
                            ),
                        ),
                        ("scan", models.CharField(blank=True, max_length=20)),
                    ],
                    options={
                        "ordering": ("measurement", "number"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("measurement", "number"), name="analysis_number_is_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["waiting", "running", "done", "failed"])
                                ),
                                name="analysis_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "failed"), _negated=True),
                                    models.Q(("failure", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="analysis_failure_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "done"), _negated=True),
                                    ("result__isnull", False),
                                    _connector="OR",
                                ),
                                name="analysis_done_has_a_result",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["measurement", "-number"], name="analysis_newest"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(
                                        models.F("rejected_reason")
                                    ),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("rejected_reason", ""), _negated=True),
                                name="analysis_rejected_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InboxFile",
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
                        ("technique", models.CharField(blank=True, max_length=40)),
                        ("arrived_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "file",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.storedfile",
                            ),
                        ),
                        (
                            "measurement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="analysis.measurement",
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
                        ("put_aside_at", models.DateTimeField(blank=True, null=True)),
                        ("put_aside_reason", models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("put_aside_at", None), ("put_aside_reason", "")),
                                    models.Q(
                                        ("measurement", None),
                                        ("put_aside_at__isnull", False),
                                        models.Q(("put_aside_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="inbox_put_aside_says_why",
                                violation_error_message="Say why nobody wants it; a file that was filed is not put aside.",
                            )
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("measurement", None)),
                                fields=["project", "-id"],
                                name="inbox_waiting",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Outcome",
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
                        ("quantity", models.CharField(max_length=40)),
                        ("value", models.FloatField()),
                        ("typed_text", models.CharField(blank=True, max_length=40)),
                        ("uncertainty", models.FloatField(null=True)),
                        ("low", models.FloatField(null=True)),
                        ("high", models.FloatField(null=True)),
                        ("unit", models.CharField(blank=True, max_length=20)),
                        ("label", models.CharField(blank=True, max_length=120)),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("accepted_at", models.DateTimeField(auto_now_add=True)),
                        ("superseded_at", models.DateTimeField(null=True)),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "analysis",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="outcomes",
                                to="analysis.analysis",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="devices.device",
                            ),
                        ),
                        (
                            "pixel",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="devices.pixel",
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
                        ("warnings", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("batch__isnull", False), ("device", None), ("pixel", None)
                                    ),
                                    models.Q(
                                        ("batch", None), ("device__isnull", False), ("pixel", None)
                                    ),
                                    models.Q(
                                        ("batch", None), ("device", None), ("pixel__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="outcome_has_one_subject",
                                violation_error_message="An outcome is of exactly one batch, device or pixel.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("uncertainty", None), ("uncertainty__gte", 0), _connector="OR"
                                ),
                                name="outcome_uncertainty_is_not_negative",
                                violation_error_message="An uncertainty cannot be negative.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("analysis__isnull", False),
                                    models.Q(("typed_text", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="outcome_typed_keeps_its_digits",
                                violation_error_message="A typed number keeps the digits that were typed.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("batch", "quantity"),
                                name="one_current_outcome_per_batch_and_quantity",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("device", "quantity"),
                                name="one_current_outcome_per_device_and_quantity",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("pixel", "quantity"),
                                name="one_current_outcome_per_pixel_and_quantity",
                            ),
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("note")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("note", ""), _negated=True),
                                name="outcome_note_words",
                            ),
                            models.Index(
                                condition=models.Q(("superseded_at", None)),
                                fields=["value"],
                                name="outcome_value",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PhaseAssignment",
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
                            "phase",
                            models.CharField(
                                choices=[
                                    ("alpha", "α"),
                                    ("mixed", "α + γ"),
                                    ("gamma", "γ"),
                                    ("delta", "δ"),
                                    ("beta", "β"),
                                    ("failed", "failed"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "structure",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("core_only", "core only"),
                                    ("alloy", "alloy"),
                                    ("seed_core", "seed/core"),
                                    ("seed_core_shell", "seed/core/shell"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("reason", models.TextField(blank=True)),
                        ("accepted_at", models.DateTimeField(auto_now_add=True)),
                        ("superseded_at", models.DateTimeField(null=True)),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "analysis",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="phases",
                                to="analysis.analysis",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="phases",
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
                        ("confidence", models.FloatField(null=True)),
                        (
                            "evidence",
                            models.CharField(
                                choices=[
                                    ("xrd", "XRD, analysed here"),
                                    ("xrd_elsewhere", "XRD, measured elsewhere"),
                                    ("hrtem", "HRTEM, lattice fringes"),
                                    ("saed", "SAED, electron diffraction"),
                                    ("no_product", "nothing could be collected (failed)"),
                                    ("none", "none: a guess, by eye"),
                                ],
                                db_default="none",
                                default="none",
                                max_length=20,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "phase__in",
                                        ["alpha", "mixed", "gamma", "delta", "beta", "failed"],
                                    )
                                ),
                                name="phase_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("analysis__isnull", False),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="phase_without_analysis_says_why",
                                violation_error_message="Say on what evidence the phase is assigned.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("batch",),
                                name="one_current_phase",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "evidence__in",
                                        [
                                            "xrd",
                                            "xrd_elsewhere",
                                            "hrtem",
                                            "saed",
                                            "no_product",
                                            "none",
                                        ],
                                    )
                                ),
                                name="phase_evidence_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("evidence", "xrd"), _negated=True),
                                    ("analysis__isnull", False),
                                    _connector="OR",
                                ),
                                name="phase_by_xrd_here_has_its_analysis",
                                violation_error_message="XRD analysed here is an accepted analysis.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("evidence", "no_product"), _negated=True),
                                    ("phase", "failed"),
                                    _connector="OR",
                                ),
                                name="phase_without_product_is_failed",
                                violation_error_message="Where nothing could be collected, the batch failed.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confidence", None),
                                    models.Q(("confidence__gt", 0), ("confidence__lte", 1)),
                                    _connector="OR",
                                ),
                                name="phase_confidence_is_a_share",
                                violation_error_message="A confidence lies above 0 and up to 1.",
                            ),
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("reason")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("reason", ""), _negated=True),
                                name="phase_reason_words",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Score",
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
                        ("probability", models.FloatField()),
                        ("log_score", models.FloatField()),
                        ("brier", models.FloatField()),
                        ("hit", models.BooleanField()),
                        ("scored_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "forecast",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="scores",
                                to="analysis.forecast",
                            ),
                        ),
                        (
                            "phase_assignment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="score",
                                to="analysis.phaseassignment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                    },
                ),
                migrations.CreateModel(
                    name="StructureEvidence",
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
                            "part",
                            models.CharField(
                                choices=[("seed", "seed"), ("shell", "shell")], max_length=10
                            ),
                        ),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("confirms", "confirms"),
                                    ("contradicts", "speaks against"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("named_at", models.DateTimeField(auto_now_add=True)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("withdrawn_reason", models.CharField(blank=True, max_length=400)),
                        (
                            "analysis",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="structure_evidence",
                                to="analysis.analysis",
                            ),
                        ),
                        (
                            "measurement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="structure_evidence",
                                to="analysis.measurement",
                            ),
                        ),
                        (
                            "named_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "phase_assignment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="structure_evidence",
                                to="analysis.phaseassignment",
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
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("part__in", ["seed", "shell"])),
                                name="structure_evidence_is_of_a_part",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("verdict__in", ["confirms", "contradicts"])),
                                name="structure_evidence_says_what",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("analysis__isnull", False),
                                    models.Q(("note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="structure_evidence_is_found_or_seen",
                                violation_error_message="Say what the picture shows.",
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
                                name="structure_evidence_withdrawn_says_why",
                                violation_error_message="Say why it is withdrawn.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=("phase_assignment", "part", "measurement"),
                                name="one_standing_evidence_of_a_part_per_file",
                            ),
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("note")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("note", ""), _negated=True),
                                name="structure_evidence_words",
                            )
                        ],
                    },
                ),
            ]
        ),
        *statements_of("analysis.migrations", REPLACED),
    ]
