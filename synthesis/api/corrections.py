"""Batches whose bottles were corrected later, and the act of computing them again."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labnotebook.records.api import StrictSerializer
from synthesis.api.fields import ObjectField


class FactSerializer(serializers.Serializer):
    """One fact of a bottle, as the batch was computed with it and as it is said to be now."""

    fact = serializers.CharField()
    then = serializers.JSONField(allow_null=True)
    now = serializers.JSONField(allow_null=True)


class CorrectedSerializer(serializers.Serializer):
    """One bottle of one batch that was corrected after the batch was computed."""

    key = serializers.CharField(help_text="Ingredient")
    lot = serializers.CharField()
    batch = serializers.CharField()
    changes = FactSerializer(many=True)


class CorrectionsSerializer(serializers.Serializer):
    """What was corrected, and what the weighed ratios would be with it."""

    lots = CorrectedSerializer(many=True)
    quantities = ObjectField(
        help_text="Key to name, then and now, the last two value and uncertainty or null"
    )


class RecomputeSerializer(StrictSerializer):
    """Compute again, and say why."""

    reason = serializers.CharField(max_length=300)


def corrections_body(corrected: Any, numbers: Any) -> dict[str, Any]:
    """Return the answer."""
    return {"lots": [one.as_dict() for one in corrected], "quantities": numbers}
