"""Recipes: what they say, how they are planned, how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from labnotebook.records.api import (
    RecordViewSet,
    StrictSerializer,
    answer_once,
    read_body,
    require_match,
)
from labnotebook.records.asked import whole_number
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import PreconditionRequired, Refusal, StaleWrite
from synthesis.api.fields import ObjectField
from synthesis.api.plans import (
    PLAN_BODY,
    SERIES_BODY,
    PlanRequestSerializer,
    PlanSerializer,
    SeriesRequestSerializer,
    SeriesSerializer,
)
from synthesis.api.step_filters import RecipeStepFilter
from synthesis.chemistry.documents import InvalidDocument
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.chemistry.recipe_diff import recipe_changes
from synthesis.chemistry.recipe_files import FORMATS, read_recipe_file
from synthesis.downloads import recipe_file_response
from synthesis.models import Recipe, RecipeDraft, RecipeVersion
from synthesis.services import recipe_writing as writing
from synthesis.services.plans import solve
from synthesis.services.series import plan_series

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Any text; the same key again gives the first answer.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag of the draft that you read."
)


class RecipeSerializer(serializers.ModelSerializer):
    """A recipe with what its newest version says; its draft's words while it has no version."""

    version = serializers.SerializerMethodField()
    definition = serializers.SerializerMethodField()
    project = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)
    forked_from = serializers.SerializerMethodField()
    has_draft = serializers.SerializerMethodField()
    etag = serializers.CharField(read_only=True)

    class Meta:
        model = Recipe
        fields = (
            "slug",
            "name",
            "kind",
            "project",
            "shared_with_lab",
            "forked_from",
            "retired_at",
            "retired_reason",
            "has_draft",
            "version",
            "definition",
            "etag",
        )

    def get_version(self, recipe: Recipe) -> int | None:
        """Return the number of the newest version, null for a draft."""
        newest = self._newest(recipe)
        return newest.number if newest else None

    @extend_schema_serializer(component_name="RecipeDefinition")
    def get_definition(self, recipe: Recipe) -> dict[str, Any]:
        """Return what the newest version says."""
        newest = self._newest(recipe)
        return newest.definition if newest else recipe.draft.definition

    def get_forked_from(self, recipe: Recipe) -> str | None:
        """Return the version that it was forked from, as ``slug v2``."""
        return str(recipe.forked_from) if recipe.forked_from else None

    def get_has_draft(self, recipe: Recipe) -> bool:
        """Return whether a next version is being written."""
        return hasattr(recipe, "draft")

    def _newest(self, recipe: Recipe) -> RecipeVersion | None:
        return max(recipe.versions.all(), key=lambda v: v.number, default=None)


class DefinitionSerializer(StrictSerializer):
    """A definition: as an object, or as the text of a YAML or TOML file."""

    definition = ObjectField(required=False)
    text = serializers.CharField(required=False, help_text="A whole recipe file")
    format = serializers.ChoiceField(FORMATS, required=False)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Take exactly one of the two."""
        if ("definition" in said) == ("text" in said):
            raise serializers.ValidationError(
                "Send the definition as an object, or as text of a recipe file: one of the two."
            )
        if "text" in said:
            try:
                said["definition"] = read_recipe_file(said["text"], said.get("format", ""))
            except InvalidDocument as refusal:
                raise serializers.ValidationError({"text": [str(refusal)]}) from refusal
        if not isinstance(said["definition"], Mapping):
            raise serializers.ValidationError(
                {"definition": ["A definition is an object of names and values."]}
            )
        return said


class NewRecipeSerializer(DefinitionSerializer):
    """A recipe to begin, in a project."""

    project = serializers.SlugField(required=False, max_length=60)


class PublishSerializer(StrictSerializer):
    """Make the draft the next version."""

    change_note = serializers.CharField(max_length=300, help_text="What changed, and why")


class ForkSerializer(StrictSerializer):
    """Begin a recipe of one's own from this one."""

    name = serializers.CharField(max_length=160)
    project = serializers.SlugField(required=False, max_length=60)
    version = serializers.IntegerField(required=False, min_value=1, max_value=10**6)


class ReasonSerializer(StrictSerializer):
    """Say why."""

    reason = serializers.CharField(max_length=300)


class SharingSerializer(StrictSerializer):
    """Who sees the recipe: its project, or the whole lab."""

    shared_with_lab = serializers.BooleanField()


class FaultSerializer(serializers.Serializer):
    """One thing that is wrong: its path in the definition, and how to mend it."""

    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class CheckedSerializer(serializers.Serializer):
    """Everything that is wrong with a definition; nothing is when the list is empty."""

    errors = FaultSerializer(many=True)


class DraftSerializer(serializers.Serializer):
    """A draft, and what is still wrong with it."""

    definition = ObjectField()
    based_on = serializers.IntegerField(allow_null=True, help_text="The newest published version")
    updated_by = serializers.CharField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)
    errors = FaultSerializer(many=True)
    etag = serializers.CharField()


class VersionSerializer(serializers.ModelSerializer):
    """One version, which never changes."""

    published_by = serializers.SlugRelatedField(
        slug_field="username", read_only=True, allow_null=True
    )

    class Meta:
        model = RecipeVersion
        fields = ("number", "change_note", "published_by", "published_at", "content_sha256")


class ChangeSerializer(serializers.Serializer):
    """One difference between two versions."""

    path = serializers.CharField(help_text="By keys: steps[heat].parameters.temperature_c")
    where = serializers.CharField()
    kind = serializers.CharField(help_text="added, removed, changed or moved")
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class DiffSerializer(serializers.Serializer):
    """What two versions say differently."""

    changes = ChangeSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Name the two versions; ``from`` is no name in Python."""
        number = serializers.IntegerField
        return {"from": number(), "to": number(), **super().get_fields()}


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


class RecipeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RecordViewSet):
    """Recipes that the person may use: those that ship, and those of the person's projects."""

    queryset = Recipe.objects.select_related(
        "project", "draft", "forked_from__recipe"
    ).prefetch_related("versions")
    serializer_class = RecipeSerializer
    filterset_class = RecipeFilter
    lookup_field = "slug"

    @property
    def extra_query_parameters(self) -> frozenset[str]:
        """The query parameters that an action knows."""
        own = {"diff": ("from", "to"), "definition": ("version", "as")}
        return frozenset(own.get(self.action, ()))

    def _answer(self, recipe: Recipe, status: int = 200) -> Response:
        recipe = self.get_queryset().get(pk=recipe.pk)
        headers = {"ETag": recipe.etag, "Location": f"/api/v1/recipes/{recipe.slug}/"}
        return Response(RecipeSerializer(recipe).data, status=status, headers=headers)

    def retrieve(self, request, *args: Any, **kwargs: Any) -> Response:
        """Return one recipe."""
        return self._answer(self.get_object())

    @extend_schema(
        parameters=[IDEMPOTENCY], request=NewRecipeSerializer, responses={201: RecipeSerializer}
    )
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

    @extend_schema(request=DefinitionSerializer, responses=CheckedSerializer)
    @action(detail=False, methods=["post"])
    def check(self, request) -> Response:
        """Say everything that is wrong with a definition; nothing is stored."""
        said = read_body(DefinitionSerializer, request)
        checked = writing.check_definition(by=request.user, definition=said["definition"])
        return Response({"errors": checked.errors})

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    @action(detail=False, methods=["get"], url_path="schema")
    def document_schema(self, request) -> Response:
        """Return the JSON Schema of a definition."""
        return Response(RecipeDefinition.model_json_schema())

    @extend_schema(responses=DraftSerializer)
    @action(detail=True, methods=["get"])
    def draft(self, request, slug: str) -> Response:
        """Return the draft; what the newest version says while there is none."""
        return self._draft(self.get_object())

    @extend_schema(parameters=[IF_MATCH], request=DefinitionSerializer, responses=DraftSerializer)
    @draft.mapping.put
    def put_draft(self, request, slug: str) -> Response:
        """Keep what is written so far, right or not; the answer says what is wrong."""
        recipe = self.get_object()
        writing.require_writer(request.user, recipe)
        version = self._draft_version(request, recipe)
        said = read_body(DefinitionSerializer, request)
        writing.save_draft(
            by=request.user, recipe=recipe, definition=said["definition"], version=version
        )
        return self._draft(recipe)

    def _draft(self, recipe: Recipe) -> Response:
        draft, newest = writing.draft_of(recipe), recipe.current
        definition = draft.definition if draft else newest.definition
        checked = writing.check_definition(by=self.request.user, definition=definition)
        tag = _draft_tag(recipe, draft, newest)
        body = {
            "definition": definition,
            "based_on": newest.number if newest else None,
            "updated_by": draft.updated_by.username if draft else None,
            "updated_at": draft.updated_at if draft else None,
            "errors": checked.errors,
            "etag": tag,
        }
        return Response(body, headers={"ETag": tag})

    def _draft_version(self, request: Any, recipe: Recipe) -> int | None:
        draft = writing.draft_of(recipe)
        if draft is not None:
            return require_match(request, draft, body={"definition": draft.definition})
        tag, sent = _draft_tag(recipe, None, recipe.current), request.headers.get("If-Match", "")
        if not sent.strip():
            raise PreconditionRequired(
                f"Say which draft you change: send the header If-Match: {tag} (the ETag of GET draft/)."
            )
        if tag not in [one.strip().removeprefix("W/") for one in sent.split(",")]:
            raise StaleWrite(
                "This draft was published or discarded since you read it. Read it again."
            )
        return None

    @extend_schema(request=PublishSerializer, responses={201: VersionSerializer})
    @action(detail=True, methods=["post"])
    def publish(self, request, slug: str) -> Response:
        """Make the draft the next version, which never changes."""
        said = read_body(PublishSerializer, request)
        version = writing.publish_draft(
            by=request.user, recipe=self.get_object(), note=said["change_note"]
        )
        return Response(VersionSerializer(version).data, status=201)

    @extend_schema(
        parameters=[IDEMPOTENCY], request=ForkSerializer, responses={201: RecipeSerializer}
    )
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
        )
        return Response(solved.as_dict())

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
        )
        return Response({"plans": [row.as_dict() for row in rows]})


def _draft_tag(recipe: Recipe, draft: RecipeDraft | None, newest: RecipeVersion | None) -> str:
    """Return the entity tag of what a draft says, also while nobody has begun one."""
    if draft is not None:
        return draft.etag
    return f'"recipeversion-{recipe.pk}-{newest.number if newest else 0}"'
