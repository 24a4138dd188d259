"""The story of one batch, as far as this room knows it: which rows it has, and how each is shaped."""

from __future__ import annotations

from rest_framework import serializers

from labnotebook.records.api.rows import Rows
from labnotebook.records.permissions import visible_sql
from synthesis.api import plan_shapes as shapes
from synthesis.api.fields import InstantField, MaybeTextField
from synthesis.api.plan_shapes import ShapedField
from synthesis.api.plans import FrozenPlanSerializer
from synthesis.models import (
    Addition,
    Attachment,
    Batch,
    BatchQuantity,
    BenchEvent,
    Condition,
    Deviation,
    Observation,
    Portion,
    StepRun,
    StepRunParameter,
)


class PortionSerializer(serializers.ModelSerializer):
    """One amount as it was weighed; those of a reagent add up."""

    at = InstantField(read_only=True)
    lot = serializers.SlugRelatedField(
        source="material",
        slug_field="code",
        read_only=True,
        allow_null=True,
        help_text="The bottle, where it is another than that of the reagent",
    )
    instrument = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)

    class Meta:
        model = Portion
        fields = ("at", "text", "value", "uncertainty", "instrument", "lot", "as_planned")


class AdditionSerializer(serializers.ModelSerializer):
    """One reagent: planned beside weighed."""

    lot = serializers.SlugRelatedField(
        source="material", slug_field="code", read_only=True, allow_null=True
    )
    instrument = serializers.SlugRelatedField(
        slug_field="code", read_only=True, allow_null=True, help_text="What it was measured with"
    )
    portions = PortionSerializer(many=True, read_only=True)

    class Meta:
        model = Addition
        fields = (
            "key",
            "name",
            "formula",
            "role",
            "unit",
            "planned_value",
            "weighed_text",
            "weighed_value",
            "weighed_uncertainty",
            "weighed_at",
            "instrument",
            "lot",
            "said_as_planned",
            "skipped_reason",
            "portions",
        )


class StepRunParameterSerializer(serializers.ModelSerializer):
    """One number of a step: planned beside actual, and as it was typed."""

    planned = serializers.DecimalField(16, 6, source="planned_value", allow_null=True)
    actual = serializers.DecimalField(16, 6, source="actual_value", allow_null=True)

    class Meta:
        model = StepRunParameter
        fields = ("planned", "actual", "actual_text", "origin")


class StepRunSerializer(serializers.ModelSerializer):
    """One step: planned beside done; ``parameters`` by their names."""

    parameters = serializers.DictField(child=StepRunParameterSerializer(), read_only=True)
    repeat_of = serializers.SlugRelatedField(
        slug_field="key", read_only=True, allow_null=True, help_text="The step that it repeats"
    )

    class Meta:
        model = StepRun
        fields = (
            "key",
            "operation",
            "text",
            "stage",
            "started_at",
            "finished_at",
            "skipped_reason",
            "repeat_of",
            "parameters",
        )


class ObservationSerializer(serializers.ModelSerializer):
    """What the flask looked like."""

    at = InstantField(read_only=True)

    class Meta:
        model = Observation
        fields = ("at", "appearance", "colour", "note")


class DeviationSerializer(serializers.ModelSerializer):
    """Something that was not done as planned."""

    at = InstantField(read_only=True)

    class Meta:
        model = Deviation
        fields = ("id", "at", "kind", "severity", "target", "sentence", "reason", "automatic")


class ConditionSerializer(serializers.ModelSerializer):
    """The air at one moment."""

    at = InstantField(read_only=True)

    class Meta:
        model = Condition
        fields = ("at", "name", "value", "text")


class AttachmentSerializer(serializers.ModelSerializer):
    """A photo or a file of a step; its bytes are at ``url``."""

    at = InstantField(read_only=True)
    target = serializers.CharField(source="event.target", read_only=True)
    name = serializers.CharField(source="file.name", read_only=True)
    sha256 = serializers.CharField(source="file.sha256", read_only=True)
    size_bytes = serializers.IntegerField(source="file.size_bytes", read_only=True)
    media_type = serializers.CharField(source="file.media_type", read_only=True)
    url = serializers.CharField(read_only=True)

    class Meta:
        model = Attachment
        fields = ("at", "target", "name", "note", "sha256", "size_bytes", "media_type", "url")


class NoteSerializer(serializers.ModelSerializer):
    """A free note."""

    at = InstantField(read_only=True)
    text = serializers.JSONField(source="value", read_only=True, help_text="As it was sent")
    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = BenchEvent
        fields = ("at", "text", "by")


class BatchQuantitySerializer(serializers.ModelSerializer):
    """One number of the batch under its own name: planned, effective or weighed, and from what."""

    class Meta:
        model = BatchQuantity
        fields = ("key", "name", "basis", "value", "uncertainty")

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add ``from``, which Python keeps for itself as a name of a class attribute."""
        origin = serializers.CharField(
            source="origin", read_only=True, help_text="From what it was computed, in words"
        )
        return super().get_fields() | {"from": origin}


class BatchSerializer(serializers.ModelSerializer):
    """A batch in a list."""

    project = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    recipe = serializers.CharField(source="recipe_version.recipe.slug", read_only=True)
    recipe_version = serializers.IntegerField(source="recipe_version.number", read_only=True)
    simulated = serializers.BooleanField(
        source="project.is_simulated", read_only=True, help_text="Made up, not measured"
    )
    archived_at = serializers.DateTimeField(
        source="archive.archived_at", read_only=True, allow_null=True, default=None
    )
    archived_reason = MaybeTextField(source="archive.archived_reason", read_only=True)
    planned_by = serializers.CharField(source="planned_by.username", read_only=True)
    etag = serializers.CharField(read_only=True)

    class Meta:
        model = Batch
        fields = (
            "code",
            "project",
            "simulated",
            "recipe",
            "recipe_version",
            "state",
            "ratio_ca_pb",
            "lead_mmol",
            "ratio_ca_pb_weighed",
            "ratio_ca_pb_weighed_uncertainty",
            "precursor_appearance",
            "humidity_percent",
            "quench_s",
            "planned_by",
            "planned_at",
            "started_at",
            "finished_at",
            "abandoned_reason",
            "archived_at",
            "archived_reason",
            "etag",
        )


class BatchDetailSerializer(BatchSerializer):
    """A batch with its plan and its bench record."""

    plan = ShapedField(FrozenPlanSerializer, read_only=True)
    targets = ShapedField(shapes.TARGETS, read_only=True)
    lots = ShapedField(shapes.LOTS, read_only=True)
    composition = ShapedField(shapes.MADE_OF, read_only=True, allow_null=True)
    quantities = BatchQuantitySerializer(many=True, read_only=True)
    additions = AdditionSerializer(many=True, read_only=True)
    steps = StepRunSerializer(many=True, read_only=True)
    observations = ObservationSerializer(many=True, read_only=True)
    conditions = ConditionSerializer(many=True, read_only=True)
    deviations = DeviationSerializer(many=True, read_only=True)
    notes = NoteSerializer(many=True, read_only=True)
    attachments = AttachmentSerializer(many=True, read_only=True)

    class Meta(BatchSerializer.Meta):
        fields = (
            *BatchSerializer.Meta.fields,
            "targets",
            "lots",
            "plan",
            "composition",
            "quantities",
            "additions",
            "steps",
            "observations",
            "conditions",
            "deviations",
            "notes",
            "attachments",
        )


QUANTITIES = Rows(
    BatchQuantitySerializer,
    "q",
    "synthesis_batchquantity q WHERE q.batch_id = b.id ORDER BY q.position, q.id",
)
# Entries that were taken back stay in the log, and are no part of the story.
_COUNTS = "NOT EXISTS (SELECT FROM synthesis_benchevent w WHERE w.takes_back_id = {})"
PORTIONS = Rows(
    PortionSerializer,
    "n",
    "synthesis_portion n LEFT JOIN synthesis_material nm ON nm.id = n.material_id"
    " LEFT JOIN synthesis_instrument ni ON ni.id = n.instrument_id"
    " WHERE n.addition_id = a.id AND n.stands ORDER BY n.at, n.id",
    columns={"lot": "nm.code", "instrument": "ni.code"},
)
ADDITIONS = Rows(
    AdditionSerializer,
    "a",
    "synthesis_addition a LEFT JOIN synthesis_material m ON m.id = a.material_id"
    " LEFT JOIN synthesis_instrument i ON i.id = a.instrument_id"
    " WHERE a.batch_id = b.id ORDER BY a.position",
    columns={"lot": "m.code", "instrument": "i.code", "portions": PORTIONS},
)
PARAMETERS = Rows(
    StepRunParameterSerializer,
    "p",
    "synthesis_steprunparameter p WHERE p.step_run_id = s.id ORDER BY p.id",
    keyed_by="p.name",
)
STEPS = Rows(
    StepRunSerializer,
    "s",
    "synthesis_steprun s LEFT JOIN synthesis_steprun r ON r.id = s.repeat_of_id"
    " WHERE s.batch_id = b.id ORDER BY s.position",
    columns={"parameters": PARAMETERS, "repeat_of": "r.key"},
)
OBSERVATIONS = Rows(
    ObservationSerializer,
    "o",
    f"synthesis_observation o WHERE o.batch_id = b.id AND {_COUNTS.format('o.event_id')}"
    " ORDER BY o.at, o.id",
)
CONDITIONS = Rows(
    ConditionSerializer,
    "c",
    f"synthesis_condition c WHERE c.batch_id = b.id AND {_COUNTS.format('c.event_id')}"
    " ORDER BY c.at, c.id",
)
DEVIATIONS = Rows(
    DeviationSerializer,
    "d",
    "synthesis_deviation d WHERE d.batch_id = b.id AND d.withdrawn_at IS NULL ORDER BY d.at, d.id",
)
NOTES = Rows(
    NoteSerializer,
    "e",
    "synthesis_benchevent e JOIN auth_user u ON u.id = e.by_id"
    f" WHERE e.batch_id = b.id AND e.kind = 'note' AND {_COUNTS.format('e.id')}"
    " ORDER BY e.received_at, e.id",
    columns={"by": "u.username"},
)
ATTACHMENTS = Rows(
    AttachmentSerializer,
    "f",
    "synthesis_attachment f JOIN records_storedfile sf ON sf.id = f.file_id"
    " JOIN synthesis_benchevent fe ON fe.id = f.event_id"
    f" WHERE f.batch_id = b.id AND {_COUNTS.format('f.event_id')} ORDER BY f.at, f.id",
    columns={
        "target": "fe.target",
        **{name: f"sf.{name}" for name in ("name", "sha256", "size_bytes", "media_type")},
        "url": "'/api/v1/files/' || sf.id || '/'",
    },
)
# Asked with `user` (a key) and `code`; a batch that the person may not see is no row.
DETAIL = Rows(
    BatchDetailSerializer,
    "b",
    "synthesis_batch b JOIN records_project project ON project.id = b.project_id"
    " JOIN synthesis_recipeversion version ON version.id = b.recipe_version_id"
    " JOIN synthesis_recipe recipe ON recipe.id = version.recipe_id"
    " JOIN auth_user planner ON planner.id = b.planned_by_id"
    " LEFT JOIN synthesis_batcharchive archive ON archive.batch_id = b.id"
    f" WHERE b.code = %(code)s AND {visible_sql('b')}",
    columns={
        "project": "project.slug",
        "simulated": "project.is_simulated",
        "archived_at": "archive.archived_at",
        "archived_reason": "coalesce(archive.archived_reason, '')",
        "recipe": "recipe.slug",
        "recipe_version": "version.number",
        "planned_by": "planner.username",
        "etag": "format('\"batch-%%s-%%s\"', b.id, b.version)",
        "quantities": QUANTITIES,
        "additions": ADDITIONS,
        "steps": STEPS,
        "observations": OBSERVATIONS,
        "conditions": CONDITIONS,
        "deviations": DEVIATIONS,
        "notes": NOTES,
        "attachments": ATTACHMENTS,
    },
)
