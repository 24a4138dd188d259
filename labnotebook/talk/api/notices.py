"""Notices: what you were told."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labnotebook.records.api import RecordViewSet, answer_once
from labnotebook.talk.api.about import AboutFilter, AboutSerializer
from labnotebook.talk.models import Notice
from labnotebook.talk.services.notices import read_notices
from labnotebook.talk.services.subjects import HEAVY, NAMED_BY


class NoticeSerializer(AboutSerializer):
    """One thing that you were told of."""

    kind = serializers.ChoiceField(Notice.Kind.choices)
    by = serializers.CharField(source="by.username")
    text = serializers.CharField(help_text="How the comment or the task begins")
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NoticesReadSerializer(serializers.Serializer):
    """How many were marked."""

    marked = serializers.IntegerField()


class NoticeFilter(AboutFilter):
    """Those about one record or of one project, of one kind, not read yet."""

    kind = filters.ChoiceFilter(choices=Notice.Kind.choices)
    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notice
        fields = ("project", "batch", "device", "measurement", "kind", "unread")


class NoticeViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """What you were told: mentions, tasks for you, tasks of yours that ended. Nobody sees those of others."""

    queryset = Notice.objects.select_related("project", "by", *NAMED_BY).defer(*HEAVY)
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter

    @extend_schema(request=None, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Mark it as read."""
        notice = self.get_object()

        def read() -> Response:
            read_notices(by=request.user, notices=Notice.objects.filter(pk=notice.pk))
            return Response(NoticeSerializer(self.get_object()).data)

        return answer_once(request, read)

    @extend_schema(request=None, responses=NoticesReadSerializer)
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Mark all of yours as read."""

        def read() -> Response:
            rows = Notice.objects.visible_to(request.user)
            return Response({"marked": read_notices(by=request.user, notices=rows)})

        return answer_once(request, read)
