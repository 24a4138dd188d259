"""The explorer by API: the batches of a question with two numbers, as points."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analysis.api.history import HistorySchema
from analysis.history.axes import BESIDE, read_looked_at
from analysis.history.catalogue import Catalogue
from analysis.history.columns import Column
from analysis.history.count import CAP, count
from analysis.history.explored import GROUPINGS, Looked, explore
from labnotebook.records.api import OrjsonRenderer


class AxisSerializer(serializers.Serializer):
    """What is drawn along one axis."""

    name = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)


class PointSerializer(serializers.Serializer):
    """One batch that has both numbers."""

    batch = serializers.CharField()
    phase = serializers.CharField(allow_blank=True, help_text="Empty is not known")
    group = serializers.CharField(allow_blank=True, help_text="What it is grouped by")
    part = serializers.CharField(allow_blank=True, help_text="What it is split by")
    x = serializers.FloatField()
    y = serializers.FloatField()
    x_uncertainty = serializers.FloatField(
        allow_null=True, help_text="Standard uncertainty, null where nobody knows it"
    )
    y_uncertainty = serializers.FloatField(
        allow_null=True, help_text="Standard uncertainty, null where nobody knows it"
    )
    simulated = serializers.BooleanField()
    planned_at = serializers.DateTimeField()


class ExploredSerializer(serializers.Serializer):
    """The points of a question, failed batches included."""

    x = AxisSerializer()
    y = AxisSerializer()
    by = serializers.ChoiceField(list(GROUPINGS))
    found = serializers.IntegerField(help_text="Batches of the question, or how many at least")
    exact = serializers.BooleanField(help_text="Whether found is all of them")
    sampled = serializers.BooleanField(
        help_text="Whether the points are a sample, from the first batch to the last; always the same"
    )
    points = PointSerializer(many=True)


LOOKS = [
    OpenApiParameter(
        "x", OpenApiTypes.STR, description="The number along x; without it, the lab's ratio."
    ),
    OpenApiParameter(
        "y", OpenApiTypes.STR, description="The number along y; without it, the PLQY."
    ),
    OpenApiParameter(
        "by", OpenApiTypes.STR, enum=list(GROUPINGS), default="phase", description="What group is."
    ),
    OpenApiParameter(
        "split",
        OpenApiTypes.STR,
        enum=list(GROUPINGS),
        description="What part is; without it, nothing.",
    ),
]


class ExploreSchema(HistorySchema):
    """The filters of the history, and what is drawn of it."""

    def get_override_parameters(self) -> list[OpenApiParameter]:
        """Return the axes and every filter."""
        idle = ("ordering", "columns")
        return [*LOOKS, *(p for p in super().get_override_parameters() if p.name not in idle)]


class ExploreView(APIView):
    """Any number against any other."""

    schema = ExploreSchema()
    pages = False
    renderer_classes = [OrjsonRenderer]

    @extend_schema(
        operation_id="explore",
        responses=ExploredSerializer,
        description="Return the batches of a question that have both numbers.\n\nAt most"
        f" {CAP:,} points; where a question finds more batches, a sample of them that is always the same.",
    )
    def get(self, request: Request) -> Response:
        """Return the batches of a question that have both numbers."""
        query = request.query_params
        pairs = [
            (name, text)
            for name, texts in query.lists()
            if name not in (*BESIDE, "format")
            for text in texts
        ]
        question, view = read_looked_at(Catalogue(request.user), pairs, query)
        counted = count(request.user, question)
        found = explore(
            request.user, question, counted, Looked(view.x, view.y, view.by, view.split), now()
        )
        return Response(
            {
                "x": _axis(view.x),
                "y": _axis(view.y),
                "by": view.by,
                "found": counted.found,
                "exact": counted.exact,
                "sampled": found.sampled,
                "points": [
                    {
                        "batch": one.code,
                        "phase": one.phase,
                        "group": one.group,
                        "part": one.part,
                        "x": one.x,
                        "y": one.y,
                        "x_uncertainty": one.u_x,
                        "y_uncertainty": one.u_y,
                        "simulated": one.simulated,
                        "planned_at": one.planned_at,
                    }
                    for one in found.batches
                ],
            }
        )


def _axis(column: Column) -> dict[str, Any]:
    return {"name": column.name, "label": str(column.label), "unit": column.unit}
