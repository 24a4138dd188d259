"""The lab's balances, pipettes and syringes: listed, entered, corrected, retired."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from labnotebook.records.api import (
    RecordViewSet,
    StrictSerializer,
    answer_once,
    read_body,
    require_match,
)
from labnotebook.records.api.schema import IF_MATCH
from synthesis.models import Instrument
from synthesis.services import instruments


class InstrumentSerializer(serializers.ModelSerializer):
    """What it measures, and how well. Numbers are in ``unit``."""

    unit = serializers.CharField(source="shown_unit", read_only=True)
    etag = serializers.CharField(read_only=True)

    class Meta:
        model = Instrument
        fields = (
            "code",
            "kind",
            "unit",
            *instruments.INSTRUMENT_FIELDS,
            "retired_at",
            "retired_reason",
            "etag",
        )


class InstrumentRequestSerializer(StrictSerializer):
    """What may be said of an instrument: masses in mg, volumes in mL, standard uncertainties."""

    name = serializers.CharField(required=False, max_length=120)
    serial_number = serializers.CharField(required=False, max_length=60, allow_blank=True)
    place = serializers.CharField(required=False, max_length=120, allow_blank=True)
    resolution = serializers.DecimalField(12, 6, required=False, help_text="The step it shows")
    uncertainty = serializers.DecimalField(
        12, 6, required=False, help_text="Standard, the same for every amount"
    )
    uncertainty_percent = serializers.DecimalField(
        8, 5, required=False, help_text="Standard, of what is measured"
    )
    smallest = serializers.DecimalField(16, 6, required=False, allow_null=True)
    largest = serializers.DecimalField(16, 6, required=False, allow_null=True)
    calibrated_date = serializers.DateField(required=False, allow_null=True)
    calibration_due_date = serializers.DateField(required=False, allow_null=True)
    is_default = serializers.BooleanField(
        required=False, help_text="Taken when a plan names no other of its kind"
    )
    note = serializers.CharField(required=False, max_length=4000, allow_blank=True)


class NewInstrumentSerializer(InstrumentRequestSerializer):
    """An instrument to enter."""

    kind = serializers.ChoiceField(instruments.KINDS)
    name = serializers.CharField(max_length=120)
    resolution = serializers.DecimalField(12, 6, help_text="The step it shows")


class RetireInstrumentSerializer(StrictSerializer):
    """Why it is retired."""

    reason = serializers.CharField(max_length=300)


class InstrumentCorrectionSerializer(InstrumentRequestSerializer):
    """A correction says why."""

    reason = serializers.CharField(max_length=300)


class InstrumentFilter(django_filters.FilterSet):
    """Filters of the list."""

    in_use = django_filters.BooleanFilter(
        field_name="retired_at", lookup_expr="isnull", label="Only those in use, or only retired"
    )

    class Meta:
        model = Instrument
        fields = ["kind", "is_default"]


class InstrumentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RecordViewSet):
    """Balances, pipettes and syringes. They belong to the whole lab."""

    queryset = Instrument.objects.all()
    serializer_class = InstrumentSerializer
    filterset_class = InstrumentFilter
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z0-9-]+"

    def retrieve(self, request, *args: Any, **kwargs: Any) -> Response:
        """Return one instrument."""
        return self._answer(self.get_object())

    def _answer(self, instrument: Instrument, status: int = 200) -> Response:
        headers = {"ETag": instrument.etag, "Location": f"/api/v1/instruments/{instrument.code}/"}
        return Response(InstrumentSerializer(instrument).data, status=status, headers=headers)

    @extend_schema(
        request=NewInstrumentSerializer,
        responses={201: InstrumentSerializer},
    )
    def create(self, request) -> Response:
        """Enter an instrument. The first of its kind is taken by default."""
        said = read_body(NewInstrumentSerializer, request)

        def create() -> Response:
            made = instruments.add_instrument(by=request.user, **said)
            return self._answer(Instrument.objects.get(pk=made.pk), status=201)

        return answer_once(request, create)

    @extend_schema(
        parameters=[IF_MATCH],
        request=InstrumentCorrectionSerializer,
        responses=InstrumentSerializer,
    )
    def partial_update(self, request, code: str) -> Response:
        """Correct what is said of it, with a reason. What was measured keeps its uncertainty."""
        instrument = self.get_object()
        version = require_match(
            request, instrument, body=lambda: InstrumentSerializer(instrument).data
        )
        said = read_body(InstrumentCorrectionSerializer, request)
        return self._answer(
            instruments.correct_instrument(
                by=request.user, instrument=instrument, version=version, **said
            )
        )

    @extend_schema(request=RetireInstrumentSerializer, responses=InstrumentSerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request, code: str) -> Response:
        """Take it out of use, with a reason; what it measured keeps naming it."""
        instrument = self.get_object()
        said = read_body(RetireInstrumentSerializer, request)

        def retire() -> Response:
            retired = instruments.retire_instrument(by=request.user, instrument=instrument, **said)
            return self._answer(retired)

        return answer_once(request, retire)
