"""Versions of the forecast: their backtests, what they learned from, which one a project asks."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from analysis.api.fields import ObjectField
from analysis.forecast import model_card
from analysis.forecast.backtest import backtest
from analysis.models import ModelVersion
from analysis.models.model_version import PAPER
from analysis.services.model_cards import batches_of, in_use_by, pins_of, sentences
from analysis.services.model_versions import pin_version, unpin_version
from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body
from labnotebook.records.models import Project, Role
from labnotebook.records.permissions import pick_project

PAPER_VERDICT = "Knows the paper only; it is asked where nothing was learned, or an owner holds a project to it."


class ModelBriefSerializer(serializers.Serializer):
    """One version. Number 0 knows the paper only and belongs to no project."""

    version = serializers.IntegerField(source="pk")
    project = serializers.CharField(source="project.slug", default=None, allow_null=True)
    labels = serializers.IntegerField(help_text="How many batches it learned from")
    made_at = serializers.DateTimeField(default=None, allow_null=True)
    promoted = serializers.SerializerMethodField(
        help_text="Whether it took the place of the one before"
    )
    verdict = serializers.CharField(help_text="Why it was promoted, or not")
    log_loss = serializers.SerializerMethodField(
        help_text="Mean −ln P of what came, each batch foretold from those before it; knowing nothing: 1.61"
    )
    in_use_by = serializers.SerializerMethodField(help_text="Projects that ask it now")

    @extend_schema_field(bool)
    def get_promoted(self, version: ModelVersion) -> bool:
        """Return whether it was ever used."""
        return version.pk in (None, PAPER) or version.promoted_at is not None

    @extend_schema_field({"type": ["number", "null"]})
    def get_log_loss(self, version: ModelVersion) -> float | None:
        """Return it from the backtest."""
        return (version.backtest or {}).get("log_loss")

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_in_use_by(self, version: ModelVersion) -> list[str]:
        """Return the slugs of the person's projects."""
        used = self.context["in_use_by"].get(version.pk or PAPER, [])
        return [project.slug for project in used]


class LearnedBatchSerializer(serializers.Serializer):
    """A batch that it learned from; null where it is of a project that you do not see."""

    batch = serializers.SerializerMethodField()
    phase = serializers.CharField()

    @extend_schema_field({"type": ["string", "null"]})
    def get_batch(self, one: Any) -> str | None:
        """Return its code."""
        return one.batch or None


class PinSerializer(serializers.Serializer):
    """When and why the project was held to a version."""

    version = serializers.SerializerMethodField()
    reason = serializers.CharField()
    pinned_by = serializers.CharField(source="pinned_by.username")
    pinned_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_reason = serializers.CharField(allow_blank=True)

    @extend_schema_field(int)
    def get_version(self, pin: Any) -> int:
        """Return its number."""
        return pin.model_version_id or PAPER


class ModelCardSerializer(ModelBriefSerializer):
    """The model card: how the version did beside simpler ones, what it missed, what it is made of."""

    sentences = serializers.SerializerMethodField()
    backtest = ObjectField(
        help_text="Rolling origin: log_loss, brier, ece (calibration error) and hits of the model, the paper's"
        " rule, the lab's frequencies and the paper alone; and what it missed"
    )
    compared = ObjectField(help_text="With the version before, on batches that one had not seen")
    summary = ObjectField(help_text="Weights and parameters, each with its 80 % interval")
    batches = serializers.SerializerMethodField()
    data_sha256 = serializers.CharField(allow_blank=True)
    code_version = serializers.CharField(allow_blank=True)
    pins = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_sentences(self, version: ModelVersion) -> list[str]:
        """Return what it knows, in words."""
        return sentences(version) if version.pk else [PAPER_VERDICT]

    @extend_schema_field(LearnedBatchSerializer(many=True))
    def get_batches(self, version: ModelVersion) -> list[dict[str, Any]]:
        """Return what it learned from, in order of time."""
        found = batches_of(version, self.context["user"]) if version.pk else []
        return LearnedBatchSerializer(found, many=True).data

    @extend_schema_field(PinSerializer(many=True))
    def get_pins(self, version: ModelVersion) -> list[dict[str, Any]]:
        """Return those of its project, or of the one that was asked about."""
        project = version.project if version.pk else self.context["project"]
        return PinSerializer(pins_of(project) if project else [], many=True).data


class PinBodySerializer(StrictSerializer):
    """Why; and for which project, where it is version 0."""

    reason = serializers.CharField(max_length=300)
    project = serializers.SlugField(required=False, max_length=60)


class ModelFilter(filters.FilterSet):
    """Versions of one project."""

    project = filters.CharFilter(field_name="project__slug")

    class Meta:
        model = ModelVersion
        fields = ("project",)


def paper_version() -> ModelVersion:
    """Return version 0 in the form of the others; it is no row."""
    return ModelVersion(
        pk=PAPER,
        labels=0,
        batches=[],
        summary=model_card(),
        backtest=backtest(()).as_dict(),
        verdict=PAPER_VERDICT,
    )


@extend_schema(parameters=[OpenApiParameter("version", int, OpenApiParameter.PATH)])
class ModelViewSet(mixins.ListModelMixin, RecordViewSet):
    """What the forecast has learned, version by version; a version never changes."""

    queryset = ModelVersion.objects.select_related("project")
    serializer_class = ModelBriefSerializer
    filterset_class = ModelFilter
    lookup_field = "pk"
    lookup_url_kwarg = "version"
    lookup_value_regex = r"\d{1,9}"

    def get_serializer_context(self) -> dict[str, Any]:
        """Add who uses what now."""
        context = super().get_serializer_context()
        user = self.request.user if self.request else None
        projects = list(Project.objects.visible_to(user)) if user and user.is_authenticated else []
        project = min(projects, key=lambda one: one.pk, default=None)
        return {**context, "in_use_by": in_use_by(projects), "user": user, "project": project}

    @extend_schema(parameters=[])
    def list(self, request, *args, **kwargs) -> Response:
        """List the versions, the newest first; the paper's is the last of the last page."""
        answer = super().list(request, *args, **kwargs)
        if answer.data["next"] is None and "changed_since" not in request.query_params:
            answer.data["results"] = [
                *answer.data["results"],
                self.get_serializer(paper_version()).data,
            ]
        return answer

    @extend_schema(responses=ModelCardSerializer)
    def retrieve(self, request, version: str) -> Response:
        """Return the model card."""
        return Response(self._card(int(version)))

    @extend_schema(request=PinBodySerializer, responses=ModelCardSerializer)
    @action(detail=True, methods=["post"])
    def pin(self, request, version: str) -> Response:
        """Hold the project to this version, whatever is learned meanwhile; an owner may."""
        return self._pinned(request, int(version), pin_version)

    @extend_schema(request=PinBodySerializer, responses=ModelCardSerializer)
    @action(detail=True, methods=["post"])
    def unpin(self, request, version: str) -> Response:
        """Let the project follow what it learns again; an owner may."""
        return self._pinned(request, int(version), unpin_version)

    def _pinned(self, request, version: int, change: Any) -> Response:
        found = self._found(version)
        given = read_body(PinBodySerializer, request)
        slug = given.pop("project", None)
        if version == PAPER:
            project = pick_project(request.user, slug, role=Role.OWNER)
        elif slug and slug != found.project.slug:
            raise serializers.ValidationError({"project": ["This version is of another project."]})
        else:
            project = found.project

        def act() -> Response:
            change(by=request.user, project=project, version=version, **given)
            return Response(self._card(version))

        return answer_once(request, act)

    def _found(self, version: int) -> ModelVersion:
        if version == PAPER:
            return paper_version()
        found = self.get_queryset().filter(pk=version).first()
        if found is None:
            raise Http404
        return found

    def _card(self, version: int) -> dict[str, Any]:
        context = self.get_serializer_context()
        return ModelCardSerializer(self._found(version), context=context).data
