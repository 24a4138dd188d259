"""The whole story of a batch: what the lower room knows of it, and what was measured and learned."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from analysis.api.fields import FigureSerializer
from analysis.api.forecasts import ForecastSerializer
from analysis.api.measurements import MeasurementSerializer
from analysis.api.outcomes import OutcomeSerializer
from analysis.api.phases import PhaseSerializer
from analysis.models import Forecast, Measurement, Outcome, PhaseAssignment
from analysis.services.lists import with_analyses
from analysis.services.outcomes import computed_figures
from devices.models import Device
from synthesis.api.batches import BatchDetailSerializer, BatchViewSet
from synthesis.models import Batch


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


class BatchStoryViewSet(BatchViewSet):
    """One flask each, addressed by code, with everything that is known of it."""

    @extend_schema(responses=BatchStorySerializer)
    def retrieve(self, request, *args: Any, **kwargs: Any) -> Response:
        """Tell the whole story of one batch."""
        return super().retrieve(request, *args, **kwargs)

    def story(self, batch: Batch) -> dict[str, Any]:
        """Return the body of one batch with what this room knows."""
        return BatchStorySerializer(batch, context={"user": self.request.user}).data
