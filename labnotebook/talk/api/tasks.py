"""Tasks."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body
from labnotebook.talk.api.about import AboutFilter, AboutRequestSerializer, AboutSerializer
from labnotebook.talk.models import Task
from labnotebook.talk.models.task import LONGEST
from labnotebook.talk.services.subjects import HEAVY, NAMED_BY, pick_talked
from labnotebook.talk.services.tasks import end_task, give_task


class TaskSerializer(AboutSerializer):
    """What a member was asked to do about a record."""

    text = serializers.CharField()
    given_to = serializers.CharField(source="given_to.username")
    given_by = serializers.CharField(source="given_by.username")
    given_at = serializers.DateTimeField()
    due_date = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(Task.State.choices)
    is_overdue = serializers.BooleanField(help_text="It is open, and its day is over in the lab")
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_by = serializers.SerializerMethodField(help_text="Who did or dropped it")
    reason = serializers.CharField(allow_blank=True, help_text="Why it was dropped")

    def get_ended_by(self, task: Task) -> str | None:
        """Return who did or dropped it."""
        return task.ended_by and task.ended_by.username


class NewTaskSerializer(AboutRequestSerializer):
    """A task about exactly one of a batch (also a run), a device and a measurement."""

    text = serializers.CharField(max_length=LONGEST)
    given_to = serializers.CharField(
        max_length=150, help_text="Sign-in name of a witness, editor or owner of the project"
    )
    due_date = serializers.DateField(required=False, allow_null=True)


class DropTaskSerializer(StrictSerializer):
    """Why a task is dropped."""

    reason = serializers.CharField(max_length=300)


class TaskFilter(AboutFilter):
    """Those about one record or of one project, whose, in which state, overdue."""

    given_to = filters.CharFilter(field_name="given_to__username")
    state = filters.ChoiceFilter(choices=Task.State.choices)
    overdue = filters.BooleanFilter(method="is_overdue", label="Open, and its day is over")

    class Meta:
        model = Task
        fields = ("project", "batch", "device", "measurement", "given_to", "state", "overdue")

    def is_overdue(self, rows: QuerySet[Task], name: str, said: bool) -> QuerySet[Task]:
        """Return those that are overdue, or the others."""
        late = {"state": Task.State.OPEN, "due_date__lt": timezone.localdate()}
        return rows.filter(**late) if said else rows.exclude(**late)


class TaskViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """What members were asked to do about batches, devices and measurements."""

    queryset = Task.objects.select_related(
        "project", "given_to", "given_by", "ended_by", *NAMED_BY
    ).defer(*HEAVY)
    serializer_class = TaskSerializer
    filterset_class = TaskFilter

    @extend_schema(request=NewTaskSerializer, responses={201: TaskSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give a member a task."""
        given = read_body(NewTaskSerializer, request)

        def create() -> Response:
            made = give_task(
                by=request.user,
                subject=pick_talked(request.user, given),
                text=given["text"],
                given_to=given["given_to"],
                due_date=given.get("due_date"),
            )
            return Response(TaskSerializer(made).data, status=201)

        return answer_once(request, create)

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        """Say that it is done."""
        task = self.get_object()
        return answer_once(
            request, lambda: Response(TaskSerializer(end_task(by=request.user, task=task)).data)
        )

    @extend_schema(request=DropTaskSerializer, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Drop it, with a reason."""
        task = self.get_object()
        given = read_body(DropTaskSerializer, request)
        return answer_once(
            request,
            lambda: Response(TaskSerializer(end_task(by=request.user, task=task, **given)).data),
        )
