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
from analysis.services.recipe_forecasts import beside_measured
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


class NumberBacktestSerializer(serializers.Serializer):
    """How the project's own batches were foretold, each from those before it; errors in the number's unit."""

    n = serializers.IntegerField()
    rmse = serializers.FloatField()
    rmse_of_mean = serializers.FloatField(help_text="Of who says the mean of the batches so far")
    held = serializers.FloatField(help_text="Share inside the 80 % interval")
    worth_showing = serializers.BooleanField()


class ExpectedNumberSerializer(serializers.Serializer):
    """A number that the project's batches of the recipe let expect, beside what was measured since."""

    quantity = serializers.CharField()
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    level = serializers.IntegerField(help_text="Of the interval, in %")
    unit = serializers.CharField(allow_blank=True)
    n = serializers.IntegerField(help_text="Batches that it was learned from")
    backtest = NumberBacktestSerializer()
    measured = serializers.FloatField(allow_null=True)
    inside = serializers.BooleanField(allow_null=True, help_text="Whether the interval held it")


class PhaseChanceSerializer(serializers.Serializer):
    """A phase and its chance."""

    phase = serializers.CharField()
    value = serializers.FloatField()


class MarksSerializer(serializers.Serializer):
    """How well phases were foretold: lower is better, but for hits."""

    log_loss = serializers.FloatField()
    brier = serializers.FloatField()
    ece = serializers.FloatField(help_text="Calibration error")
    hits = serializers.FloatField()


class PhaseBacktestSerializer(serializers.Serializer):
    """Each batch foretold from those before it, by the model and by the frequencies alone."""

    n = serializers.IntegerField()
    model = MarksSerializer()
    frequencies = MarksSerializer()
    worth_showing = serializers.BooleanField()


class PhasesSerializer(serializers.Serializer):
    """Chances of the phases of a recipe that the paper says nothing of, from the project's batches alone."""

    chances = PhaseChanceSerializer(many=True)
    n = serializers.IntegerField()
    backtest = PhaseBacktestSerializer()


class WithoutBasisSerializer(serializers.Serializer):
    """What is not foretold yet, a quantity or the phase, and why."""

    outcome = serializers.CharField()
    n = serializers.IntegerField(help_text="Batches that know it")
    needed = serializers.IntegerField()
    sentence = serializers.CharField()


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
    numbers = serializers.SerializerMethodField()
    phases_of_recipe = serializers.SerializerMethodField()
    without_basis = serializers.SerializerMethodField()
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

    @extend_schema_field(ExpectedNumberSerializer(many=True))
    def get_numbers(self, forecast: Forecast) -> list[dict[str, Any]]:
        """Return the numbers to expect, as they were frozen, beside what was measured."""
        numbers = self._said(forecast, "numbers") or []
        row = getattr(forecast.batch, "history_row", None) if numbers else None
        return beside_measured(numbers, row)

    @extend_schema_field(PhasesSerializer(allow_null=True))
    def get_phases_of_recipe(self, forecast: Forecast) -> dict[str, Any] | None:
        """Return the chances that the batches of another recipe tell."""
        return self._said(forecast, "phases")

    @extend_schema_field(WithoutBasisSerializer(many=True))
    def get_without_basis(self, forecast: Forecast) -> list[dict[str, Any]]:
        """Return what cannot be foretold yet, and how many batches are missing."""
        return self._said(forecast, "without_basis") or []


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

    queryset = Forecast.objects.select_related("project", "batch__history_row", "asked_by")
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
