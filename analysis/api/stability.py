"""How a batch keeps, as the API says it."""

from __future__ import annotations

from rest_framework import serializers

from analysis.api.fields import FigureSerializer


class DatedNumberSerializer(serializers.Serializer):
    """One number of one file."""

    measurement = serializers.IntegerField()
    day = serializers.FloatField(help_text="After day zero")
    value = serializers.FloatField()
    uncertainty = serializers.FloatField()


class DatedSeriesSerializer(serializers.Serializer):
    """Numbers that may be compared: of one instrument and its settings, or absolute."""

    quantity = serializers.CharField(help_text="Of its half-life")
    label = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    how = serializers.CharField()
    points = DatedNumberSerializer(many=True)
    figure = FigureSerializer(allow_null=True, help_text="The half-life, after the first date")
    refusal = serializers.CharField(allow_blank=True, help_text="Why there is none")


class DatedPatternSerializer(serializers.Serializer):
    """What the XRD of one day says."""

    measurement = serializers.IntegerField()
    day = serializers.FloatField()
    phase = serializers.CharField(allow_null=True)
    delta = serializers.BooleanField(allow_null=True, help_text="Found; null: undetermined")


class StabilitySerializer(serializers.Serializer):
    """Half-lives of PL and PLQY, days until δ is found."""

    day_zero = serializers.DateTimeField(
        allow_null=True, help_text="When the batch was finished, or first measured"
    )
    series = DatedSeriesSerializer(many=True)
    patterns = DatedPatternSerializer(many=True)
    to_delta = FigureSerializer(allow_null=True, help_text="Days to δ, between two dates")
    refusal = serializers.CharField(allow_blank=True, help_text="Why there are no days to δ")
    remarks = serializers.ListField(child=serializers.CharField())
