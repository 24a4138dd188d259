"""Fields that take what a chemist types."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

LONGEST = 40


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "string", "maxLength": LONGEST}]})
class TypedNumberField(serializers.Field):
    """A number, or a number as typed ("0,5", "0.376 mmol"); digits are kept as text."""

    default_error_messages = {"not_a_number": "Give a number, or a number with its unit as text."}

    def to_internal_value(self, data: Any) -> str | Decimal:
        """Return text as it is, a JSON number as the decimal that its digits say."""
        if isinstance(data, bool) or not isinstance(data, int | float | str | Decimal):
            self.fail("not_a_number")
        if isinstance(data, str):
            if len(data) > LONGEST or "\x00" in data:
                self.fail("not_a_number")
            return data.strip()
        return Decimal(repr(data))

    def to_representation(self, value: Any) -> Any:
        """Return a number."""
        return float(value)


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": "string", "maxLength": 20}}
)
class LotsField(serializers.DictField):
    """Ingredient key -> code of a bottle or stock."""

    child = serializers.CharField(max_length=20, allow_blank=True)


class InstantField(serializers.DateTimeField):
    """A moment as it is kept, in UTC and not in the zone of the lab."""

    def to_representation(self, value: Any) -> Any:
        """Return the moment; the renderer writes it."""
        return value


@extend_schema_field(OpenApiTypes.OBJECT)
class ObjectField(serializers.JSONField):
    """An object whose keys the documentation names."""


class MaybeTextField(serializers.CharField):
    """A text of a row that need not be there; empty when it is not."""

    def get_attribute(self, instance: Any) -> str:
        """Return the text."""
        return super().get_attribute(instance) or ""
