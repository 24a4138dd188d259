"""The geometry of a recipe's crystals, as the API says it."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

PARAMETERS = [
    OpenApiParameter("cell_a", str, description="The name of a stored cell, or edges and angles: 8.62(2) 8.85 12.50 90 90 90"),
    OpenApiParameter("hkl_a", str, description="Miller indices: 102"),
    OpenApiParameter("times_a", int, description="Planes of A; without any, the fewest that match"),
    OpenApiParameter("cell_b", str), OpenApiParameter("hkl_b", str), OpenApiParameter("times_b", int),
    OpenApiParameter("edge_nm", float, description="Edge of the cubes whose surface is told, 12 by default"),
]  # fmt: skip


class FactorsSerializer(serializers.Serializer):
    """Tolerance and octahedral factor with the radii they were computed from."""

    formula = serializers.CharField()
    tolerance = serializers.FloatField()
    tolerance_u = serializers.FloatField()
    octahedral = serializers.FloatField()
    octahedral_u = serializers.FloatField()
    radii = serializers.CharField(source="words")
    source = serializers.CharField()


class FaceSerializer(serializers.Serializer):
    """Some planes of a crystal."""

    cell = serializers.CharField(source="cell.name")
    source = serializers.CharField(source="cell.source", help_text="Of the cell")
    hkl = serializers.ListField(child=serializers.IntegerField())
    times = serializers.IntegerField()
    length_angstrom = serializers.FloatField(source="length")


class MatchSerializer(serializers.Serializer):
    """By how much the planes of A are wider than those of B."""

    a = FaceSerializer()
    b = FaceSerializer()
    percent = serializers.FloatField()
    u_percent = serializers.FloatField()
    source = serializers.CharField(allow_blank=True, help_text="Who said that they meet")


class SurfaceSerializer(serializers.Serializer):
    """Surface of one mole of cubes."""

    cell = serializers.CharField(source="cell.name")
    edge_nm = serializers.FloatField()
    m2_per_mol = serializers.FloatField()


class GeometrySerializer(serializers.Serializer):
    """What follows from the species of a recipe, and the match that was asked for."""

    factors = FactorsSerializer(many=True)
    matches = MatchSerializer(many=True)
    surfaces = SurfaceSerializer(many=True)
    asked = MatchSerializer(allow_null=True)
