"""Phases: what people say that batches are."""

from __future__ import annotations

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.response import Response

from analysis.api.fields import FiniteFloatField
from analysis.models import PhaseAssignment, StructureEvidence
from analysis.models.outcome import (
    Part,
    Phase,
    PhaseEvidence,
    Structure,
    StructureLevel,
    Verdict,
)
from analysis.services.phases import assign_phase
from analysis.services.subjects import pick_subject
from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body


class PhaseScoreSerializer(serializers.Serializer):
    """The batch's forecast held against this phase; lower scores are better."""

    forecast = serializers.IntegerField(source="forecast_id")
    probability = serializers.FloatField()
    log_score = serializers.FloatField()
    brier = serializers.FloatField()
    hit = serializers.BooleanField()


class EvidenceSerializer(serializers.Serializer):
    """A file that a person named for or against a part of a structure."""

    id = serializers.IntegerField()
    part = serializers.ChoiceField(choices=Part.choices)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    measurement = serializers.IntegerField(source="measurement_id")
    technique = serializers.CharField(source="measurement.technique")
    analysis = serializers.IntegerField(
        source="analysis_id", allow_null=True, help_text="The run that found it; null: a picture."
    )
    note = serializers.CharField(allow_blank=True)
    named_by = serializers.CharField(source="named_by.username")
    named_at = serializers.DateTimeField()


class PartSerializer(serializers.Serializer):
    """A part of a structure, and how sure it is."""

    part = serializers.ChoiceField(choices=Part.choices)
    level = serializers.ChoiceField(choices=StructureLevel.choices)


class PhaseSerializer(serializers.Serializer):
    """A phase, who says so and why, and how the forecast did."""

    id = serializers.IntegerField()
    batch = serializers.CharField(source="batch.code")
    phase = serializers.ChoiceField(choices=Phase.choices)
    structure = serializers.CharField(allow_blank=True)
    structure_level = serializers.ChoiceField(
        choices=StructureLevel.choices,
        allow_blank=True,
        help_text="Expected by rule until evidence is named for every part; empty: no structure.",
    )
    structure_parts = PartSerializer(many=True, help_text="What it has beside its core")
    structure_evidence = EvidenceSerializer(
        many=True, source="standing_evidence", help_text="What stands; see structure-evidence/"
    )
    analysis = serializers.IntegerField(source="analysis_id", allow_null=True)
    evidence = serializers.ChoiceField(
        choices=PhaseEvidence.choices, help_text="What it rests on; none: a guess, never scored"
    )
    confidence = serializers.FloatField(
        allow_null=True, help_text="That it is right; null: not said"
    )
    reason = serializers.CharField(allow_blank=True)
    accepted_by = serializers.CharField(source="accepted_by.username")
    accepted_at = serializers.DateTimeField()
    superseded_at = serializers.DateTimeField(allow_null=True)
    score = PhaseScoreSerializer(
        source="counted_score",
        allow_null=True,
        default=None,
        help_text="Null where nothing counts: no named evidence, or entered after it was made",
    )


class AssignSerializer(StrictSerializer):
    """A phase on evidence that is not an analysis in this notebook."""

    batch = serializers.CharField(max_length=20)
    phase = serializers.ChoiceField(choices=Phase.choices)
    structure = serializers.ChoiceField(
        choices=Structure.choices,
        required=False,
        allow_blank=True,
        help_text="Left out, the one that stands is kept while the phase stays the same; empty: not known.",
    )
    evidence = serializers.ChoiceField(
        choices=[one for one in PhaseEvidence.choices if one[0] != PhaseEvidence.XRD],
        default=PhaseEvidence.NONE.value,
        help_text="What it rests on. With none it is kept as a guess: neither scored nor learned from.",
    )
    confidence = FiniteFloatField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=1,
        help_text="That it is right, above 0 and up to 1",
    )
    reason = serializers.CharField(max_length=2000, help_text="What was seen, and where")


class PhaseFilter(filters.FilterSet):
    """Phases of one batch, or batches of one phase."""

    batch = filters.CharFilter(field_name="batch__code")
    phase = filters.ChoiceFilter(choices=Phase.choices)
    current = filters.BooleanFilter(field_name="superseded_at", lookup_expr="isnull")

    class Meta:
        model = PhaseAssignment
        fields = ("batch", "phase", "current")


class PhaseViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """Phase assignments. A correction supersedes the earlier one; both stay."""

    queryset = PhaseAssignment.objects.select_related(
        "batch", "accepted_by", "score"
    ).prefetch_related(
        Prefetch(
            "structure_evidence",
            StructureEvidence.objects.select_related("measurement", "named_by"),
        )
    )
    serializer_class = PhaseSerializer
    filterset_class = PhaseFilter

    @extend_schema(request=AssignSerializer, responses={201: PhaseSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Say what a batch is, with the evidence in words."""
        given = read_body(AssignSerializer, request)
        batch = pick_subject(request.user, batch=given.pop("batch"))

        def create() -> Response:
            made = assign_phase(by=request.user, batch=batch, **given)
            return Response(PhaseSerializer(self.queryset.get(pk=made.pk)).data, status=201)

        return answer_once(request, create)
