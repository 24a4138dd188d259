"""Recipes and their plans."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from labnotebook.records.api import RecordViewSet, StrictSerializer
from synthesis.api.fields import LotsField, ObjectField, TypedNumberField
from synthesis.models import Recipe
from synthesis.services.plans import solve

PLAN_OPTIONS = ("lots", "correct_for_assay")


class RecipeSerializer(serializers.ModelSerializer):
    """A recipe with what its newest version says."""

    version = serializers.SerializerMethodField()
    definition = serializers.SerializerMethodField()
    project = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)

    class Meta:
        model = Recipe
        fields = ("slug", "name", "kind", "project", "shared_with_lab", "version", "definition")

    def get_version(self, recipe: Recipe) -> int:
        """Return the number of the newest version."""
        return self._newest(recipe).number

    @extend_schema_serializer(component_name="RecipeDefinition")
    def get_definition(self, recipe: Recipe) -> dict[str, Any]:
        """Return what the newest version says."""
        return self._newest(recipe).definition

    def _newest(self, recipe: Recipe):
        return max(recipe.versions.all(), key=lambda v: v.number)


class PlanRequestSerializer(StrictSerializer):
    """What to make: the recipe's own inputs beside these."""

    ratio_ca_pb = TypedNumberField(required=False, help_text="R = n(Ca)/n(Pb) in the feed")
    lead_mmol = TypedNumberField(required=False, help_text="Scale: amount of lead in mmol")
    lots = LotsField(required=False, default=dict, help_text="Ingredient key to bottle code")
    correct_for_assay = serializers.BooleanField(required=False, default=False)

    def to_internal_value(self, data: Any) -> Any:
        """Take the recipe's other inputs (choices) as they come; the calculator knows their names."""
        if not hasattr(data, "keys"):
            raise serializers.ValidationError({"non_field_errors": ["Send an object."]})
        known = set(self.fields)
        others = {str(name): value for name, value in data.items() if name not in known}
        for name, value in others.items():
            if (
                isinstance(value, bool)
                or not isinstance(value, str | int | float)
                or len(str(value)) > 80
            ):
                raise serializers.ValidationError({name[:60]: ["Give a text or a number."]})
        checked = super().to_internal_value({k: v for k, v in data.items() if k in known})
        return {
            **{k: TypedNumberField().to_internal_value(v) for k, v in others.items()},
            **checked,
        }


class PlanSerializer(serializers.Serializer):
    """A solved plan; nothing of it is stored."""

    recipe = ObjectField()
    targets = ObjectField()
    reagents = serializers.ListField(child=ObjectField())
    composition = ObjectField(help_text="Each ratio as {value, uncertainty}")
    warnings = serializers.ListField(child=ObjectField(), help_text="{code, message}")
    steps = serializers.ListField(child=ObjectField())
    inputs_sha256 = serializers.CharField()


class RecipeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RecordViewSet):
    """Recipes that the person may use: those that ship, and those of the person's projects."""

    queryset = Recipe.objects.select_related("project").prefetch_related("versions")
    serializer_class = RecipeSerializer
    lookup_field = "slug"

    @extend_schema(request=PlanRequestSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def plan(self, request, slug: str) -> Response:
        """Solve the recipe for a target R and scale. Nothing is stored."""
        recipe = self.get_object()
        asked = PlanRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        targets = {k: v for k, v in asked.validated_data.items() if k not in PLAN_OPTIONS}
        solved = solve(
            user=request.user,
            version=recipe.current,
            targets=targets,
            lots=asked.validated_data["lots"],
            correct_for_assay=asked.validated_data["correct_for_assay"],
        )
        return Response(solved.as_dict())
