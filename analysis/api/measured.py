"""What is said of a measurement: its file, its runs, what the newest found."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analysis.api.analyses import (
    AnalysisBriefSerializer,
    AnalysisSerializer,
    CurveSerializer,
    data_of,
)
from analysis.api.fields import AboutSerializer, FigureSerializer
from analysis.models import Analysis, Measurement
from analysis.services.lists import newest, scans_in
from analysis.techniques.registry import choices
from labnotebook.records.models import StoredFile


class FileSerializer(serializers.ModelSerializer):
    """A stored file, as it came."""

    class Meta:
        model = StoredFile
        fields = ("id", "name", "sha256", "size_bytes", "media_type", "uploaded_at")


class ScanSerializer(serializers.Serializer):
    """One scan of a file: a sample, an aliquot, a pixel, a range."""

    key = serializers.CharField()
    label = serializers.CharField(allow_blank=True)
    points = serializers.IntegerField()


class MeasurementSerializer(AboutSerializer):
    """One instrument file with its runs, newest first; ``analysis`` is the newest run.

    ``figures`` and ``warnings`` are those of the newest run; ``scans`` are what the file holds.
    """

    id = serializers.IntegerField()
    project = serializers.CharField(source="project.slug")
    simulated = serializers.BooleanField(
        source="project.is_simulated", help_text="Made up, not measured"
    )
    lot = serializers.CharField(source="lot.code", default=None, allow_null=True)
    layer = serializers.SerializerMethodField()
    technique = serializers.ChoiceField(choices=choices())
    file = FileSerializer()
    instrument = serializers.CharField(allow_blank=True)
    measured_with = serializers.CharField(
        source="measured_with.code",
        default=None,
        allow_null=True,
        help_text="Record of the instrument, whose calibration counts",
    )
    conditions = serializers.CharField(allow_blank=True)
    performed_at = serializers.DateTimeField(allow_null=True)
    uploaded_by = serializers.CharField(source="uploaded_by.username")
    created_at = serializers.DateTimeField()
    analysis = serializers.SerializerMethodField()
    analyses = AnalysisBriefSerializer(many=True, source="runs")
    figures = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()
    scans = serializers.SerializerMethodField()
    curves = serializers.SerializerMethodField(required=False)

    def get_layer(self, measurement: Measurement) -> str | None:
        """Return ``D-0001/3``: device, and place from the substrate, which is 0."""
        layer = measurement.layer
        return f"{layer.device.code}/{layer.index}" if layer else None

    @extend_schema_field(AnalysisSerializer(allow_null=True))
    def get_analysis(self, measurement: Measurement) -> dict[str, Any] | None:
        """Return the newest run."""
        run = newest(measurement)
        return AnalysisSerializer(run).data if run else None

    @extend_schema_field(FigureSerializer(many=True))
    def get_figures(self, measurement: Measurement) -> list[dict[str, Any]]:
        """Return the figures of the newest run."""
        return self._light(measurement, "figures")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_warnings(self, measurement: Measurement) -> list[str]:
        """Return what the reader and the method of the newest run warn of."""
        return [
            *self._light(measurement, "reading_warnings"),
            *self._light(measurement, "warnings"),
        ]

    @extend_schema_field(ScanSerializer(many=True))
    def get_scans(self, measurement: Measurement) -> list[dict[str, Any]]:
        """Return the scans of the file, as the newest run that read it found them."""
        return scans_in(measurement.runs)

    @staticmethod
    def _light(measurement: Measurement, name: str) -> list[Any]:
        run = newest(measurement)
        return (run.light[name] if run else None) or []

    @extend_schema_field(CurveSerializer(many=True, allow_null=True))
    def get_curves(self, measurement: Measurement) -> list[dict[str, Any]] | None:
        """Return the curves of the newest run when they were asked for with ``?curves=1``."""
        run = newest(measurement)
        if not self.context.get("curves") or run is None:
            return None
        return data_of(Analysis.objects.get(pk=run.pk))["curves"]
