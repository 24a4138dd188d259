"""Analyses: look at one, take its data, accept or reject it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from analysis.api.acceptance import AcceptSerializer
from analysis.api.accepts import AcceptSeveralMixin
from analysis.api.fields import FigureSerializer, ObjectField
from analysis.models import Analysis
from analysis.services.lists import light_analyses
from analysis.services.outcomes import accept_analysis, reject_analysis
from labnotebook.records.api import (
    RecordViewSet,
    StrictSerializer,
    Waits,
    answer_once,
    read_body,
    require_match,
)
from labnotebook.records.models.role import read_by

ONE_FIGURE = FigureSerializer(many=True)


class ResultSerializer(serializers.Serializer):
    """What a method found, less figures and curves."""

    summary = serializers.CharField(allow_blank=True)
    warnings = serializers.ListField(child=serializers.CharField())
    phase = serializers.CharField(allow_null=True)
    structure = serializers.CharField(allow_null=True)
    detail = ObjectField()


class AnalysisBriefSerializer(serializers.Serializer):
    """One run, in a list of runs."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Analysis.State.choices)
    method = serializers.CharField()
    method_version = serializers.CharField(allow_blank=True)
    failure = serializers.CharField(allow_blank=True)
    scan = serializers.CharField(
        allow_blank=True, help_text="Key of the scan it was asked for; empty: the only one."
    )
    accepted_at = serializers.DateTimeField(allow_null=True)
    rejected_at = serializers.DateTimeField(allow_null=True)


class AnalysisSerializer(AnalysisBriefSerializer):
    """One run of one method, read through `light_analyses`."""

    measurement = serializers.IntegerField(source="measurement_id")
    parameters = ObjectField()
    figures = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()
    provenance = ObjectField()
    asked_by = serializers.CharField(source="asked_by.username")
    accepted_by = serializers.CharField(
        source="accepted_by.username", default=None, allow_null=True
    )
    rejected_reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(ONE_FIGURE)
    def get_figures(self, analysis: Analysis) -> list[dict[str, Any]]:
        """Return the figures of merit, none while it is not done."""
        return analysis.light["figures"] or []

    @extend_schema_field(ResultSerializer(allow_null=True))
    def get_result(self, analysis: Analysis) -> dict[str, Any] | None:
        """Return summary, warnings, verdict and evidence; None while it is not done."""
        if analysis.state != Analysis.State.DONE:
            return None
        return {name: analysis.light[name] for name in ResultSerializer().fields}


class ChannelSerializer(serializers.Serializer):
    """One column of the file."""

    name = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    label = serializers.CharField(allow_blank=True)
    values = serializers.ListField(child=serializers.FloatField(allow_null=True))


class CurveSerializer(serializers.Serializer):
    """A line to draw over the data."""

    name = serializers.CharField()
    kind = serializers.CharField()
    x = serializers.ListField(child=serializers.FloatField(allow_null=True))
    y = serializers.ListField(child=serializers.FloatField(allow_null=True))


class DataSerializer(serializers.Serializer):
    """Channels and curves, at most 4000 points each; ``points`` is how many the file has."""

    points = serializers.IntegerField()
    channels = ChannelSerializer(many=True)
    curves = CurveSerializer(many=True)
    metadata = ObjectField()
    warnings = serializers.ListField(child=serializers.CharField())


class RejectSerializer(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=300)


def data_of(analysis: Analysis) -> dict[str, Any]:
    """Return the stored arrays of an analysis read whole."""
    reading = analysis.reading or {}
    return {
        "points": reading.get("points", 0),
        "channels": reading.get("channels", []),
        "curves": (analysis.result or {}).get("curves", []),
        "metadata": reading.get("metadata", {}),
        "warnings": reading.get("warnings", []),
    }


class AnalysisViewSet(AcceptSeveralMixin, Waits, mixins.RetrieveModelMixin, RecordViewSet):
    """Runs of methods on measurements. A finished run is never changed, only accepted or rejected."""

    queryset = Analysis.objects.all()
    serializer_class = AnalysisSerializer
    extra_query_parameters = frozenset()

    def get_queryset(self):
        """Return the analyses of measurements that the person may see."""
        if getattr(self, "swagger_fake_view", False):
            return Analysis.objects.none()
        rows = Analysis.objects.all() if self.action == "data" else light_analyses()
        return rows.filter(read_by(self.request.user, "measurement__project")).select_related(
            "measurement__project",
            "measurement__batch",
            "measurement__device",
            "measurement__pixel__device",
        )

    def is_final(self, analysis: Analysis) -> bool:
        """Whether the worker is done with it."""
        return analysis.state in (Analysis.State.DONE, Analysis.State.FAILED)

    def retrieve(self, request, *args, **kwargs) -> Response:
        """Return one run; its ETag is its version."""
        return self._answer(self.get_object())

    @extend_schema(request=AcceptSerializer, responses=AnalysisSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request, pk=None) -> Response:
        """Accept figures as outcomes; an XRD verdict becomes the phase of the batch.

        With If-Match, only if nobody decided on it meanwhile; what was rejected needs it. Accepting
        the same twice changes nothing.
        """
        analysis = self.get_object()
        said = read_body(AcceptSerializer, request)

        def accept() -> Response:
            version = self._version(analysis)
            accept_analysis(by=request.user, analysis=analysis, version=version, **said)
            return self._answer(self.get_object())

        return answer_once(request, accept)

    @extend_schema(request=RejectSerializer, responses=AnalysisSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request, pk=None) -> Response:
        """Reject the run with a reason; what was accepted from it is withdrawn."""
        analysis = self.get_object()
        said = read_body(RejectSerializer, request)

        def reject() -> Response:
            version = self._version(analysis)
            reject_analysis(by=request.user, analysis=analysis, version=version, **said)
            return self._answer(self.get_object())

        return answer_once(request, reject)

    @extend_schema(responses=DataSerializer)
    @action(detail=True, methods=["get"])
    def data(self, request, pk=None) -> Response:
        """Return the channels of the file and the curves of the method, thinned for drawing."""
        return Response(data_of(self.get_object()))

    def _version(self, analysis: Analysis) -> int | None:
        """Return the version that the client saw, when it says so; refuse an older one."""
        if not self.request.headers.get("If-Match"):
            return None
        return require_match(self.request, analysis, body=lambda: AnalysisSerializer(analysis).data)

    def _answer(self, analysis: Analysis) -> Response:
        return Response(AnalysisSerializer(analysis).data, headers={"ETag": analysis.etag})
