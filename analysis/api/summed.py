"""The history summed up by API: groups, and one thing against another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analysis.api.history import HistorySchema, TableFileSchema, TableFileView
from analysis.exports.summed import hand_out_rows, rows_of_groups, rows_of_pivot
from analysis.history.catalogue import Catalogue
from analysis.history.columns import Column
from analysis.history.grouped import MOST_READ, SUMMED_BY, Counts, Summary
from analysis.history.summing import (
    ACROSS,
    BESIDE,
    BY,
    ROWS,
    VALUE,
    Crossed,
    Groups,
    read_groups,
    read_pivot,
)
from labnotebook.records.api import OrjsonRenderer


class SummarySerializer(serializers.Serializer):
    """One number of a group."""

    name = serializers.CharField()
    n = serializers.IntegerField(help_text="Batches that have it")
    median = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="Lower quartile, null of fewer than 5")
    high = serializers.FloatField(allow_null=True, help_text="Upper quartile, null of fewer than 5")
    best = serializers.FloatField(allow_null=True, help_text="Null where no way is better")


class SummedColumnSerializer(serializers.Serializer):
    """A number that is summed up."""

    name = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)


class GroupSerializer(serializers.Serializer):
    """One group, batches without any number included."""

    group = serializers.CharField(allow_blank=True, help_text="Empty is not known")
    label = serializers.CharField()
    batches = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Of these, how many have the phase failed")
    numbers = SummarySerializer(many=True)


class SummedSerializer(serializers.Serializer):
    """What is counted."""

    batches = serializers.IntegerField(help_text="That count")
    simulated = serializers.IntegerField(help_text="Left out, since there are measured ones")
    sampled = serializers.BooleanField(
        help_text=f"Whether the batches are a sample, of more than {MOST_READ:,}; always the same"
    )


class GroupsSerializer(SummedSerializer):
    """The groups of a question: months in their order, others by their size."""

    by = serializers.CharField(help_text="What a group is")
    columns = SummedColumnSerializer(many=True)
    groups = GroupSerializer(many=True)


class PivotCellSerializer(serializers.Serializer):
    """One cell."""

    row = serializers.CharField(allow_blank=True)
    across = serializers.CharField(allow_blank=True)
    batches = serializers.IntegerField()
    failed = serializers.IntegerField()
    number = SummarySerializer()


class PivotSerializer(SummedSerializer):
    """One number by two things; a pair without a batch has no cell."""

    rows = serializers.CharField(help_text="What stands down")
    across = serializers.CharField(help_text="What stands across")
    value = SummedColumnSerializer()
    cells = PivotCellSerializer(many=True)


def _by(name: str, words: str, usual: str) -> OpenApiParameter:
    return OpenApiParameter(
        name, OpenApiTypes.STR, enum=list(SUMMED_BY), default=usual, description=words
    )


GROUP_PARAMETERS = [_by("by", "What a group is.", BY)]
PIVOT_PARAMETERS = [
    _by("rows", "What stands down.", ROWS),
    _by("across", "What stands across; another thing.", ACROSS),
    OpenApiParameter(
        "value", OpenApiTypes.STR, default=VALUE, description="The number of each cell."
    ),
]


class SummedSchema(HistorySchema):
    """The filters of the history, and by what it is summed up."""

    def get_override_parameters(self) -> list[OpenApiParameter]:
        """Return what is asked beside every filter."""
        idle = ("ordering",) if self.view.summed == "groups" else ("ordering", "columns")
        own = GROUP_PARAMETERS if self.view.summed == "groups" else PIVOT_PARAMETERS
        return [*own, *(p for p in super().get_override_parameters() if p.name not in idle)]


class SummedFileSchema(TableFileSchema, SummedSchema):
    """The same, and a file for an answer."""


def _pairs(request: Request) -> list[tuple[str, str]]:
    lists = request.query_params.lists()
    return [(n, text) for n, texts in lists if n not in (*BESIDE, "format") for text in texts]


def _groups(request: Request) -> Groups:
    return read_groups(Catalogue(request.user), _pairs(request), request.query_params)


def _pivot(request: Request) -> Crossed:
    return read_pivot(Catalogue(request.user), _pairs(request), request.query_params)


def _column(column: Column) -> dict[str, Any]:
    return {"name": column.name, "label": str(column.label), "unit": column.unit}


def _counts(counts: Counts) -> dict[str, Any]:
    return {"batches": counts.batches, "simulated": counts.left_out, "sampled": counts.sampled}


def _numbers(columns: Sequence[Column], found: Sequence[Summary | None]) -> list[dict[str, Any]]:
    return [
        {"name": column.name, **(one.spread._asdict() if one else NONE), "best": one and one.best}
        for column, one in zip(columns, found, strict=True)
    ]


NONE = {"n": 0, "median": None, "low": None, "high": None}


class HistoryGroupsView(APIView):
    """The batches of a question by one thing."""

    schema = SummedSchema()
    pages = False
    summed = "groups"
    renderer_classes = [OrjsonRenderer]

    @extend_schema(operation_id="history_groups", responses=GroupsSerializer)
    def get(self, request: Request) -> Response:
        """Sum up the batches of a question by one thing, failed ones included.

        Of ``columns`` the numbers are summed up; without any, the usual ones. Simulated batches count only where
        there is nothing else.
        """
        asked = _groups(request)
        found = asked.find(request.user)
        return Response(
            {
                "by": found.by,
                "columns": [_column(one) for one in found.columns],
                **_counts(found.counts),
                "groups": [
                    {
                        "group": one.key.word,
                        "label": one.key.label,
                        "batches": one.batches,
                        "failed": one.failed,
                        "numbers": _numbers(found.columns, one.numbers),
                    }
                    for one in found.groups
                ],
            }
        )


class HistoryPivotView(APIView):
    """One number of the batches of a question by two things."""

    schema = SummedSchema()
    pages = False
    summed = "pivot"
    renderer_classes = [OrjsonRenderer]

    @extend_schema(operation_id="history_pivot", responses=PivotSerializer)
    def get(self, request: Request) -> Response:
        """Sum up one number of the batches of a question by two things at once."""
        asked = _pivot(request)
        found = asked.find(request.user)
        return Response(
            {
                "rows": asked.rows,
                "across": asked.across,
                "value": _column(found.value),
                **_counts(found.counts),
                "cells": [
                    {
                        "row": down.word,
                        "across": along.word,
                        "batches": cell.batches,
                        "failed": cell.failed,
                        "number": _numbers([found.value], [cell.number])[0],
                    }
                    for down, cells in zip(found.rows, found.cells, strict=True)
                    for along, cell in zip(found.across, cells, strict=True)
                    if cell is not None
                ],
            }
        )


class HistoryGroupsFileView(TableFileView):
    """Groups as CSV."""

    schema = SummedFileSchema()
    summed = "groups"
    table_name = "history_groups"

    def get(self, request: Request) -> HttpResponseBase:
        """Hand out the groups: a row each, quartiles and best of every number."""
        return hand_out_rows(rows_of_groups(_groups(request).find(request.user)), "groups")


class HistoryPivotFileView(TableFileView):
    """A pivot as CSV."""

    schema = SummedFileSchema()
    summed = "pivot"
    table_name = "history_pivot"

    def get(self, request: Request) -> HttpResponseBase:
        """Hand out the pivot: a row for each cell that holds a batch."""
        asked = _pivot(request)
        return hand_out_rows(
            rows_of_pivot(asked.find(request.user), asked.rows, asked.across), "pivot"
        )
