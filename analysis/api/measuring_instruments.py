"""The lab's instruments of measurement: listed, entered, calibrated, corrected, retired."""

from __future__ import annotations

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from analysis.models import Calibration, MeasuringInstrument
from analysis.services import measuring_instruments as instruments
from labnotebook.records.api import (
    RecordViewSet,
    StrictSerializer,
    answer_once,
    read_body,
    require_match,
)
from labnotebook.records.api.answers import sent_tags
from labnotebook.records.api.schema import IF_MATCH, MAY_MATCH
from labnotebook.records.refusals import Refusal


class CalibrationSerializer(serializers.ModelSerializer):
    """How well one scale is known from a day on; ``u`` is a standard uncertainty in the scale's unit."""

    etag = serializers.CharField(read_only=True, help_text="For If-Match, to correct it.")

    class Meta:
        model = Calibration
        fields = ("scale", "u", "valid_from_date", "note", "etag")


class MeasuringInstrumentSerializer(serializers.ModelSerializer):
    """What it measures, and its calibrations, the newest of each scale first."""

    techniques = serializers.ListField(child=serializers.CharField())
    calibrations = CalibrationSerializer(many=True, read_only=True)
    etag = serializers.CharField(read_only=True)

    class Meta:
        model = MeasuringInstrument
        fields = (
            "code",
            *instruments.FIELDS,
            "calibrations",
            "retired_at",
            "retired_reason",
            "etag",
        )


class MeasuringInstrumentRequestSerializer(StrictSerializer):
    """What may be said of an instrument."""

    name = serializers.CharField(required=False, max_length=120)
    techniques = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=100
    )
    serial_number = serializers.CharField(required=False, max_length=60, allow_blank=True)
    place = serializers.CharField(required=False, max_length=120, allow_blank=True)
    optics = serializers.CharField(
        required=False, max_length=300, allow_blank=True, help_text="Slits, lamp, grating, detector"
    )
    response = serializers.CharField(
        required=False, max_length=300, allow_blank=True, help_text="How its response is corrected"
    )
    note = serializers.CharField(required=False, max_length=4000, allow_blank=True)


class NewMeasuringInstrumentSerializer(MeasuringInstrumentRequestSerializer):
    """An instrument to enter."""

    name = serializers.CharField(max_length=120)
    techniques = serializers.ListField(child=serializers.CharField(max_length=40), max_length=100)


class MeasuringInstrumentCorrectionSerializer(MeasuringInstrumentRequestSerializer):
    """A correction says why."""

    reason = serializers.CharField(max_length=300)


class NewCalibrationSerializer(StrictSerializer):
    """A calibration; of a scale and day that are there already, a correction, which says why."""

    scale = serializers.CharField(max_length=40)
    u = serializers.FloatField(help_text="Standard uncertainty, in the unit of the scale")
    valid_from_date = serializers.DateField()
    note = serializers.CharField(required=False, max_length=300, allow_blank=True, default="")
    reason = serializers.CharField(
        required=False, max_length=300, allow_blank=True, default="", help_text="Of a correction"
    )


class RetireMeasuringInstrumentSerializer(StrictSerializer):
    """Why it is retired."""

    reason = serializers.CharField(max_length=300)


class MeasuringInstrumentFilter(django_filters.FilterSet):
    """Filters of the list."""

    in_use = django_filters.BooleanFilter(
        field_name="retired_at", lookup_expr="isnull", label="Only those in use, or only retired"
    )

    class Meta:
        model = MeasuringInstrument
        fields: tuple[str, ...] = ()


class MeasuringInstrumentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RecordViewSet):
    """Spectrometers, diffractometers, test benches. They belong to the whole lab."""

    queryset = MeasuringInstrument.objects.prefetch_related("calibrations")
    serializer_class = MeasuringInstrumentSerializer
    filterset_class = MeasuringInstrumentFilter
    lookup_field = "code"

    def retrieve(self, request, *args, **kwargs) -> Response:
        """Return one instrument; its ETag is its version."""
        return self._answer(self.get_object())

    @extend_schema(
        request=NewMeasuringInstrumentSerializer, responses={201: MeasuringInstrumentSerializer}
    )
    def create(self, request) -> Response:
        """Enter an instrument."""
        said = read_body(NewMeasuringInstrumentSerializer, request)

        def create() -> Response:
            return self._answer(instruments.add_instrument(by=request.user, **said), status=201)

        return answer_once(request, create)

    @extend_schema(
        parameters=[IF_MATCH],
        request=MeasuringInstrumentCorrectionSerializer,
        responses=MeasuringInstrumentSerializer,
    )
    def partial_update(self, request, code: str) -> Response:
        """Correct what is said of it, with a reason. Runs that were made keep what they counted with."""
        instrument = self.get_object()
        version = require_match(
            request, instrument, body=lambda: MeasuringInstrumentSerializer(instrument).data
        )
        said = read_body(MeasuringInstrumentCorrectionSerializer, request)
        corrected = instruments.correct_instrument(
            by=request.user, instrument=instrument, version=version, **said
        )
        return self._answer(corrected)

    @extend_schema(
        parameters=[MAY_MATCH],
        request=NewCalibrationSerializer,
        responses=MeasuringInstrumentSerializer,
    )
    @action(detail=True, methods=["post"])
    def calibrations(self, request, code: str) -> Response:
        """Write down how well a scale is known from a day on.

        What stands for the scale and day already is corrected with a reason, and If-Match with its own etag.
        """
        instrument = self.get_object()
        said = read_body(NewCalibrationSerializer, request)

        def calibrate() -> Response:
            seen = sent_tags(request, "") if request.headers.get("If-Match", "").strip() else ()
            try:
                instruments.calibrate(by=request.user, instrument=instrument, seen=seen, **said)
            except Refusal as refusal:
                if refusal.current is not None:
                    refusal.current = CalibrationSerializer(refusal.current).data
                raise
            return self._answer(self.get_object())

        return answer_once(request, calibrate)

    @extend_schema(
        request=RetireMeasuringInstrumentSerializer, responses=MeasuringInstrumentSerializer
    )
    @action(detail=True, methods=["post"])
    def retire(self, request, code: str) -> Response:
        """Take it out of use, with a reason; what it measured keeps naming it."""
        instrument = self.get_object()
        said = read_body(RetireMeasuringInstrumentSerializer, request)

        def retire() -> Response:
            retired = instruments.retire_instrument(by=request.user, instrument=instrument, **said)
            return self._answer(retired)

        return answer_once(request, retire)

    def _answer(self, instrument: MeasuringInstrument, status: int = 200) -> Response:
        data = MeasuringInstrumentSerializer(instrument).data
        return Response(data, status=status, headers={"ETag": instrument.etag})
