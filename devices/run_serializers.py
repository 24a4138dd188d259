"""Runs as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from devices.serializers import LAYOUT_HELP, NewPixelSerializer
from devices.services.devices import LONGEST_NAME
from devices.services.making import steps_of_run
from devices.services.pixels import MOST_PIXELS
from labnotebook.records.api import StrictSerializer
from synthesis.models import Batch


class OneOrMany(serializers.ListField):
    """One text for all substrates, or a list with one for each."""

    def to_internal_value(self, data: Any) -> str | list[str]:
        """Return what was said, a text or a list of texts."""
        if isinstance(data, str):
            return str(self.child.run_validation(data))
        return super().to_internal_value(data)


class Count(serializers.ListField):
    """How many substrates, or their labels."""

    def to_internal_value(self, data: Any) -> int | list[str]:
        """Return a number, or the labels."""
        if isinstance(data, int) and not isinstance(data, bool):
            return data
        return super().to_internal_value(data)


class NewRunSerializer(StrictSerializer):
    """What is needed to plan a run."""

    project = serializers.CharField(required=False, max_length=60, help_text="Slug.")
    architecture = serializers.CharField(max_length=80, help_text="Slug of an architecture.")
    substrates = Count(
        child=serializers.CharField(max_length=20), help_text="How many, or their labels."
    )
    vary = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=60)),
        required=False,
        help_text="What differs: a key of `variable` to one typed number for each substrate.",
    )
    sources = serializers.DictField(
        child=OneOrMany(child=serializers.CharField(max_length=20, allow_blank=True)),
        required=False,
        help_text="Layer to the code of the batch or bottle; one for all, or one for each substrate.",
    )
    pixels = NewPixelSerializer(many=True, required=False, min_length=1, max_length=MOST_PIXELS)
    layout = serializers.CharField(
        required=False, allow_blank=True, max_length=20, help_text=LAYOUT_HELP
    )
    targets = serializers.DictField(
        child=serializers.CharField(max_length=60),
        required=False,
        help_text="The inputs of the recipe.",
    )
    name = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NAME)


class RunSourcesSerializer(StrictSerializer):
    """From what the layers of a run were made."""

    sources = serializers.DictField(
        child=OneOrMany(child=serializers.CharField(max_length=20, allow_blank=True)),
        help_text="Layer to the code of the batch or bottle; one for all, or one for each substrate.",
    )
    amount = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text="Used of it for each substrate, as typed: 60 µL",
    )


class NewSubstrateSerializer(StrictSerializer):
    """One more substrate of a planned run."""

    made_as = serializers.CharField(
        max_length=20, help_text="Label of the substrate whose steps it goes through."
    )
    label = serializers.CharField(
        required=False, allow_blank=True, max_length=20, help_text="Without it, the next number."
    )


class SubstrateSerializer(serializers.Serializer):
    """One substrate of a run."""

    substrate = serializers.CharField()
    device = serializers.CharField(source="code")
    made_as = serializers.CharField(
        allow_blank=True, help_text="The substrate whose steps it goes through; empty: its own."
    )
    varied = serializers.DictField(child=serializers.CharField())
    sources = serializers.DictField(
        source="known_sources", child=serializers.CharField(), help_text="Layer to code."
    )
    pixels = serializers.IntegerField(source="pixel_count")
    working = serializers.IntegerField(source="working_count")
    archived_at = serializers.DateTimeField(allow_null=True)


class MadeNumberSerializer(serializers.Serializer):
    """One number of a step, planned and as it was."""

    name = serializers.CharField()
    planned = serializers.FloatField(source="planned_value", allow_null=True)
    actual = serializers.FloatField(source="actual_value", allow_null=True)
    typed = serializers.CharField(source="actual_text", allow_blank=True)


class MadeStepSerializer(serializers.Serializer):
    """One step of a run, and the substrates that it is for (empty: all)."""

    key = serializers.CharField(source="run.key")
    layer = serializers.CharField(allow_blank=True)
    substrates = serializers.ListField(child=serializers.CharField())
    operation = serializers.CharField(source="run.operation")
    text = serializers.CharField(source="run.text")
    started_at = serializers.DateTimeField(source="run.started_at", allow_null=True)
    finished_at = serializers.DateTimeField(source="run.finished_at", allow_null=True)
    skipped_reason = serializers.CharField(source="run.skipped_reason", allow_blank=True)
    parameters = MadeNumberSerializer(source="run.parameters.all", many=True)


class RunRowSerializer(serializers.Serializer):
    """One run in a list."""

    code = serializers.CharField()
    project = serializers.CharField(source="project.slug")
    architecture = serializers.CharField(source="recipe_version.recipe.slug")
    architecture_version = serializers.IntegerField(source="recipe_version.number")
    state = serializers.ChoiceField(Batch.State.choices)
    planned_by = serializers.CharField(source="planned_by.username")
    planned_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    substrates_count = serializers.IntegerField()


class RunSerializer(RunRowSerializer):
    """One run: its substrates side by side, and what was done. Its bench is `batches/{code}/events/`."""

    substrates = SubstrateSerializer(source="rows", many=True)
    steps = serializers.SerializerMethodField()

    @extend_schema_field(MadeStepSerializer(many=True))
    def get_steps(self, run: Batch) -> Any:
        """Return the steps of the bench in their order."""
        return MadeStepSerializer(steps_of_run(run), many=True).data
