"""Saved questions of the explorer, and boards of them."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analysis.models import Board, SavedQuestion
from analysis.services.boards import MOST_ON_BOARD, change_board, end_board, make_board
from analysis.services.saved_questions import (
    LONGEST_NAME,
    LONGEST_QUERY,
    end_question,
    save_question,
)
from labnotebook.records.api import (
    RecordViewSet,
    StrictSerializer,
    answer_once,
    read_body,
    require_match,
)
from labnotebook.records.api.schema import IF_MATCH
from labnotebook.records.permissions import pick_project


class SavedQuestionSerializer(serializers.Serializer):
    """A question of the explorer under a name; it finds what there is when it is asked."""

    id = serializers.IntegerField()
    project = serializers.CharField(source="project.slug")
    name = serializers.CharField()
    query = serializers.CharField(
        allow_blank=True, help_text="As in the address of the explorer, and of explore/"
    )
    saved_by = serializers.CharField(source="saved_by.username")
    saved_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(
        allow_null=True, help_text="From then on it is not listed on pages"
    )


class SaveQuestionSerializer(StrictSerializer):
    """A question that is asked often; without ``project`` your first one."""

    project = serializers.SlugField(max_length=60, required=False)
    name = serializers.CharField(max_length=LONGEST_NAME)
    query = serializers.CharField(max_length=LONGEST_QUERY, allow_blank=True)


class SavedQuestionFilter(filters.FilterSet):
    """Those of one project, or that are still listed."""

    project = filters.CharFilter(field_name="project__slug")
    current = filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull")

    class Meta:
        model = SavedQuestion
        fields = ("project", "current")


class SavedQuestionViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """Questions of the explorer that a project keeps by name."""

    queryset = SavedQuestion.objects.select_related("project", "saved_by")
    serializer_class = SavedQuestionSerializer
    filterset_class = SavedQuestionFilter

    @extend_schema(request=SaveQuestionSerializer, responses={201: SavedQuestionSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Keep a question; one that cannot be asked is refused."""
        given = read_body(SaveQuestionSerializer, request)
        project = pick_project(request.user, given.pop("project", None))

        def create() -> Response:
            made = save_question(by=request.user, project=project, **given)
            return Response(self.get_serializer(made).data, status=201)

        return answer_once(request, create)

    @extend_schema(request=None, responses=SavedQuestionSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """List it no longer; boards leave it out from then on."""
        question = self.get_object()

        def end() -> Response:
            return Response(
                self.get_serializer(end_question(by=request.user, question=question)).data
            )

        return answer_once(request, end)


class BoardSerializer(serializers.Serializer):
    """Some of a project's saved questions on one page."""

    id = serializers.IntegerField()
    project = serializers.CharField(source="project.slug")
    name = serializers.CharField()
    questions = serializers.ListField(
        child=serializers.IntegerField(), help_text="Of questions/, in the order of the page"
    )
    made_by = serializers.CharField(source="made_by.username")
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(
        allow_null=True, help_text="From then on it is not listed on pages"
    )
    page = serializers.CharField(source="get_absolute_url", help_text="Where it is drawn")
    etag = serializers.CharField()


QUESTIONS = "Saved questions of the project, in the order of the page"


class NewBoardSerializer(StrictSerializer):
    """A board to begin; without ``project`` in your first one."""

    project = serializers.SlugField(max_length=60, required=False)
    name = serializers.CharField(max_length=LONGEST_NAME)
    questions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=MOST_ON_BOARD,
        help_text=QUESTIONS,
    )


class BoardChangeSerializer(StrictSerializer):
    """What is to be another; what is left out stays."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    questions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=MOST_ON_BOARD,
        help_text=QUESTIONS,
    )


class BoardFilter(SavedQuestionFilter):
    """Those of one project, or that are still listed."""

    class Meta:
        model = Board
        fields = ("project", "current")


class BoardViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """Boards: several saved questions on one page, each asked anew by who opens it."""

    queryset = Board.objects.select_related("project", "made_by")
    serializer_class = BoardSerializer
    filterset_class = BoardFilter

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one board."""
        return self._answer(self.get_object())

    def _answer(self, board: Board, status: int = 200) -> Response:
        return Response(BoardSerializer(board).data, status=status, headers={"ETag": board.etag})

    @extend_schema(request=NewBoardSerializer, responses={201: BoardSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Begin a board."""
        given = read_body(NewBoardSerializer, request)
        project = pick_project(request.user, given.pop("project", None))
        return answer_once(
            request,
            lambda: self._answer(make_board(by=request.user, project=project, **given), 201),
        )

    @extend_schema(parameters=[IF_MATCH], request=BoardChangeSerializer, responses=BoardSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Give a board another name, other questions or another order of them."""
        board = self.get_object()
        version = require_match(request, board, body=lambda: BoardSerializer(board).data)
        given = read_body(BoardChangeSerializer, request)
        return self._answer(change_board(by=request.user, board=board, version=version, **given))

    @extend_schema(request=None, responses=BoardSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """List it no longer."""
        board = self.get_object()
        return answer_once(request, lambda: self._answer(end_board(by=request.user, board=board)))
