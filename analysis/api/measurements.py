"""Measurements: upload a file, poll its analysis, run it again."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_field,
)
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from analysis.api.analyses import (
    AnalysisBriefSerializer,
    AnalysisSerializer,
    CurveSerializer,
    data_of,
)
from analysis.api.fields import AboutSerializer, ObjectField
from analysis.models import Analysis, Measurement
from analysis.quantity import SUBJECTS
from analysis.services.lists import light_analyses, newest, with_analyses
from analysis.services.measurements import add_measurement, analyse_again
from analysis.services.subjects import pick_subject
from analysis.techniques.registry import choices
from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body
from labnotebook.records.api.parsing import JsonParser
from labnotebook.records.models import StoredFile
from labnotebook.records.services.files import hashed


class FileSerializer(serializers.ModelSerializer):
    """A stored file, as it came."""

    class Meta:
        model = StoredFile
        fields = ("id", "name", "sha256", "size_bytes", "media_type", "uploaded_at")


class MeasurementSerializer(AboutSerializer):
    """One instrument file with its runs, newest first; ``analysis`` is the newest run."""

    id = serializers.IntegerField()
    project = serializers.CharField(source="project.slug")
    simulated = serializers.BooleanField(
        source="project.is_simulated", help_text="Made up, not measured"
    )
    technique = serializers.ChoiceField(choices=choices())
    file = FileSerializer()
    instrument = serializers.CharField(allow_blank=True)
    conditions = serializers.CharField(allow_blank=True)
    performed_at = serializers.DateTimeField(allow_null=True)
    uploaded_by = serializers.CharField(source="uploaded_by.username")
    created_at = serializers.DateTimeField()
    analysis = serializers.SerializerMethodField()
    analyses = AnalysisBriefSerializer(many=True, source="runs")
    curves = serializers.SerializerMethodField(required=False)

    @extend_schema_field(AnalysisSerializer(allow_null=True))
    def get_analysis(self, measurement: Measurement) -> dict[str, Any] | None:
        """Return the newest run."""
        run = newest(measurement)
        return AnalysisSerializer(run).data if run else None

    @extend_schema_field(CurveSerializer(many=True, allow_null=True))
    def get_curves(self, measurement: Measurement) -> list[dict[str, Any]] | None:
        """Return the curves of the newest run when they were asked for with ``?curves=1``."""
        run = newest(measurement)
        if not self.context.get("curves") or run is None:
            return None
        return data_of(Analysis.objects.get(pk=run.pk))["curves"]


class UploadSerializer(StrictSerializer):
    """An upload: exactly one of batch, device and pixel, and the file."""

    batch = serializers.CharField(required=False, max_length=20, help_text="Code of the batch.")
    device = serializers.CharField(required=False, max_length=20, help_text="Code of the device.")
    pixel = serializers.CharField(
        required=False, max_length=42, help_text="D-0001/P1, or the number of the pixel."
    )
    technique = serializers.ChoiceField(choices=choices())
    file = serializers.FileField()
    instrument = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    conditions = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    performed_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    parameters = ObjectField(required=False, help_text="Settings of the method, as JSON.")


class AnalyseSerializer(StrictSerializer):
    """Settings of another run; what is left out takes the method's default."""

    parameters = ObjectField(required=False)
    method = serializers.CharField(required=False, max_length=40)


class MeasurementFilter(filters.FilterSet):
    """Measurements of one subject or technique."""

    batch = filters.CharFilter(field_name="batch__code")
    device = filters.CharFilter(field_name="device__code")
    technique = filters.ChoiceFilter(choices=choices())

    class Meta:
        model = Measurement
        fields = ("batch", "device", "technique")


class MeasurementViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """Instrument files. Uploading one asks for its analysis; nothing is ever overwritten."""

    queryset = Measurement.objects.all()
    serializer_class = MeasurementSerializer
    filterset_class = MeasurementFilter
    extra_query_parameters = frozenset({"curves"})
    parser_classes = [MultiPartParser, JsonParser]

    def get_queryset(self):
        """Return what the person may see, with light analyses."""
        return with_analyses(super().get_queryset())

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "curves", OpenApiTypes.STR, enum=["1"], description="1: the curves as well."
            )
        ]
    )
    def retrieve(self, request, *args, **kwargs) -> Response:
        """Return one measurement; poll it until ``analysis.state`` is done or failed."""
        wanted = request.query_params.get("curves")
        if wanted not in (None, "1"):
            raise serializers.ValidationError({"curves": ["Write curves=1, or leave it out."]})
        measurement = self.get_object()
        body = MeasurementSerializer(measurement, context={"curves": wanted})
        return Response(body.data, headers={"ETag": measurement.etag})

    @extend_schema(
        request={"multipart/form-data": UploadSerializer},
        responses={
            201: PolymorphicProxySerializer(
                "MeasurementOrMeasurements",
                [MeasurementSerializer, MeasurementSerializer(many=True)],
                resource_type_field_name=None,
                many=False,
            )
        },
    )
    def create(self, request, *args, **kwargs) -> Response:
        """Keep a file and ask for its analysis; ``analysis.state`` is then waiting.

        Several parts called ``file`` make one measurement each, all or none; the answer is their list.
        """
        given = read_body(UploadSerializer, request)
        named = {name: given.pop(name, None) for name in SUBJECTS}
        subject = pick_subject(request.user, **named)
        last = given.pop("file")
        files = request.data.getlist("file") if hasattr(request.data, "getlist") else [last]

        def create() -> Response:
            made = [
                add_measurement(by=request.user, subject=subject, upload=hashed(file), **given)
                for file in files
            ]
            rows = {row.pk: row for row in self.get_queryset().filter(pk__in=[m.pk for m in made])}
            bodies = [MeasurementSerializer(rows[one.pk]).data for one in made]
            if len(made) > 1:
                return Response(bodies, status=201)
            location = request.build_absolute_uri(f"{request.path.rstrip('/')}/{made[0].pk}/")
            return Response(bodies[0], status=201, headers={"Location": location})

        return answer_once(request, create)

    @extend_schema(request=AnalyseSerializer, responses={201: AnalysisSerializer})
    @action(detail=True, methods=["post"])
    def analyse(self, request, pk=None) -> Response:
        """Run the analysis again with other settings; the earlier runs stay."""
        measurement = self.get_object()
        said = read_body(AnalyseSerializer, request)

        def again() -> Response:
            run = analyse_again(by=request.user, measurement=measurement, **said)
            data = AnalysisSerializer(light_analyses().get(pk=run.pk)).data
            return Response(data, status=201)

        return answer_once(request, again)
