"""The graph of a batch or bottle, as the API tells it."""

from __future__ import annotations

from rest_framework import serializers


class AmountSerializer(serializers.Serializer):
    """An amount with its standard uncertainty, null where nobody said one."""

    value = serializers.FloatField()
    unit = serializers.CharField(help_text="mg or mL")
    uncertainty = serializers.FloatField(allow_null=True)


class NodeSerializer(serializers.Serializer):
    """One bottle, stock, batch, layer or device."""

    kind = serializers.CharField(help_text="lot, stock, batch, layer or device")
    code = serializers.CharField()
    name = serializers.CharField()
    state = serializers.CharField(allow_blank=True)
    side = serializers.ChoiceField(
        ["origin", "self", "product"], help_text="Went into it, is it, or was made of it"
    )
    held = AmountSerializer(allow_null=True, help_text="What a bottle held at first")
    left = AmountSerializer(allow_null=True, help_text="What a bottle holds now")


class EdgeSerializer(serializers.Serializer):
    """What of one went into the other; the amount is null when nobody recorded it."""

    to = serializers.CharField()
    label = serializers.CharField()
    amount = serializers.FloatField(allow_null=True)
    uncertainty = serializers.FloatField(allow_null=True, help_text="Standard, of the amount")
    planned = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Name where it comes from; ``from`` is no name in Python."""
        return {"from": serializers.CharField(), **super().get_fields()}


class LineageSerializer(serializers.Serializer):
    """Nodes by code, and edges that lead from what was poured to what it went into."""

    nodes = NodeSerializer(many=True)
    edges = EdgeSerializer(many=True)
    cut = serializers.CharField(
        allow_blank=True, help_text="Empty, or the sentence that this is not all of it"
    )
