"""Fields and shapes that several resources of this room share."""

from __future__ import annotations

import math
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class FiniteFloatField(serializers.FloatField):
    """A float that is a number: no infinity, no NaN, no integer beyond any float."""

    def to_internal_value(self, data: Any) -> float:
        """Read it, or refuse in words."""
        try:
            value = super().to_internal_value(data)
        except OverflowError:
            value = math.inf
        if isinstance(data, bool) or not math.isfinite(value):
            raise serializers.ValidationError("Give a finite number.")
        return value


@extend_schema_field({"type": "object", "additionalProperties": True})
class ObjectField(serializers.JSONField):
    """A JSON object."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Read it; anything but an object is refused."""
        value = super().to_internal_value(data)
        if not isinstance(value, dict):
            raise serializers.ValidationError(
                'Give an object of names and values, such as {"from_nm": 500}.'
            )
        return value


class FigureSerializer(serializers.Serializer):
    """A figure of merit."""

    quantity = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    uncertainty = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    label = serializers.CharField(allow_blank=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    level = serializers.CharField(allow_blank=True, default="")


class AboutSerializer(serializers.Serializer):
    """What a row is about: codes, of which one is filled."""

    batch = serializers.CharField(
        source="batch.code", read_only=True, default=None, allow_null=True
    )
    device = serializers.CharField(
        source="device.code", read_only=True, default=None, allow_null=True
    )
    pixel = serializers.SerializerMethodField()

    def get_pixel(self, row: Any) -> str | None:
        """Return ``D-0001/P1``."""
        return f"{row.pixel.device.code}/{row.pixel.label}" if row.pixel else None
