"""Operations of the bench: what a step can be, and the numbers it takes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body
from labnotebook.records.permissions import pick_project
from synthesis.api.fields import ObjectField
from synthesis.chemistry.operations import Operation, Operations
from synthesis.models import LabOperation
from synthesis.services.operations import add_operation, lab_operations


class NewOperationSerializer(StrictSerializer):
    """An operation of the lab's own, in the shape of `synthesis/operations.toml`."""

    project = serializers.SlugField(required=False, max_length=60)
    name = serializers.CharField(max_length=20)
    label = serializers.CharField(max_length=80)
    words = serializers.CharField(required=False, max_length=300, allow_blank=True)
    takes = serializers.CharField(required=False, max_length=60, allow_blank=True)
    gives = serializers.CharField(required=False, max_length=60, allow_blank=True)
    parameters = serializers.ListField(required=False, child=ObjectField(), max_length=40)
    rows = ObjectField(required=False)


class OperationSerializer(serializers.Serializer):
    """One operation with its numbers: unit kept, unit shown, range, required, timed, role."""

    name = serializers.CharField()
    label = serializers.CharField()
    words = serializers.CharField(allow_blank=True)
    takes = serializers.CharField(allow_blank=True)
    gives = serializers.CharField(allow_blank=True)
    parameters = serializers.ListField(child=ObjectField())
    rows = ObjectField()


class OperationListSerializer(serializers.Serializer):
    """All of them: the list is one page."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = OperationSerializer(many=True)


def operation_as_dict(operation: Operation, operations: Operations) -> dict[str, Any]:
    """Return an operation with what is known of its numbers."""

    def numbers(parameters: Any) -> list[dict[str, Any]]:
        found = []
        for one in parameters:
            measure = operations.measures[one.name]
            found.append(
                {
                    "name": one.name,
                    "label": measure.label,
                    "unit": measure.unit,
                    "shown_unit": one.shown or measure.shown_unit,
                    "low": measure.low,
                    "high": measure.high,
                    "required": one.required,
                    "timed": one.timed,
                    "role": one.role,
                }
            )
        return found

    return {
        "name": operation.name,
        "label": operation.label,
        "words": operation.words,
        "takes": operation.takes,
        "gives": operation.gives,
        "parameters": numbers(operation.parameters),
        "rows": {name: numbers(row) for name, row in operation.rows.items()},
    }


class OperationViewSet(RecordViewSet):
    """Every operation that a step can be: those that ship, and the lab's own."""

    queryset = LabOperation.objects.all()
    serializer_class = OperationSerializer
    pagination_class = None

    @extend_schema(
        responses=forced_singular_serializer(OperationListSerializer),
        operation_id="operations_list",
    )
    def list(self, request) -> Response:
        """Return the operations; a new one takes one entry."""
        operations = lab_operations()
        rows = [operation_as_dict(one, operations) for one in operations]
        return Response({"next": None, "previous": None, "results": rows})

    @extend_schema(request=NewOperationSerializer, responses={201: OperationSerializer})
    def create(self, request) -> Response:
        """Add an operation of the lab's own."""
        definition = read_body(NewOperationSerializer, request)
        project = pick_project(request.user, definition.pop("project", None))

        def create() -> Response:
            row = add_operation(by=request.user, project=project, definition=definition)
            operations = lab_operations()
            return Response(operation_as_dict(operations.get(row.name), operations), status=201)

        return answer_once(request, create)
