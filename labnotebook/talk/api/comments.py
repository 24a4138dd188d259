"""Comments."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body
from labnotebook.talk.api.about import AboutFilter, AboutRequestSerializer, AboutSerializer
from labnotebook.talk.models import Comment
from labnotebook.talk.models.comment import LONGEST
from labnotebook.talk.services.comments import withdraw_comment, write_comment
from labnotebook.talk.services.subjects import HEAVY, NAMED_BY, pick_talked


class CommentSerializer(AboutSerializer):
    """What somebody wrote beside a record."""

    text = serializers.CharField()
    written_by = serializers.CharField(source="written_by.username")
    written_at = serializers.DateTimeField()
    mentioned = serializers.ListField(
        child=serializers.CharField(), help_text="Sign-in names of those who were told"
    )
    not_told = serializers.ListField(
        child=serializers.CharField(),
        help_text="Names after an @ of nobody who reads this project: none of them was told",
    )
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = serializers.CharField(allow_blank=True)


class NewCommentSerializer(AboutRequestSerializer):
    """A comment on exactly one of a batch (also a run), a device and a measurement."""

    text = serializers.CharField(max_length=LONGEST, help_text="`@name` tells a member")


class WithdrawCommentSerializer(StrictSerializer):
    """Why a comment is withdrawn."""

    reason = serializers.CharField(max_length=300)


class CommentFilter(AboutFilter):
    """Those on one record or of one project, by whom, and that still stand."""

    written_by = filters.CharFilter(field_name="written_by__username")
    current = filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull")

    class Meta:
        model = Comment
        fields = ("project", "batch", "device", "measurement", "written_by", "current")


class CommentViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """Comments beside batches, devices and measurements: written once, withdrawn at most."""

    queryset = Comment.objects.select_related("project", "written_by", *NAMED_BY).defer(*HEAVY)
    serializer_class = CommentSerializer
    filterset_class = CommentFilter

    @extend_schema(request=NewCommentSerializer, responses={201: CommentSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write a comment."""
        given = read_body(NewCommentSerializer, request)

        def create() -> Response:
            subject = pick_talked(request.user, given)
            made = write_comment(by=request.user, subject=subject, text=given["text"])
            return Response(CommentSerializer(made).data, status=201)

        return answer_once(request, create)

    @extend_schema(request=WithdrawCommentSerializer, responses=CommentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Withdraw a comment of your own; it stays readable, as withdrawn."""
        comment = self.get_object()
        given = read_body(WithdrawCommentSerializer, request)

        def withdraw() -> Response:
            withdrawn = withdraw_comment(by=request.user, comment=comment, **given)
            return Response(CommentSerializer(withdrawn).data)

        return answer_once(request, withdraw)
