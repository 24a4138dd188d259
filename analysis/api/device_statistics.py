"""Statistics of pixels by API: the same that the page shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analysis.services.device_statistics.question import GROUPINGS, TARGET, read_question
from analysis.services.device_statistics.statistics import Statistics, statistics_of
from labnotebook.records.api.rendering import OrjsonRenderer

_NUMBER = {"allow_null": True}


class PixelGroupSerializer(serializers.Serializer):
    """What some pixels say together; intervals at 95 %, null where they cannot be given."""

    name = serializers.CharField(allow_blank=True)
    pixels = serializers.IntegerField(help_text="All there are")
    substrates = serializers.IntegerField()
    measured = serializers.IntegerField(help_text="Pixels whose number counts")
    measured_on = serializers.IntegerField(help_text="Substrates of these")
    out = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Pixels in no median, by why: state or unmeasured",
    )
    champion = serializers.FloatField(**_NUMBER)
    best_on = serializers.CharField(allow_blank=True, help_text="Device of the champion")
    median = serializers.FloatField(**_NUMBER)
    low = serializers.FloatField(help_text="Of the median, bootstrapped by substrate", **_NUMBER)
    high = serializers.FloatField(**_NUMBER)
    q1 = serializers.FloatField(**_NUMBER)
    q3 = serializers.FloatField(**_NUMBER)
    mean = serializers.FloatField(**_NUMBER)
    deviation = serializers.FloatField(help_text="Standard deviation of the pixels", **_NUMBER)
    seen = serializers.IntegerField(help_text="Pixels whose state is known")
    working = serializers.IntegerField()
    share = serializers.FloatField(help_text="Yield: working of seen", **_NUMBER)
    yield_low = serializers.FloatField(**_NUMBER)
    yield_high = serializers.FloatField(**_NUMBER)


class DifferenceSerializer(serializers.Serializer):
    """Two groups by the medians of their substrates; positive: a is higher."""

    a = serializers.CharField()
    b = serializers.CharField()
    n_a = serializers.IntegerField(help_text="Substrates")
    n_b = serializers.IntegerField()
    shift = serializers.FloatField(help_text="Hodges-Lehmann")
    low = serializers.FloatField(help_text="Of the shift, 95 %", **_NUMBER)
    high = serializers.FloatField(**_NUMBER)
    p_value = serializers.FloatField(help_text="Mann-Whitney on substrates", **_NUMBER)
    delta = serializers.FloatField(help_text="Cliff's delta")
    effect = serializers.FloatField(help_text="Hedges' g", **_NUMBER)
    spread = serializers.FloatField(help_text="Standard deviation between substrates", **_NUMBER)
    needed = serializers.IntegerField(
        help_text="Substrates of each that show such a difference with a power of 0.8", **_NUMBER
    )


class MadeSerializer(serializers.Serializer):
    """One substrate in the order of making."""

    device = serializers.CharField()
    at = serializers.DateTimeField()
    median = serializers.FloatField()


class ControlSerializer(serializers.Serializer):
    """The individuals control chart of the substrates."""

    n = serializers.IntegerField()
    middle = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    is_provisional = serializers.BooleanField()
    beyond = serializers.ListField(
        child=serializers.CharField(), help_text="Devices beyond a limit"
    )


class DeviceStatisticsSerializer(serializers.Serializer):
    """What was found."""

    quantity = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    by = serializers.CharField()
    whole = PixelGroupSerializer()
    groups = PixelGroupSerializer(many=True)
    more_groups = serializers.IntegerField()
    difference = DifferenceSerializer(allow_null=True)
    series = MadeSerializer(many=True)
    control = ControlSerializer(allow_null=True)
    varied = serializers.ListField(
        child=serializers.CharField(), help_text="What else may be asked by"
    )


ASKED = [
    OpenApiParameter("quantity", OpenApiTypes.STR, description="Without it, eqe_percent."),
    OpenApiParameter(
        "by",
        OpenApiTypes.STR,
        description=f"{', '.join(GROUPINGS)}, or {TARGET}NAME of what was varied in the recipe.",
    ),
    OpenApiParameter("architecture", OpenApiTypes.STR, description="Slug."),
    OpenApiParameter("batch", OpenApiTypes.STR, description="Code of the emitter's batch."),
    OpenApiParameter("run", OpenApiTypes.STR, description="Code of a run."),
    OpenApiParameter("project", OpenApiTypes.STR, description="Slug; also of a simulated one."),
    OpenApiParameter("since", OpenApiTypes.DATE, description="Built since."),
    OpenApiParameter("a", OpenApiTypes.STR, description="A group to compare."),
    OpenApiParameter("b", OpenApiTypes.STR, description="The other one."),
    OpenApiParameter("wanted", OpenApiTypes.FLOAT, description="The difference to plan for."),
]


class DeviceStatisticsView(APIView):
    """Statistics of pixels."""

    renderer_classes = [OrjsonRenderer]

    @extend_schema(
        operation_id="device_statistics", parameters=ASKED, responses=DeviceStatisticsSerializer
    )
    def get(self, request: Request) -> Response:
        """Return the statistics of the pixels that you may see, in groups, and whether two groups differ."""
        question = read_question(request.query_params.dict())
        return Response(_shown(statistics_of(request.user, question)))


def _shown(found: Statistics) -> dict[str, Any]:
    chart = found.chart
    return {
        "quantity": found.quantity.name,
        "unit": found.quantity.unit,
        "by": found.question.by,
        "whole": {"name": "", **asdict(found.whole)},
        "groups": [{"name": one.name, **asdict(one.statistics)} for one in found.groups],
        "more_groups": found.more_groups,
        "difference": _difference(found),
        "series": [
            {"device": one.code, "at": one.at, "median": one.median} for one in found.series
        ],
        "control": chart
        and {
            "n": chart.n,
            "middle": chart.middle,
            "low": chart.low,
            "high": chart.high,
            "is_provisional": chart.is_provisional,
            "beyond": [found.series[place].code for place in sorted(chart.beyond)],
        },
        "varied": [TARGET + one for one in found.targets],
    }


def _difference(found: Statistics) -> dict[str, Any] | None:
    if found.compared is None or found.pair is None:
        return None
    compared = found.compared
    return {
        "a": found.pair[0],
        "b": found.pair[1],
        **asdict(compared.difference),
        "effect": compared.effect,
        "spread": compared.spread,
        "needed": compared.needed,
    }
