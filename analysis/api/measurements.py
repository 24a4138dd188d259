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
from analysis.api.fields import AboutSerializer, FigureSerializer, ObjectField
from analysis.models import Analysis, Measurement
from analysis.services.column_mappings import remember_columns
from analysis.services.lists import light_analyses, newest, scans_in, with_analyses
from analysis.services.measurements import add_each
from analysis.services.measuring_instruments import name_instrument
from analysis.services.runs import EVERY_SCAN, analyse_again, analyse_every_scan
from analysis.services.scans_on_pixels import ScanOnPixel, file_scans, scans_on_pixels
from analysis.services.subjects import COLUMNS, pick_measured
from analysis.technique import COLUMNS as HEADS
from analysis.techniques.registry import choices
from labnotebook.records.api import (
    RecordViewSet,
    StrictSerializer,
    answer_once,
    read_body,
    require_match,
)
from labnotebook.records.api.parsing import JsonParser
from labnotebook.records.api.schema import MAY_MATCH
from labnotebook.records.models import StoredFile
from labnotebook.records.services.files import hashed


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


class EachFileSerializer(serializers.Serializer):
    """One part of an upload of several: what became of it."""

    file = serializers.CharField(help_text="Its name")
    measurement = MeasurementSerializer(allow_null=True)
    refused = serializers.CharField(allow_blank=True, help_text="Why it was not kept")


class UploadSerializer(StrictSerializer):
    """An upload: exactly one of batch, device, pixel, lot and layer, and the file."""

    batch = serializers.CharField(required=False, max_length=20, help_text="Code of the batch.")
    device = serializers.CharField(required=False, max_length=20, help_text="Code of the device.")
    pixel = serializers.CharField(
        required=False, max_length=42, help_text="D-0001/P1, or the number of the pixel."
    )
    lot = serializers.CharField(required=False, max_length=20, help_text="Code of the bottle.")
    layer = serializers.CharField(
        required=False,
        max_length=30,
        help_text="D-0001/3: device, and place from the substrate, 0.",
    )
    technique = serializers.ChoiceField(choices=choices())
    file = serializers.FileField(allow_empty_file=True)  # an empty one is named by its name
    instrument = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    measured_with = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=20,
        default="",
        help_text="Code of the instrument's record.",
    )
    conditions = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    performed_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    parameters = ObjectField(required=False, help_text="Settings of the method, as JSON.")
    sure = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Keep also what is there already, or is named for something else.",
    )


class AnalyseSerializer(StrictSerializer):
    """Settings of another run; what is left out takes the method's default."""

    parameters = ObjectField(required=False)
    method = serializers.CharField(required=False, max_length=40)
    remember = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Keep `columns` of the parameters for the next file of this kind.",
    )
    measured_with = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=20,
        help_text="Code of the instrument's record, empty for none. Left out: as it is. Another than stands there"
        " needs If-Match.",
    )
    scan = serializers.CharField(
        required=False,
        max_length=20,
        help_text="Key of one of the file's scans, or all: one run of each. Left out: that of the last run.",
    )


class ScanOnPixelSerializer(ScanSerializer):
    """One scan of a file of a device, and the pixel that it is of."""

    pixel = serializers.CharField(
        allow_blank=True, help_text="Its label; empty where nothing says which, and it is asked."
    )
    is_new = serializers.BooleanField(help_text="The device lacks it; filing makes it.")
    measurements = serializers.SerializerMethodField(
        help_text="Of this scan, filed already and not rejected."
    )

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_measurements(self, scan: ScanOnPixel) -> list[int]:
        """Return their numbers."""
        return [one.pk for one in scan.filed]


class OnPixelsSerializer(StrictSerializer):
    """Which scan is of which pixel."""

    pixels = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=20),
        required=False,
        help_text="Label of the pixel by key of the scan; only these are filed. Left out: what is not filed"
        " yet, each as its label says.",
    )


class MeasurementFilter(filters.FilterSet):
    """Measurements of one subject or technique."""

    batch = filters.CharFilter(field_name="batch__code")
    device = filters.CharFilter(field_name="device__code")
    lot = filters.CharFilter(field_name="lot__code")
    technique = filters.ChoiceFilter(choices=choices())

    class Meta:
        model = Measurement
        fields = ("batch", "device", "lot", "technique")


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
                "MeasurementOrEachFile",
                [MeasurementSerializer, EachFileSerializer(many=True)],
                resource_type_field_name=None,
                many=False,
            )
        },
    )
    def create(self, request, *args, **kwargs) -> Response:
        """Keep a file and ask for its analysis; ``analysis.state`` is then waiting.

        Several parts called ``file`` make one measurement each. The answer is a list, one row for each part:
        its measurement, or why it was not kept; the others are. When none could be kept, the answer is 400.
        """
        given = read_body(UploadSerializer, request)
        named = {name: given.pop(name, None) for name in COLUMNS.values()}
        subject = pick_measured(request.user, **named)
        last = given.pop("file")
        files = request.data.getlist("file") if hasattr(request.data, "getlist") else [last]

        def create() -> Response:
            kept = add_each(by=request.user, subject=subject, uploads=map(hashed, files), **given)
            made = [one.measurement.pk for one in kept if one.measurement]
            rows = self.get_queryset().in_bulk(made)
            if len(kept) == 1:
                location = request.build_absolute_uri(f"{request.path.rstrip('/')}/{made[0]}/")
                body = MeasurementSerializer(rows[made[0]]).data
                return Response(body, status=201, headers={"Location": location})
            bodies = [
                {
                    "file": one.name,
                    "measurement": rows[one.measurement.pk] if one.measurement else None,
                    "refused": one.refused,
                }
                for one in kept
            ]
            return Response(EachFileSerializer(bodies, many=True).data, status=201)

        return answer_once(request, create)

    @extend_schema(
        parameters=[MAY_MATCH],
        request=AnalyseSerializer,
        responses={
            201: PolymorphicProxySerializer(
                "AnalysisOrAnalyses",
                [AnalysisSerializer, AnalysisSerializer(many=True)],
                resource_type_field_name=None,
                many=False,
            )
        },
    )
    @action(detail=True, methods=["post"])
    def analyse(self, request, pk=None) -> Response:
        """Run the analysis again with other settings, or of another scan; the earlier runs stay.

        With ``"scan": "all"`` the answer is a list, one run of each scan. With If-Match, only if nobody changed
        the measurement meanwhile; naming another instrument than stands there needs it.
        """
        measurement = self.get_object()
        said = read_body(AnalyseSerializer, request)

        def again() -> Response:
            remember = said.pop("remember", False)
            code = said.pop("measured_with", None)
            version = self._version(measurement, code)
            if code is not None:
                now = measurement.measured_with
                seen = now.code if now else ""
                name_instrument(
                    by=request.user, measurement=measurement, code=code, seen=seen, version=version
                )
            if said.get("scan") == EVERY_SCAN:
                wanted = {name: value for name, value in said.items() if name != "scan"}
                made = analyse_every_scan(by=request.user, measurement=measurement, **wanted)
                rows = light_analyses().in_bulk([run.pk for run in made])
                in_order = [rows[run.pk] for run in made]
                return Response(AnalysisSerializer(in_order, many=True).data, status=201)
            run = analyse_again(by=request.user, measurement=measurement, **said)
            if remember:
                columns = run.parameters.get(HEADS, "")
                remember_columns(by=request.user, measurement=measurement, columns=columns)
            data = AnalysisSerializer(light_analyses().get(pk=run.pk)).data
            return Response(data, status=201)

        return answer_once(request, again)

    @extend_schema(responses={200: ScanOnPixelSerializer(many=True)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def pixels(self, request, pk=None) -> Response:
        """Return the scans of a file of a device, each with the pixel that its label names."""
        found = scans_on_pixels(self.get_object())
        return Response(ScanOnPixelSerializer(found, many=True).data)

    @extend_schema(
        request=OnPixelsSerializer, responses={201: MeasurementSerializer(many=True)}, filters=False
    )
    @pixels.mapping.post
    def file_on_pixels(self, request, pk=None) -> Response:
        """File each scan of a file of a device as a measurement of its pixel; missing pixels are made.

        The file is kept once. A scan that is filed on its pixel already gives that measurement again; without
        `pixels` one that is filed on any pixel does.
        """
        measurement = self.get_object()
        said = read_body(OnPixelsSerializer, request)

        def create() -> Response:
            made = file_scans(by=request.user, measurement=measurement, **said)
            rows = self.get_queryset().in_bulk([one.pk for one in made])
            in_order = [rows[one.pk] for one in made]
            return Response(MeasurementSerializer(in_order, many=True).data, status=201)

        return answer_once(request, create)

    def _version(self, measurement: Measurement, code: str | None) -> int | None:
        """Return the version that the client saw; refuses an older one, and none where an instrument is replaced."""
        now = measurement.measured_with
        replaces = code is not None and now is not None and code != now.code
        if not replaces and not self.request.headers.get("If-Match"):
            return None
        return require_match(
            self.request, measurement, body=lambda: MeasurementSerializer(measurement).data
        )
