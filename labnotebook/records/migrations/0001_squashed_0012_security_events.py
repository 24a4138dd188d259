"""The tables of a new lab, made at once; a lab that was begun before has got them step by step."""

import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.squashing import CreateTogether, statements_of

REPLACED = [
    ("records", "0001_initial"),
    ("records", "0002_history"),
    ("records", "0003_chained_entries_and_people"),
    ("records", "0004_signatures_cover_rows"),
    ("records", "0005_faults_of_jobs"),
    ("records", "0006_tokens_of_sensors"),
    ("records", "0007_search"),
    ("records", "0008_simulated_projects"),
    ("records", "0009_people"),
    ("records", "0010_roles"),
    ("records", "0011_second_factors"),
    ("records", "0012_security_events"),
]


class Migration(migrations.Migration):
    initial = True

    replaces = REPLACED
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop
        ),  # for indexes of words
        CreateTogether(
            [
                migrations.CreateModel(
                    name="ApiToken",
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
                        ("digest", models.CharField(max_length=64, unique=True)),
                        (
                            "scope",
                            models.CharField(
                                choices=[
                                    ("read", "Read only"),
                                    ("write", "Read and write"),
                                    ("sensor", "Only post readings of the air"),
                                ],
                                default="write",
                                max_length=6,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="api_tokens",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("scope__in", ["read", "write", "sensor"])),
                                name="token_scope_is_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CodeCounter",
                    fields=[
                        (
                            "prefix",
                            models.CharField(max_length=8, primary_key=True, serialize=False),
                        ),
                        ("last", models.PositiveIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="IdempotencyKey",
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
                        ("key", models.CharField(max_length=200)),
                        ("request_sha256", models.CharField(max_length=64)),
                        ("status", models.PositiveSmallIntegerField(null=True)),
                        ("body", models.TextField(blank=True)),
                        ("location", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "key"), name="one_answer_per_key"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PersonSeen",
                    fields=[
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="seen",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Project",
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
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=120)),
                        ("description", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("is_simulated", models.BooleanField(default=False)),
                        ("needs_second_factor", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ("name", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="project_has_a_name",
                                violation_error_message="Give the project a name.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Revision",
                    fields=[
                        ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                        ("table_name", models.CharField(max_length=63)),
                        ("record_id", models.CharField(max_length=64)),
                        ("number", models.PositiveIntegerField()),
                        ("operation", models.CharField(max_length=6)),
                        ("actor", models.CharField(max_length=150)),
                        ("actor_id", models.BigIntegerField(null=True)),
                        ("reason", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                        ("data", models.TextField()),
                        ("previous_hash", models.CharField(blank=True, max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                    ],
                    options={
                        "ordering": ("seq",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("table_name", "record_id", "number"),
                                name="one_revision_per_version",
                            )
                        ],
                        "indexes": [models.Index(fields=["at"], name="revision_at")],
                    },
                ),
                migrations.CreateModel(
                    name="Job",
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
                        ("kind", models.CharField(max_length=40)),
                        ("input", models.JSONField(default=dict)),
                        ("input_sha256", models.CharField(max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "Waiting"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                    ("dead", "Given up"),
                                ],
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("token", models.UUIDField(null=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("error", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "project",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                        ("error_class", models.CharField(blank=True, max_length=120)),
                        ("faults", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "input_sha256"), name="same_work_is_the_same_job"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("attempts__lte", 5)),
                                name="job_attempts_are_bounded",
                            ),
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["queued", "running"])),
                                fields=["state", "sent_at"],
                                name="job_open",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
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
                            "role",
                            models.CharField(
                                choices=[
                                    ("viewer", "Viewer"),
                                    ("witness", "Witness"),
                                    ("instrument", "Instrument"),
                                    ("editor", "Editor"),
                                    ("owner", "Owner"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="records.project",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("project", "user"),
                                name="one_membership_per_person_and_project",
                                violation_error_message="This person is already a member; change the role instead.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "role__in",
                                        ["viewer", "witness", "instrument", "editor", "owner"],
                                    )
                                ),
                                name="membership_role_is_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OneTimeLink",
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
                            "purpose",
                            models.CharField(
                                choices=[("join", "Join"), ("password", "Choose a password")],
                                max_length=8,
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        (
                            "role",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("viewer", "Viewer"),
                                    ("witness", "Witness"),
                                    ("instrument", "Instrument"),
                                    ("editor", "Editor"),
                                    ("owner", "Owner"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("email", models.CharField(blank=True, max_length=254)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(null=True)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="one_time_links",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                null=True,
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
                                condition=models.Q(("purpose__in", ["join", "password"])),
                                name="link_purpose_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("purpose", "password"), _negated=True),
                                    ("person__isnull", False),
                                    _connector="OR",
                                ),
                                name="link_of_a_password_names_whose",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("project__isnull", True), ("role", "")),
                                    models.Q(
                                        ("project__isnull", False),
                                        (
                                            "role__in",
                                            ["viewer", "witness", "instrument", "editor", "owner"],
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="link_has_a_role_exactly_with_a_project",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SecurityEvent",
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
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("signed-in", "Signed in"),
                                    ("turned-away", "Sign-in failed"),
                                    ("signed-out", "Signed out"),
                                    ("session-ended", "Session ended"),
                                    ("password", "Password set"),
                                    ("second-factor", "Second factor changed"),
                                    ("token-made", "Token made"),
                                    ("token-elsewhere", "Token used from a new address"),
                                    ("token-revoked", "Token revoked"),
                                    ("exported", "Exported"),
                                    ("rights", "Rights changed"),
                                    ("account", "Account changed"),
                                    ("refused", "Refused for want of rights"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("account", models.CharField(blank=True, max_length=150)),
                        ("about", models.CharField(blank=True, max_length=200)),
                        ("ip", models.GenericIPAddressField(null=True)),
                        ("browser", models.CharField(blank=True, max_length=200)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="security_events",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                null=True,
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
                                    (
                                        "kind__in",
                                        [
                                            "signed-in",
                                            "turned-away",
                                            "signed-out",
                                            "session-ended",
                                            "password",
                                            "second-factor",
                                            "token-made",
                                            "token-elsewhere",
                                            "token-revoked",
                                            "exported",
                                            "rights",
                                            "account",
                                            "refused",
                                        ],
                                    )
                                ),
                                name="security_event_kind_is_known",
                            )
                        ],
                        "indexes": [
                            models.Index(fields=["person", "-id"], name="security_event_of_person"),
                            models.Index(
                                fields=["project", "-id"], name="security_event_of_project"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Signature",
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
                        ("table_name", models.CharField(max_length=63)),
                        ("record_id", models.CharField(max_length=64)),
                        (
                            "meaning",
                            models.CharField(
                                choices=[
                                    ("author", "I did this work and this is its record"),
                                    ("witness", "I read and understood this record"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("content_sha256", models.CharField(max_length=64)),
                        ("signed_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("rule", models.PositiveSmallIntegerField(default=1)),
                        ("covers", models.JSONField(null=True)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("meaning__in", ["author", "witness"])),
                                name="signature_meaning_is_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StoredFile",
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
                            "sha256",
                            models.CharField(
                                db_index=True,
                                max_length=64,
                                validators=[
                                    django.core.validators.RegexValidator("^[0-9a-f]{64}$")
                                ],
                            ),
                        ),
                        ("size_bytes", models.BigIntegerField()),
                        ("name", models.CharField(max_length=255)),
                        (
                            "media_type",
                            models.CharField(default="application/octet-stream", max_length=100),
                        ),
                        ("uploaded_at", models.DateTimeField(auto_now_add=True)),
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
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("size_bytes__gte", 0)),
                                name="stored_file_size_is_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                                name="stored_file_sha256_is_a_digest",
                            ),
                        ],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    django.db.models.functions.text.Lower(models.F("name")),
                                    "gin_trgm_ops",
                                ),
                                condition=models.Q(("name", ""), _negated=True),
                                name="stored_file_name_words",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TokenAddress",
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
                        ("ip", models.GenericIPAddressField()),
                        (
                            "token",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="addresses",
                                to="records.apitoken",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("token", "ip"), name="one_row_per_token_and_address"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TokenUse",
                    fields=[
                        (
                            "token",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="last_use",
                                serialize=False,
                                to="records.apitoken",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                    ],
                ),
            ]
        ),
        *statements_of("labnotebook.records.migrations", REPLACED),
    ]
