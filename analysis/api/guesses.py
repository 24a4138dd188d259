"""Guesses: what chemists expect of a flask, before there is evidence."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.response import Response

from analysis.api.fields import FiniteFloatField
from analysis.api.phases import PhaseScoreSerializer
from analysis.forecast.model import PHASES
from analysis.models import Guess
from analysis.services.guesses import guess_phase, scored
from analysis.services.subjects import pick_subject
from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body

SHARES = {"type": "object", "additionalProperties": {"type": "number"}}


class GuessScoreSerializer(PhaseScoreSerializer):
    """The guess held against the phase that was found; lower scores are better."""

    forecast = None
    probability = serializers.FloatField(source="probability_of_observed")


class GuessSerializer(serializers.Serializer):
    """What a person expected; frozen."""

    id = serializers.IntegerField(source="guess.pk")
    batch = serializers.CharField(source="guess.batch.code")
    chances = serializers.SerializerMethodField()
    note = serializers.CharField(source="guess.note", allow_blank=True)
    guessed_by = serializers.CharField(source="guess.guessed_by.username")
    guessed_at = serializers.DateTimeField(source="guess.guessed_at")
    score = GuessScoreSerializer(allow_null=True)

    @extend_schema_field(SHARES)
    def get_chances(self, one: Any) -> dict[str, float]:
        """Return the chance of each phase; they add up to 1."""
        return one.guess.chances


class GuessBodySerializer(StrictSerializer):
    """A phase with its chance, or a chance for each of the five."""

    batch = serializers.CharField(max_length=20)
    phase = serializers.ChoiceField(choices=PHASES, required=False)
    chance = FiniteFloatField(
        required=False, min_value=0, max_value=1, help_text="Of the phase named; 0.8 where left out"
    )
    chances = serializers.DictField(
        child=FiniteFloatField(min_value=0, max_value=1),
        required=False,
        help_text="Of each phase, adding up to 1; what is left out is 0",
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class GuessFilter(filters.FilterSet):
    """Guesses of one batch, or of one person."""

    batch = filters.CharFilter(field_name="batch__code")
    guessed_by = filters.CharFilter(field_name="guessed_by__username")

    class Meta:
        model = Guess
        fields = ("batch", "guessed_by")


class GuessViewSet(mixins.ListModelMixin, RecordViewSet):
    """A chemist's own forecasts. Taken before there is evidence, never changed, scored as the model's are."""

    queryset = Guess.objects.select_related("batch", "guessed_by")
    serializer_class = GuessSerializer
    filterset_class = GuessFilter

    def list(self, request, *args, **kwargs) -> Response:
        """List guesses with how they came out."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(GuessSerializer(scored(page), many=True).data)

    def retrieve(self, request, pk: str) -> Response:
        """Return one guess."""
        (one,) = scored([self.get_object()])
        return Response(GuessSerializer(one).data)

    @extend_schema(request=GuessBodySerializer, responses={201: GuessSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Say what you expect of a batch."""
        given = read_body(GuessBodySerializer, request)
        batch = pick_subject(request.user, batch=given.pop("batch"))

        def create() -> Response:
            made = guess_phase(by=request.user, batch=batch, **given)
            (one,) = scored([made])
            return Response(GuessSerializer(one).data, status=201)

        return answer_once(request, create)
