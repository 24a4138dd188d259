"""Projects whose labels another project learns from as well."""

from __future__ import annotations

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from analysis.models import LabelSource
from analysis.services.label_sources import add_source, end_source
from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body
from labnotebook.records.models import Project, Role
from labnotebook.records.permissions import pick_project, require_role


class LabelSourceSerializer(serializers.Serializer):
    """``project`` learns from the labels of ``source`` while it has not ended."""

    id = serializers.IntegerField()
    project = serializers.CharField(source="project.slug")
    source = serializers.SerializerMethodField(help_text="Null where you are no member of it")
    reason = serializers.CharField()
    added_by = serializers.CharField(source="added_by.username")
    added_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_reason = serializers.CharField(allow_blank=True)

    @extend_schema_field({"type": ["string", "null"]})
    def get_source(self, one: LabelSource) -> str | None:
        """Return its slug."""
        seen = Project.objects.visible_to(self.context["request"].user)
        return one.source.slug if seen.filter(pk=one.source_id).exists() else None


class AddSourceSerializer(StrictSerializer):
    """Both projects must be yours as owner."""

    project = serializers.SlugField(max_length=60)
    source = serializers.SlugField(max_length=60)
    reason = serializers.CharField(max_length=300)


class EndSourceSerializer(StrictSerializer):
    """Why it is not learned from any more."""

    reason = serializers.CharField(max_length=300)


class LabelSourceFilter(filters.FilterSet):
    """What one project learns from, or what still holds."""

    project = filters.CharFilter(field_name="project__slug")
    current = filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull")

    class Meta:
        model = LabelSource
        fields = ("project", "current")


class LabelSourceViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """Which other projects the forecast of a project learns from; by default none."""

    queryset = LabelSource.objects.select_related("project", "source", "added_by")
    serializer_class = LabelSourceSerializer
    filterset_class = LabelSourceFilter

    @extend_schema(request=AddSourceSerializer, responses={201: LabelSourceSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Learn from another project's labels as well; an owner of both may."""
        given = read_body(AddSourceSerializer, request)
        both = {}
        for name in ("project", "source"):
            both[name] = pick_project(request.user, given.pop(name), role=Role.OWNER)
            require_role(request.user, both[name], Role.OWNER)

        def create() -> Response:
            made = add_source(by=request.user, **both, **given)
            return Response(self.get_serializer(made).data, status=201)

        return answer_once(request, create)

    @extend_schema(request=EndSourceSerializer, responses=LabelSourceSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request, pk: str) -> Response:
        """Learn without it from now on; an owner of either may."""
        source = self.get_object()
        given = read_body(EndSourceSerializer, request)

        def end() -> Response:
            made = end_source(by=request.user, source=source, **given)
            return Response(self.get_serializer(made).data)

        return answer_once(request, end)
