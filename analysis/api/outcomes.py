"""Outcomes: the numbers that people stand for."""

from __future__ import annotations

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.response import Response

from analysis.api.fields import AboutSerializer
from analysis.models import Outcome
from analysis.quantity import SUBJECTS
from analysis.services.outcomes import type_outcome
from analysis.services.subjects import pick_subject
from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body


class OutcomeSerializer(AboutSerializer):
    """An accepted number, its origin, and since when it no longer holds."""

    id = serializers.IntegerField()
    quantity = serializers.CharField()
    value = serializers.FloatField()
    typed_text = serializers.CharField(allow_blank=True)
    uncertainty = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    label = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    warnings = serializers.ListField(
        child=serializers.CharField(),
        help_text="What reader and method warned of when it was accepted.",
    )
    analysis = serializers.IntegerField(source="analysis_id", allow_null=True)
    measurement = serializers.IntegerField(
        source="analysis.measurement_id", default=None, allow_null=True
    )
    accepted_by = serializers.CharField(source="accepted_by.username")
    accepted_at = serializers.DateTimeField()
    superseded_at = serializers.DateTimeField(allow_null=True)


class TypedSerializer(StrictSerializer):
    """A number measured elsewhere; its digits are kept as typed."""

    batch = serializers.CharField(required=False, max_length=20)
    device = serializers.CharField(required=False, max_length=20)
    pixel = serializers.CharField(required=False, max_length=42)
    quantity = serializers.CharField(max_length=40)
    value = serializers.CharField(max_length=60)
    uncertainty = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class OutcomeFilter(filters.FilterSet):
    """Outcomes of one subject or quantity."""

    batch = filters.CharFilter(field_name="batch__code")
    device = filters.CharFilter(field_name="device__code")
    quantity = filters.CharFilter()
    current = filters.BooleanFilter(field_name="superseded_at", lookup_expr="isnull")

    class Meta:
        model = Outcome
        fields = ("batch", "device", "quantity", "current")


class OutcomeViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """Accepted and typed numbers. A later one supersedes an earlier one; both stay."""

    queryset = Outcome.objects.select_related(
        "batch", "device", "pixel__device", "analysis", "accepted_by"
    ).defer("analysis__reading", "analysis__result")
    serializer_class = OutcomeSerializer
    filterset_class = OutcomeFilter

    @extend_schema(request=TypedSerializer, responses={201: OutcomeSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Type a number, such as a quantum yield from the sphere."""
        given = read_body(TypedSerializer, request)
        named = {name: given.pop(name, None) for name in SUBJECTS}
        subject = pick_subject(request.user, **named)

        def create() -> Response:
            made = type_outcome(
                by=request.user,
                subject=subject,
                quantity=given["quantity"],
                text=given["value"],
                uncertainty_text=given["uncertainty"],
                note=given["note"],
            )
            return Response(OutcomeSerializer(made).data, status=201)

        return answer_once(request, create)
