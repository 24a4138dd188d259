"""What to try next: suggestions that are plans, what an uncertainty is worth, and what became of those taken."""

from __future__ import annotations

from typing import Any

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from analysis.api.fields import FiniteFloatField, ObjectField
from analysis.models import TakenSuggestion
from analysis.services.suggestion_lab import lab_of
from analysis.services.suggestions import FIGURES, MOST, Offer, suggest, worth_knowing
from analysis.services.suggestions_taken import came_out, take_suggestion
from analysis.suggestions import GOALS
from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body
from labnotebook.records.models import Role
from labnotebook.records.permissions import pick_project
from synthesis.services.plans import FIRST_RECIPE

PROJECT = OpenApiParameter("project", str, description="Slug; else your first project")
RECIPE = OpenApiParameter("recipe", str, description=f"Slug; else {FIRST_RECIPE}")


class AskedSerializer(StrictSerializer):
    """What is looked for."""

    recipe = serializers.SlugField(max_length=80, default=FIRST_RECIPE)
    project = serializers.SlugField(required=False, max_length=60)
    goal = serializers.ChoiceField(choices=list(GOALS), default="boundary")
    n = serializers.IntegerField(min_value=1, max_value=MOST, default=3)
    figure = serializers.ChoiceField(choices=list(FIGURES), default="plqy")


class AskedWorthSerializer(StrictSerializer):
    """Which flask it is about."""

    recipe = serializers.SlugField(max_length=80, default=FIRST_RECIPE)
    project = serializers.SlugField(required=False, max_length=60)
    ratio_ca_pb = FiniteFloatField(min_value=0, max_value=10, required=False)


class SuggestionSerializer(serializers.Serializer):
    """A flask to make: post ``inputs`` with project and recipe to ``batches/``, or ``seal`` to ``suggestions/``."""

    goal = serializers.CharField(source="suggestion.goal")
    why = serializers.CharField(source="suggestion.why")
    expected_gain = serializers.FloatField(source="suggestion.gain")
    gain_unit = serializers.CharField(source="suggestion.gain_unit")
    inputs = serializers.DictField(child=serializers.FloatField())
    about = ObjectField(source="suggestion.about", help_text="The numbers of the sentence")
    warnings = serializers.ListField(
        child=serializers.CharField(), help_text="Of its plan: bottles, balance, limits"
    )
    model_version = serializers.IntegerField(help_text="See models/")
    seal = serializers.CharField(
        help_text="Post it to suggestions/ to plan the batch with what was expected of it"
    )


class SuggestionsSerializer(serializers.Serializer):
    """The best first."""

    goal = serializers.CharField()
    results = SuggestionSerializer(many=True)


class WorthSerializer(serializers.Serializer):
    """What may be removed, and the standard deviation that it would take from P(γ)."""

    what = serializers.CharField(source="words")
    worth = serializers.FloatField()
    is_flasks = serializers.BooleanField(help_text="Further flasks, not a cause of u(R)")
    assumed = serializers.BooleanField(help_text="Rests on an assumption of the recipe file")


class WorthsSerializer(serializers.Serializer):
    """The most worth first, and the answer in a sentence."""

    sentence = serializers.CharField()
    results = WorthSerializer(many=True)


class SealSerializer(StrictSerializer):
    """Which suggestion."""

    seal = serializers.CharField(max_length=4000)


class SuggestionTakenSerializer(serializers.Serializer):
    """A suggestion as it was said before its batch was made, and how it came out."""

    id = serializers.IntegerField(source="taken.pk")
    batch = serializers.CharField(source="taken.batch.code")
    goal = serializers.CharField(source="taken.goal")
    why = serializers.CharField(source="taken.why")
    expected_gain = serializers.FloatField(source="taken.gain")
    gain_unit = serializers.CharField(source="taken.gain_unit")
    model_version = serializers.IntegerField(source="taken.model_number")
    said_at = serializers.DateTimeField(source="taken.said_at")
    taken_by = serializers.CharField(source="taken.taken_by.username")
    taken_at = serializers.DateTimeField(source="taken.taken_at")
    phase = serializers.CharField(allow_blank=True, help_text="On evidence; empty: none yet")
    came_out = serializers.CharField(source="sentence")


class SuggestionViewSet(mixins.ListModelMixin, RecordViewSet):
    """What to try next."""

    queryset = TakenSuggestion.objects.select_related("batch", "taken_by")
    serializer_class = SuggestionTakenSerializer

    @property
    def extra_query_parameters(self) -> frozenset[str]:
        """What each question may name."""
        asked = {"list": AskedSerializer, "worth": AskedWorthSerializer}.get(self.action)
        return frozenset(asked().fields) if asked else frozenset()

    @extend_schema(
        parameters=[
            RECIPE,
            PROJECT,
            OpenApiParameter("goal", str, enum=list(GOALS), description="boundary where left out"),
            OpenApiParameter(
                "n", int, description=f"How many to make at once, 1 to {MOST}; else 3"
            ),
            OpenApiParameter("figure", str, enum=list(FIGURES), description="Of quality, confirm"),
        ],
        responses=forced_singular_serializer(SuggestionsSerializer),
    )
    def list(self, request, *args, **kwargs) -> Response:
        """Suggest flasks to make at once, each with why, its expected gain and the inputs of its plan."""
        asked = _asked(AskedSerializer, request)
        lab = lab_of(request.user, asked.pop("project"), asked.pop("recipe"))
        offers: list[Offer] = suggest(lab, **asked)
        body = SuggestionsSerializer({"goal": asked["goal"], "results": offers})
        return Response(body.data)

    @extend_schema(request=SealSerializer, responses={201: SuggestionTakenSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Plan the batch of a suggestion; what was expected of it is kept with it, and later compared."""
        given = read_body(SealSerializer, request)

        def create() -> Response:
            (made,) = came_out([take_suggestion(by=request.user, **given)])
            return Response(SuggestionTakenSerializer(made).data, status=201)

        return answer_once(request, create)

    @extend_schema(responses=SuggestionTakenSerializer(many=True))
    @action(detail=False, methods=["get"])
    def taken(self, request) -> Response:
        """List the suggestions that became batches, the newest first, with how they came out."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(
            SuggestionTakenSerializer(came_out(page), many=True).data
        )

    @extend_schema(
        parameters=[
            RECIPE,
            PROJECT,
            OpenApiParameter(
                "ratio_ca_pb", float, description="R of the flask; else the boundary's"
            ),
        ],
        responses=WorthsSerializer,
    )
    @action(detail=False, methods=["get"])
    def worth(self, request) -> Response:
        """Say which uncertainty to remove first: causes of u(R), or further flasks."""
        asked = _asked(AskedWorthSerializer, request)
        lab = lab_of(request.user, asked["project"], asked["recipe"])
        found, sentence = worth_knowing(lab, asked.get("ratio_ca_pb"))
        return Response(WorthsSerializer({"sentence": sentence, "results": found}).data)


def _asked(serializer: type[serializers.Serializer], request: Any) -> dict[str, Any]:
    """Read the question, with the project that it is about."""
    asked = serializer(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    said = dict(asked.validated_data)
    said["project"] = pick_project(request.user, said.get("project"), role=Role.VIEWER)
    return said
