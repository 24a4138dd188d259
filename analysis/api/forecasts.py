"""Forecasts: ask before the flask is heated."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.response import Response

from analysis.api.fields import FiniteFloatField, ObjectField
from analysis.forecast.conditions import APPEARANCES, LIMITS, OPTIONAL, SEEDS
from analysis.models import Forecast
from analysis.services.forecasts import ask_forecast
from labnotebook.records.api import RecordViewSet, StrictSerializer, Waits, answer_once, read_body
from labnotebook.records.permissions import pick_project


class ChanceSerializer(serializers.Serializer):
    """A probability and its 80 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class ChancesSerializer(serializers.Serializer):
    """One chance for each phase; the values add up to 1."""

    alpha = ChanceSerializer()
    mixed = ChanceSerializer()
    gamma = ChanceSerializer()
    delta = ChanceSerializer()
    failed = ChanceSerializer()


class ForecastSerializer(serializers.Serializer):
    """What was asked and, once answered, what is expected and why."""

    id = serializers.IntegerField()
    project = serializers.CharField(source="project.slug")
    batch = serializers.CharField(source="batch.code", default=None, allow_null=True)
    state = serializers.ChoiceField(choices=Forecast.State.choices)
    failure = serializers.CharField(allow_blank=True)
    conditions = ObjectField()
    phase = serializers.SerializerMethodField()
    structure = serializers.SerializerMethodField()
    evidence = serializers.SerializerMethodField()
    in_domain = serializers.SerializerMethodField()
    sentences = serializers.SerializerMethodField()
    after_appearance = serializers.SerializerMethodField()
    model = serializers.SerializerMethodField()
    asked_by = serializers.CharField(source="asked_by.username")
    created_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)

    def _said(self, forecast: Forecast, name: str) -> Any:
        return (forecast.result or {}).get(name)

    @extend_schema_field(ChancesSerializer(allow_null=True))
    def get_phase(self, forecast: Forecast) -> dict[str, Any] | None:
        """Return the chances of the phases."""
        return self._said(forecast, "phase")

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
    def get_structure(self, forecast: Forecast) -> dict[str, Any] | None:
        """Return the chances of the structures."""
        return self._said(forecast, "structure")

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_evidence(self, forecast: Forecast) -> list[dict[str, Any]]:
        """Return what the forecast rests on, nearest first."""
        return self._said(forecast, "evidence") or []

    @extend_schema_field({"type": ["boolean", "null"]})
    def get_in_domain(self, forecast: Forecast) -> bool | None:
        """Return whether the conditions lie within the evidence."""
        return self._said(forecast, "in_domain")

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_sentences(self, forecast: Forecast) -> list[str]:
        """Return the remarks."""
        return self._said(forecast, "sentences") or []

    @extend_schema_field(ChancesSerializer(allow_null=True))
    def get_after_appearance(self, forecast: Forecast) -> dict[str, Any] | None:
        """Return the chances when the look of the precursor is taken into account."""
        return self._said(forecast, "after_appearance")

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
    def get_model(self, forecast: Forecast) -> dict[str, Any] | None:
        """Return name and version of the model."""
        return self._said(forecast, "model")


def _number(name: str, **more: Any) -> FiniteFloatField:
    low, high, _unit = LIMITS[name]
    if name in OPTIONAL:
        more["allow_null"] = True
    return FiniteFloatField(required=False, min_value=low, max_value=high, **more)


class ConditionsSerializer(StrictSerializer):
    """The flask to forecast; what is left out takes the paper's value."""

    project = serializers.SlugField(required=False, max_length=60)
    ratio_ca_pb = FiniteFloatField(min_value=0, max_value=LIMITS["ratio_ca_pb"][1])
    injection_temperature_c = _number("injection_temperature_c")
    seed = serializers.ChoiceField(choices=SEEDS, required=False)
    purification_cycles = serializers.IntegerField(
        required=False, min_value=0, max_value=int(LIMITS["purification_cycles"][1])
    )
    reaction_seconds = _number("reaction_seconds")
    cs_to_pb = _number("cs_to_pb")
    oa_to_pb = _number("oa_to_pb")
    ola_to_pb = _number("ola_to_pb")
    humidity_percent = _number("humidity_percent")
    lead_mmol = _number("lead_mmol")
    precursor_appearance = serializers.ChoiceField(
        choices=APPEARANCES, required=False, allow_null=True
    )


class ForecastFilter(filters.FilterSet):
    """The forecast of one batch, or forecasts in one state."""

    batch = filters.CharFilter(field_name="batch__code")
    state = filters.ChoiceFilter(choices=Forecast.State.choices)

    class Meta:
        model = Forecast
        fields = ("batch", "state")


class ForecastViewSet(Waits, mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """What the model expects of a flask. An answer is frozen; ask again for a new one."""

    queryset = Forecast.objects.select_related("project", "batch", "asked_by")
    serializer_class = ForecastSerializer
    filterset_class = ForecastFilter

    def is_final(self, forecast: Forecast) -> bool:
        """Whether the model has answered."""
        return forecast.state != Forecast.State.WAITING

    @extend_schema(request=ConditionsSerializer, responses={202: ForecastSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Ask; read the forecast with ``wait`` until ``state`` is done."""
        conditions = read_body(ConditionsSerializer, request)
        project = pick_project(request.user, conditions.pop("project", None))

        def create() -> Response:
            made = ask_forecast(by=request.user, project=project, conditions=conditions)
            location = request.build_absolute_uri(f"{request.path.rstrip('/')}/{made.pk}/")
            data = ForecastSerializer(made).data
            return Response(data, status=202, headers={"Location": location})

        return answer_once(request, create)
