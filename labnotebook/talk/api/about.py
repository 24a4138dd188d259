"""What a comment or a task is about, as the API says and asks it."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labnotebook.records.api import StrictSerializer
from labnotebook.records.asked import whole_number


class AboutSerializer(serializers.Serializer):
    """Exactly one of ``batch``, ``device`` and ``measurement`` is not null."""

    id = serializers.IntegerField()
    project = serializers.CharField(source="project.slug")
    batch = serializers.SerializerMethodField(help_text="Code of a batch or a run")
    device = serializers.SerializerMethodField(help_text="Code")
    measurement = serializers.IntegerField(source="measurement_id", allow_null=True)
    page = serializers.CharField(source="address", help_text="Where it stands")

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_batch(self, row: Any) -> str | None:
        """Return the code of the batch."""
        return row.batch and row.batch.code

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_device(self, row: Any) -> str | None:
        """Return the code of the device."""
        return row.device and row.device.code


class AboutRequestSerializer(StrictSerializer):
    """Name exactly one record."""

    batch = serializers.CharField(max_length=20, required=False, help_text="Code, also of a run")
    device = serializers.CharField(max_length=20, required=False, help_text="Code")
    measurement = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class AboutFilter(filters.FilterSet):
    """Those of one project or on one record."""

    project = filters.CharFilter(field_name="project__slug")
    batch = filters.CharFilter(field_name="batch__code")
    device = filters.CharFilter(field_name="device__code")
    measurement = filters.CharFilter(method="of_measurement", label="Its number")

    def of_measurement(self, rows: Any, name: str, said: str) -> Any:
        """Return the rows about one measurement."""
        key = whole_number(said)
        if key is None:
            raise serializers.ValidationError({name: ["The number of a measurement."]})
        return rows.filter(measurement=key)
