"""What is said when an analysis is accepted."""

from __future__ import annotations

from rest_framework import serializers

from analysis.models.outcome import Phase, Structure
from labnotebook.records.api import StrictSerializer


class AcceptSerializer(StrictSerializer):
    """Which figures, and how the verdict is corrected."""

    quantities = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=100
    )
    phase = serializers.ChoiceField(choices=Phase.choices, required=False)
    structure = serializers.ChoiceField(choices=Structure.choices, required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
