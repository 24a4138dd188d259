"""The graph of a batch or bottle, as the API tells it."""

from __future__ import annotations

from rest_framework import serializers


class NodeSerializer(serializers.Serializer):
    """One bottle, stock, batch, layer or device."""

    kind = serializers.CharField(help_text="lot, stock, batch, layer or device")
    code = serializers.CharField()
    name = serializers.CharField()
    state = serializers.CharField(allow_blank=True)


class EdgeSerializer(serializers.Serializer):
    """What of one went into the other; the amount is null when nobody recorded it."""

    to = serializers.CharField()
    label = serializers.CharField()
    amount = serializers.FloatField(allow_null=True)
    planned = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Name where it comes from; ``from`` is no name in Python."""
        return {"from": serializers.CharField(), **super().get_fields()}


class LineageSerializer(serializers.Serializer):
    """Nodes by code, and edges that lead from what was poured to what it went into."""

    nodes = NodeSerializer(many=True)
    edges = EdgeSerializer(many=True)
