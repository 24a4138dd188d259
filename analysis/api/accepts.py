"""Several analyses accepted in one call, each answered by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from analysis.api.acceptance import AcceptSerializer
from analysis.services.outcomes import accept_analysis
from labnotebook.records.refusals import NotPermitted, Refusal

MOST = 500


class AcceptOneSerializer(AcceptSerializer):
    """One analysis: which of its figures, and how the verdict is corrected."""

    analysis = serializers.IntegerField(min_value=1)
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="That you saw: refused where somebody decided meanwhile",
    )


class AcceptRefusedSerializer(serializers.Serializer):
    """One entry that was not taken."""

    index = serializers.IntegerField(help_text="Its place in the list, from 0")
    analysis = serializers.IntegerField(allow_null=True)
    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class AcceptedSerializer(serializers.Serializer):
    """What became of the entries."""

    accepted = serializers.ListField(child=serializers.IntegerField())
    refused = AcceptRefusedSerializer(many=True)


class AcceptSeveralMixin:
    """A list of analyses to accept; beside a viewset of them."""

    get_queryset: Callable[[], Any]

    @extend_schema(
        operation_id="analyses_accept_several",
        request=AcceptOneSerializer(many=True),
        responses=forced_singular_serializer(AcceptedSerializer),
    )
    @action(detail=False, methods=["post"], url_path="accept", url_name="accept-several")
    def accept_several(self, request: Any) -> Response:
        """Accept figures of up to 500 analyses, each in a transaction of its own: a refused one holds back no other.

        Accepting the same twice changes nothing. When every entry was refused, the answer is 400 and names each.
        """
        if not isinstance(request.data, list):
            raise Refusal('Send a list, such as [{"analysis": 17}, {"analysis": 18}].')
        if len(request.data) > MOST:
            raise Refusal(f"Send at most {MOST} entries at a time.")
        accepted, refused = [], []
        for index, entry in enumerate(request.data):
            try:
                accepted.append(self._accept(request.user, entry))
            except (Refusal, NotPermitted, serializers.ValidationError) as no:
                named = entry.get("analysis") if isinstance(entry, dict) else None
                known = named if isinstance(named, int) and not isinstance(named, bool) else None
                for field, message in _said(no):
                    told = {"index": index, "analysis": known, "field": field, "message": message}
                    refused.append(told)
        if refused and not accepted:
            raise serializers.ValidationError(
                {f"{one['index']}.{one['field']}".rstrip("."): [one["message"]] for one in refused}
            )
        return Response({"accepted": accepted, "refused": refused})

    def _accept(self, user: Any, entry: Any) -> int:
        body = AcceptOneSerializer(data=entry)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        key = said.pop("analysis")
        analysis = self.get_queryset().filter(pk=key).first()
        if analysis is None:
            raise Refusal(f"There is no analysis {key} for you.", field="analysis")
        accept_analysis(by=user, analysis=analysis, **said)
        return key


def _said(no: Exception) -> list[tuple[str, str]]:
    """Return why, by field."""
    if isinstance(no, Refusal):
        return [(no.field, no.sentence)]
    if isinstance(no, serializers.ValidationError) and isinstance(no.detail, dict):
        return [(name, " ".join(map(str, said))) for name, said in no.detail.items()]
    return [("", str(no))]
