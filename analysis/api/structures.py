"""Evidence of structures: which files say that a seed or a shell is there."""

from __future__ import annotations

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from analysis.api.phases import EvidenceSerializer
from analysis.models import Analysis, Measurement, StructureEvidence
from analysis.models.outcome import Part, Verdict
from analysis.services.structures import STANDS, name_evidence, withdraw_evidence
from analysis.services.subjects import pick_subject
from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body
from labnotebook.records.refusals import Refusal


class NamedEvidenceSerializer(EvidenceSerializer):
    """A file that was named for or against a part of a structure, withdrawn ones too."""

    batch = serializers.CharField(source="phase_assignment.batch.code")
    phase_assignment = serializers.IntegerField(
        source="phase_assignment_id", help_text="It counts while this phase stands."
    )
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = serializers.CharField(allow_blank=True)


class NameEvidenceSerializer(StrictSerializer):
    """A run of XPS or EDS (``analysis``), or a micrograph (``measurement``) with a note on what it shows."""

    batch = serializers.CharField(max_length=20)
    part = serializers.ChoiceField(choices=Part.choices)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    analysis = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    measurement = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class WithdrawEvidenceSerializer(StrictSerializer):
    """Why evidence is taken back."""

    reason = serializers.CharField(max_length=300)


class EvidenceFilter(filters.FilterSet):
    """Evidence of one batch, of one part, or what still stands."""

    batch = filters.CharFilter(field_name="phase_assignment__batch__code")
    part = filters.ChoiceFilter(choices=Part.choices)
    verdict = filters.ChoiceFilter(choices=Verdict.choices)
    current = filters.BooleanFilter(
        method="that_counts", help_text="Not withdrawn, of the phase that stands."
    )

    class Meta:
        model = StructureEvidence
        fields = ("batch", "part", "verdict", "current")

    def that_counts(self, rows, name: str, value: bool):
        """Keep what counts now, or what does not."""
        return rows.filter(STANDS) if value else rows.exclude(STANDS)


class StructureEvidenceViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """What was named for or against the seed and the shell of a batch. Nothing is confirmed by itself."""

    queryset = StructureEvidence.objects.select_related(
        "phase_assignment__batch", "measurement", "named_by"
    )
    serializer_class = NamedEvidenceSerializer
    filterset_class = EvidenceFilter

    @extend_schema(request=NameEvidenceSerializer, responses={201: NamedEvidenceSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Confirm a part of a batch's structure, or say that a file speaks against it."""
        given = read_body(NameEvidenceSerializer, request)
        batch = pick_subject(request.user, batch=given.pop("batch"))
        run, file = given.pop("analysis", None), given.pop("measurement", None)
        runs = Analysis.objects.filter(measurement__batch=batch)
        runs = runs.select_related("measurement__file").defer("reading", "result")
        files = Measurement.objects.filter(batch=batch).select_related("file")
        named = {
            "analysis": _one(runs, run, "analysis", batch.code),
            "measurement": _one(files, file, "measurement", batch.code),
        }

        def create() -> Response:
            made = name_evidence(by=request.user, batch=batch, **named, **given)
            return Response(NamedEvidenceSerializer(self.queryset.get(pk=made.pk)).data, status=201)

        return answer_once(request, create)

    @extend_schema(request=WithdrawEvidenceSerializer, responses=NamedEvidenceSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk: str) -> Response:
        """Take evidence back, with a reason."""
        evidence = self.get_object()
        given = read_body(WithdrawEvidenceSerializer, request)

        def withdraw() -> Response:
            made = withdraw_evidence(by=request.user, evidence=evidence, **given)
            return Response(NamedEvidenceSerializer(self.queryset.get(pk=made.pk)).data)

        return answer_once(request, withdraw)


def _one(rows, key: int | None, name: str, code: str):
    """Return the row of the batch with this key, None without one."""
    if key is None:
        return None
    found = rows.filter(pk=key).first()
    if found is None:
        raise Refusal(f"{code} has no {name} {key}.", field=name)
    return found
