"""Serializers that refuse what they do not know."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from labnotebook.records.refusals import Refusal


class StrictSerializer(serializers.Serializer):
    """Refuse unknown fields by name, so that a misspelt one is never silently ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Check the names, then read the values."""
        if hasattr(data, "keys"):
            known = [name for name, field in self.fields.items() if not field.read_only]
            unknown = sorted(str(name) for name in data.keys() - set(known))
            if unknown:
                raise serializers.ValidationError(
                    {name: [f"Unknown field. Known here: {', '.join(known)}."] for name in unknown}
                )
        return super().to_internal_value(data)


def read_body(
    serializer_class: type[serializers.BaseSerializer], request: Request
) -> dict[str, Any]:
    """Return what was sent, read and checked; raise ValidationError with every fault by its field."""
    data = request.data
    stopped: Refusal | None = getattr(request._request, "upload_refusal", None)
    if stopped is not None:  # what came before it is not all that was sent
        raise stopped
    body = serializer_class(data=data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)
