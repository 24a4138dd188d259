"""The story as its serializers told it, row by row: to hold the new one against it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analysis.api.fields import FigureSerializer
from analysis.api.forecasts import ForecastSerializer
from analysis.api.measurements import MeasurementSerializer
from analysis.api.outcomes import OutcomeSerializer
from analysis.api.phases import PhaseSerializer
from analysis.models import Forecast, Measurement, Outcome, PhaseAssignment
from analysis.services.lists import with_analyses
from analysis.services.outcomes import computed_figures
from devices.models import Device
from synthesis.api.fields import ObjectField
from synthesis.models import Addition, Batch, BatchQuantity, StepRun


class AdditionSerializer(serializers.ModelSerializer):
    """One reagent: planned beside weighed."""

    lot = serializers.SlugRelatedField(
        source="material", slug_field="code", read_only=True, allow_null=True
    )

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
            "weighed_at",
            "lot",
            "skipped_reason",
        )


class StepRunSerializer(serializers.ModelSerializer):
    """One step: planned beside done."""

    parameters = serializers.SerializerMethodField()

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
            "parameters",
        )

    def get_parameters(self, step: StepRun) -> dict[str, dict[str, Any]]:
        """Return name -> planned and actual number."""
        return {
            p.name: {
                "planned": p.planned_value,
                "actual": p.actual_value,
                "actual_text": p.actual_text,
            }
            for p in step.parameters.all()
        }


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
    planned_by = serializers.CharField(source="planned_by.username", read_only=True)
    etag = serializers.CharField(read_only=True)

    class Meta:
        model = Batch
        fields = (
            "code",
            "project",
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
            "etag",
        )


class BatchDetailSerializer(BatchSerializer):
    """A batch with its plan and its bench record."""

    plan = ObjectField(read_only=True)
    targets = ObjectField(read_only=True)
    lots = ObjectField(read_only=True)
    composition = ObjectField(read_only=True, allow_null=True)
    quantities = BatchQuantitySerializer(many=True, read_only=True)
    additions = AdditionSerializer(many=True, read_only=True)
    steps = StepRunSerializer(source="step_runs", many=True, read_only=True)
    observations = serializers.SerializerMethodField()
    deviations = serializers.SerializerMethodField()
    notes = serializers.SerializerMethodField()

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
            "deviations",
            "notes",
        )

    def get_observations(self, batch: Batch) -> list[dict[str, Any]]:
        """Return what the flask looked like."""
        return [
            {"at": o.at, "appearance": o.appearance, "colour": o.colour, "note": o.note}
            for o in batch.observations.all()
        ]

    def get_deviations(self, batch: Batch) -> list[dict[str, Any]]:
        """Return what was not done as planned."""
        return [
            {
                "at": d.at,
                "kind": d.kind,
                "severity": d.severity,
                "target": d.target,
                "sentence": d.sentence,
                "reason": d.reason,
                "automatic": d.automatic,
            }
            for d in batch.deviations.all()
            if d.withdrawn_at is None
        ]

    def get_notes(self, batch: Batch) -> list[dict[str, Any]]:
        """Return the free notes."""
        return [
            {"at": e.at, "text": e.value, "by": e.by.username}
            for e in batch.events.all()
            if e.kind == "note"
        ]


class ComputedSerializer(FigureSerializer):
    """A number that follows from outcomes."""

    made_from = serializers.ListField(
        child=serializers.IntegerField(), help_text="The outcomes it follows from."
    )


class BatchStorySerializer(BatchDetailSerializer):
    """Plan, bench record, measurements, outcomes, what follows, devices, forecast and phase."""

    measurements = serializers.SerializerMethodField()
    outcomes = serializers.SerializerMethodField()
    computed = serializers.SerializerMethodField()
    devices = serializers.SerializerMethodField()
    forecast = serializers.SerializerMethodField()
    phase = serializers.SerializerMethodField()

    class Meta(BatchDetailSerializer.Meta):
        fields = (
            *BatchDetailSerializer.Meta.fields,
            "measurements",
            "outcomes",
            "computed",
            "devices",
            "forecast",
            "phase",
        )

    @extend_schema_field(MeasurementSerializer(many=True))
    def get_measurements(self, batch: Batch) -> list[dict[str, Any]]:
        """Return the measurements of the batch itself, newest first."""
        rows = with_analyses(Measurement.objects.filter(batch=batch))
        return MeasurementSerializer(rows, many=True).data

    @extend_schema_field(OutcomeSerializer(many=True))
    def get_outcomes(self, batch: Batch) -> list[dict[str, Any]]:
        """Return the outcomes that hold now."""
        return OutcomeSerializer(self._current(batch), many=True).data

    @extend_schema_field(ComputedSerializer(many=True))
    def get_computed(self, batch: Batch) -> list[dict[str, Any]]:
        """Return what follows from the outcomes."""
        known = {outcome.quantity: outcome for outcome in self._current(batch)}
        return [figure.as_dict() for figure in computed_figures(batch, known)]

    def get_devices(self, batch: Batch) -> list[str]:
        """Return the codes of the devices with a layer from this batch, that the person may see."""
        rows = Device.objects.filter(layers__source_batch=batch)
        user = self.context.get("user")
        if user is not None:
            rows = rows.filter(pk__in=Device.objects.visible_to(user).values("pk"))
        return list(rows.distinct().order_by("pk").values_list("code", flat=True))

    @extend_schema_field(ForecastSerializer(allow_null=True))
    def get_forecast(self, batch: Batch) -> dict[str, Any] | None:
        """Return what was expected before."""
        rows = Forecast.objects.select_related("project", "batch", "asked_by")
        forecast = rows.filter(batch=batch).first()
        return ForecastSerializer(forecast).data if forecast else None

    @extend_schema_field(PhaseSerializer(allow_null=True))
    def get_phase(self, batch: Batch) -> dict[str, Any] | None:
        """Return what it is said to be."""
        rows = PhaseAssignment.objects.select_related("batch", "accepted_by", "score")
        found = rows.filter(batch=batch, superseded_at=None).first()
        return PhaseSerializer(found).data if found else None

    def _current(self, batch: Batch) -> list[Outcome]:
        if getattr(batch, "current_outcomes", None) is None:
            rows = Outcome.objects.filter(batch=batch, superseded_at=None)
            rows = rows.select_related("analysis", "accepted_by", "batch", "device", "pixel")
            batch.current_outcomes = list(
                rows.defer("analysis__reading", "analysis__result").order_by("pk")
            )
        return batch.current_outcomes
