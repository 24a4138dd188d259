"""Recipes: what they say, how they are planned, how they are written."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.response import Response

from labnotebook.records.api import (
    answer_once,
    read_body,
)
from labnotebook.records.asked import whole_number
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import Refusal
from synthesis.api.geometry import PARAMETERS as GEOMETRY_PARAMETERS
from synthesis.api.geometry import GeometrySerializer
from synthesis.api.plans import (
    PLAN_BODY,
    SERIES_BODY,
    PlanRequestSerializer,
    PlanSerializer,
    SeriesRequestSerializer,
    SeriesSerializer,
)
from synthesis.api.recipe_bodies import (
    DiffSerializer,
    ForkSerializer,
    NewRecipeSerializer,
    ReasonSerializer,
    RecipeSerializer,
    SharingSerializer,
    VersionSerializer,
)
from synthesis.api.recipe_drafts import RecipeDraftActions
from synthesis.api.step_filters import RecipeStepFilter
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.chemistry.recipe_diff import recipe_changes
from synthesis.chemistry.recipe_files import FORMATS
from synthesis.downloads import recipe_file_response
from synthesis.models import Recipe, RecipeVersion
from synthesis.services import recipe_writing as writing
from synthesis.services.geometry import ASKED, geometry_of
from synthesis.services.plans import solve, watch_of
from synthesis.services.series import plan_series

NEWEST = Prefetch(
    "versions",
    RecipeVersion.objects.order_by("recipe_id", "-number").distinct("recipe_id"),
    to_attr="newest",
)


class RecipeFilter(RecipeStepFilter):
    """Filters of the list."""

    project = django_filters.CharFilter("project__slug")
    retired = django_filters.BooleanFilter("retired_at", lookup_expr="isnull", exclude=True)
    chemical = django_filters.CharFilter(
        "versions__ingredients__chemical__slug", distinct=True, label="Uses this chemical"
    )

    class Meta:
        model = Recipe
        fields = ["kind", "project", "retired", "chemical"]


def _number(request: Any, name: str, *, otherwise: int | None = None) -> int:
    text = request.query_params.get(name, "" if otherwise is None else str(otherwise))
    number = whole_number(text, digits=7)
    if number is None:
        raise Refusal(f"{name} is the number of a version, such as 1.", field=name)
    return number


class RecipeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RecipeDraftActions):
    """Recipes that the person may use: those that ship, and those of the person's projects."""

    queryset = Recipe.objects.select_related("project", "draft", "forked_from__recipe")
    serializer_class = RecipeSerializer
    filterset_class = RecipeFilter
    lookup_field = "slug"

    @property
    def extra_query_parameters(self) -> frozenset[str]:
        """The query parameters that an action knows."""
        own = {"diff": ("from", "to"), "definition": ("version", "as"), "geometry": ASKED}
        return frozenset(own.get(self.action, ()))

    def get_queryset(self):
        """Return the recipes of the person, with the newest version where it is shown."""
        rows = super().get_queryset()
        return rows.prefetch_related(NEWEST) if self.action in ("list", "retrieve") else rows

    def _answer(self, recipe: Recipe, status: int = 200) -> Response:
        """Show a recipe as it is after what was done."""
        rows = self.get_queryset().prefetch_related(NEWEST)
        return self._shown(rows.get(pk=recipe.pk), status)

    def _shown(self, recipe: Recipe, status: int = 200) -> Response:
        headers = {"ETag": recipe.etag, "Location": f"/api/v1/recipes/{recipe.slug}/"}
        return Response(RecipeSerializer(recipe).data, status=status, headers=headers)

    def retrieve(self, request, *args: Any, **kwargs: Any) -> Response:
        """Return one recipe."""
        return self._shown(self.get_object())

    @extend_schema(request=NewRecipeSerializer, responses={201: RecipeSerializer})
    def create(self, request) -> Response:
        """Begin a recipe as a draft. It may be incomplete; `check` and `draft` say what is wrong."""
        said = read_body(NewRecipeSerializer, request)
        project = pick_project(request.user, said.get("project"))
        return answer_once(
            request,
            lambda: self._answer(
                writing.create_recipe(
                    by=request.user, project=project, definition=said["definition"]
                ),
                status=201,
            ),
        )

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    @action(detail=False, methods=["get"], url_path="schema")
    def document_schema(self, request) -> Response:
        """Return the JSON Schema of a definition."""
        return Response(RecipeDefinition.model_json_schema())

    @extend_schema(request=ForkSerializer, responses={201: RecipeSerializer})
    @action(detail=True, methods=["post"])
    def fork(self, request, slug: str) -> Response:
        """Begin a recipe of one's own from a version of this one."""
        recipe = self.get_object()
        said = read_body(ForkSerializer, request)
        project = pick_project(request.user, said.get("project"))
        version = self._version(recipe, said.get("version"))
        return answer_once(
            request,
            lambda: self._answer(
                writing.fork_recipe(
                    by=request.user, version=version, project=project, name=said["name"]
                ),
                status=201,
            ),
        )

    @extend_schema(request=ReasonSerializer, responses=RecipeSerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request, slug: str) -> Response:
        """Take the recipe out of use; versions and batches stay."""
        recipe = self.get_object()
        said = read_body(ReasonSerializer, request)
        return self._answer(writing.retire_recipe(by=request.user, recipe=recipe, **said))

    @extend_schema(request=ReasonSerializer, responses=RecipeSerializer)
    @action(detail=True, methods=["post"], url_path="bring-back")
    def bring_back(self, request, slug: str) -> Response:
        """Take a retired recipe into use again."""
        recipe = self.get_object()
        said = read_body(ReasonSerializer, request)
        return self._answer(writing.bring_back_recipe(by=request.user, recipe=recipe, **said))

    @extend_schema(request=SharingSerializer, responses=RecipeSerializer)
    @action(detail=True, methods=["post"])
    def share(self, request, slug: str) -> Response:
        """Show the recipe to the whole lab, or to its project alone."""
        recipe = self.get_object()
        said = read_body(SharingSerializer, request)
        return self._answer(
            writing.share_recipe(by=request.user, recipe=recipe, shared=said["shared_with_lab"])
        )

    @extend_schema(responses=VersionSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def versions(self, request, slug: str) -> Response:
        """Return every version, the newest first."""
        rows = self.get_object().versions.select_related("published_by")
        return Response(VersionSerializer(rows, many=True).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("from", int, description="The earlier version"),
            OpenApiParameter("to", int, description="The later version; the newest by default"),
        ],
        responses=DiffSerializer,
    )
    @action(detail=True, methods=["get"])
    def diff(self, request, slug: str) -> Response:
        """Return what two versions say differently, part by part."""
        recipe = self.get_object()
        newest = writing.usable_number(recipe)
        later = self._version(recipe, _number(request, "to", otherwise=newest))
        earlier = self._version(
            recipe, _number(request, "from", otherwise=max(1, later.number - 1))
        )
        changes = recipe_changes(earlier.definition, later.definition)
        return Response(
            {
                "from": earlier.number,
                "to": later.number,
                "changes": [change.as_dict() for change in changes],
            }
        )

    @extend_schema(
        parameters=[
            OpenApiParameter("version", int, description="The newest by default"),
            OpenApiParameter("as", str, enum=FORMATS, description="YAML by default"),
        ],
        responses={
            (200, "application/yaml"): OpenApiTypes.OBJECT,
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "application/toml"): OpenApiTypes.STR,
        },
    )
    @action(detail=True, methods=["get"])
    def definition(self, request, slug: str) -> HttpResponse:
        """Return a version as one file."""
        recipe = self.get_object()
        form = request.query_params.get("as", "yaml")
        if form not in FORMATS:
            raise Refusal(f"as is one of {', '.join(FORMATS)}.", field="as")
        number = _number(request, "version", otherwise=writing.usable_number(recipe))
        version = self._version(recipe, number)
        return recipe_file_response(version.definition, f"{slug}-v{version.number}", form)

    @extend_schema(parameters=GEOMETRY_PARAMETERS, responses=GeometrySerializer)
    @action(detail=True, methods=["get"])
    def geometry(self, request, slug: str) -> Response:
        """Return tolerance factors with their radii, lattice matches and surfaces of its crystals."""
        recipe = self.get_object()
        version = recipe.current or writing.usable_version(recipe)  # which refuses a draft in words
        found = geometry_of(request.user, version, request.query_params)
        return Response(GeometrySerializer(found).data)

    def _version(self, recipe: Recipe, number: int | None) -> RecipeVersion:
        if number is None:
            return writing.usable_version(recipe)
        version = recipe.versions.filter(number=number).first()
        if version is None:
            raise Refusal(f"“{recipe.name}” has no version {number}.", field="version")
        return version

    @extend_schema(request=PLAN_BODY, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def plan(self, request, slug: str) -> Response:
        """Solve the recipe for what is asked of its inputs. Nothing is stored."""
        recipe = self.get_object()
        said = read_body(PlanRequestSerializer, request)
        solved = solve(
            user=request.user,
            version=writing.usable_version(recipe),
            targets=said["inputs"],
            lots=said["lots"],
            correct_for_assay=said["correct_for_assay"],
            instruments=said["instruments"],
        )
        return Response(solved.as_dict(watch_of([solved])))

    @extend_schema(request=SERIES_BODY, responses=SeriesSerializer)
    @action(detail=True, methods=["post"])
    def series(self, request, slug: str) -> Response:
        """Plan several values of any input side by side. Nothing is stored."""
        recipe = self.get_object()
        said = read_body(SeriesRequestSerializer, request)
        rows = plan_series(
            user=request.user,
            version=writing.usable_version(recipe),
            vary=said["vary"],
            fixed=said["fixed"],
            lots=said["lots"],
            correct_for_assay=said["correct_for_assay"],
            instruments=said["instruments"],
        )
        watch = watch_of(row.solved for row in rows if row.solved)
        return Response({"plans": [row.as_dict(watch) for row in rows]})
