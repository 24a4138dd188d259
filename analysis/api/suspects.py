"""Who is guilty of a group of bad batches."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from analysis.services.suspects import MOST_BAD, inquire
from labnotebook.records.api import StrictSerializer
from labnotebook.records.api.rendering import OrjsonRenderer
from labnotebook.records.codes import codes_in


class AskedSerializer(StrictSerializer):
    """Which batches are bad."""

    bad = serializers.CharField(max_length=20 * MOST_BAD + MOST_BAD, default="")


class SuspectSerializer(serializers.Serializer):
    """One thing that differs between the bad batches and the others."""

    factor = serializers.CharField(help_text="What was recorded, as 'bottle of CaI2'")
    level = serializers.CharField(allow_blank=True, help_text="The word; empty: it is a number")
    effect = serializers.FloatField(
        help_text="Of a word, bad share with it minus without; of a number, Cliff's delta. −1 to 1"
    )
    low = serializers.FloatField(help_text="End of the interval at 95 % for all suspects together")
    high = serializers.FloatField()
    stands_out = serializers.BooleanField(help_text="The interval leaves out no effect at all")
    n_bad = serializers.IntegerField(help_text="Bad batches of which it is known")
    n_good = serializers.IntegerField(help_text="Others of which it is known")
    bad_with = serializers.IntegerField()
    with_it = serializers.IntegerField()
    bad_without = serializers.IntegerField()
    without = serializers.IntegerField()
    median_bad = serializers.FloatField(allow_null=True)
    median_good = serializers.FloatField(allow_null=True)
    together = serializers.ListField(
        child=serializers.CharField(), help_text="Suspects that cannot be told apart from it"
    )


class InquirySerializer(serializers.Serializer):
    """What it comes to, and every suspect, the strongest first."""

    sentence = serializers.CharField()
    recipe = serializers.CharField()
    bad = serializers.SerializerMethodField()
    others = serializers.IntegerField(help_text="Batches that they were compared with")
    results = SuspectSerializer(many=True, source="found")

    def get_bad(self, inquiry) -> list[str]:
        """Return the codes of the bad batches."""
        return [row.code for row in inquiry.bad]


class SuspectsView(APIView):
    """Suspects, ranked."""

    renderer_classes = [OrjsonRenderer]

    @extend_schema(
        parameters=[OpenApiParameter("bad", str, description="Codes, NC-0042,NC-0043 ...")],
        responses=InquirySerializer,
    )
    def get(self, request) -> Response:
        """Hold bad batches against the others made after the same recipe in the same projects."""
        asked = AskedSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        codes = codes_in(asked.validated_data["bad"])
        return Response(InquirySerializer(inquire(by=request.user, codes=codes)).data)
