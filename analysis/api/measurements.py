"""Measurements: upload a file, poll its analysis, run it again."""

from __future__ import annotations

from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from analysis.api.analyses import AnalysisSerializer
from analysis.api.measured import MeasurementSerializer
from analysis.api.measuring import (
    AnalyseSerializer,
    EachFileSerializer,
    OnPixelsSerializer,
    ScanOnPixelSerializer,
    UploadSerializer,
    WhenSerializer,
)
from analysis.models import Analysis, Measurement
from analysis.services.column_mappings import remember_columns
from analysis.services.dates import say_when
from analysis.services.lists import light_analyses, newest, with_analyses
from analysis.services.measurements import add_each
from analysis.services.measuring_instruments import name_instrument
from analysis.services.runs import EVERY_SCAN, analyse_again, analyse_every_scan
from analysis.services.scans_on_pixels import file_scans, scans_on_pixels
from analysis.services.subjects import COLUMNS, pick_measured
from analysis.technique import COLUMNS as HEADS
from analysis.techniques.registry import choices
from labnotebook.records.api import (
    RecordViewSet,
    Waits,
    answer_once,
    read_body,
    require_match,
)
from labnotebook.records.api.parsing import JsonParser
from labnotebook.records.api.schema import MAY_MATCH
from labnotebook.records.services.files import hashed


class MeasurementFilter(filters.FilterSet):
    """Measurements of one subject or technique."""

    batch = filters.CharFilter(field_name="batch__code")
    device = filters.CharFilter(field_name="device__code")
    lot = filters.CharFilter(field_name="lot__code")
    technique = filters.ChoiceFilter(choices=choices())

    class Meta:
        model = Measurement
        fields = ("batch", "device", "lot", "technique")


class MeasurementViewSet(Waits, mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """Instrument files. Uploading one asks for its analysis; nothing is ever overwritten."""

    queryset = Measurement.objects.all()
    serializer_class = MeasurementSerializer
    filterset_class = MeasurementFilter
    extra_query_parameters = frozenset({"curves"})
    parser_classes = [MultiPartParser, JsonParser]

    def is_final(self, measurement: Measurement) -> bool:
        """Whether its newest analysis is done or failed; a file that nobody analyses is final as it is."""
        run = newest(measurement)
        return run is None or run.state in (Analysis.State.DONE, Analysis.State.FAILED)

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
        """Return one measurement; with ``wait`` once ``analysis.state`` is done or failed."""
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
            rows = with_analyses(Measurement.objects.reached_by(request.user)).in_bulk(made)
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

    @extend_schema(parameters=[MAY_MATCH], request=WhenSerializer, responses=MeasurementSerializer)
    @action(detail=True, methods=["post"])
    def when(self, request, pk=None) -> Response:
        """Say on which day it was measured; ``performed_at`` is then the begin of that day."""
        measurement = self.get_object()
        said = read_body(WhenSerializer, request)
        version = None
        if request.headers.get("If-Match"):
            version = require_match(
                request, measurement, body=lambda: MeasurementSerializer(measurement).data
            )

        def say() -> Response:
            day = said["measured_on"]
            say_when(by=request.user, measurement=measurement, day=day, version=version)
            changed = self.get_object()
            return Response(MeasurementSerializer(changed).data, headers={"ETag": changed.etag})

        return answer_once(request, say)

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
