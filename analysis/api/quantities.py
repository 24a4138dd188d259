"""What can be asked and typed: the quantities, built-in and the lab's own; and what can be uploaded."""

from __future__ import annotations

from typing import Any

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analysis.models import LabQuantity, Measurement
from analysis.quantities import QUANTITIES
from analysis.quantity import SUBJECTS, Quantity
from analysis.services.lab_quantities import add_quantity
from analysis.services.quantities import every_quantity
from analysis.techniques.registry import TECHNIQUES
from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body
from labnotebook.records.permissions import pick_project


class QuantitySerializer(serializers.Serializer):
    """A number that can be known of a batch or a device."""

    name = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    label = serializers.CharField()
    short_label = serializers.CharField()
    low = serializers.FloatField(help_text="The plausible range, in the unit")
    high = serializers.FloatField()
    subjects = serializers.ListField(
        child=serializers.ChoiceField(choices=SUBJECTS),
        help_text="What it may be typed for; empty when it only comes from analyses",
    )
    better = serializers.CharField(allow_blank=True, help_text="higher, lower or empty")
    history_column = serializers.CharField(
        help_text="of the batch, best of its devices, or none: which number the history shows"
    )
    of_the_lab = serializers.BooleanField(help_text="Whether the lab added it")


class QuantityListSerializer(serializers.Serializer):
    """All of them: the list is one page."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = QuantitySerializer(many=True)


class NewQuantitySerializer(StrictSerializer):
    """A quantity of the lab's own, added as an owner of a project."""

    project = serializers.SlugField(required=False, max_length=60)
    name = serializers.CharField(max_length=60, help_text="Ends in its unit: zeta_potential_mv")
    unit = serializers.CharField(required=False, allow_blank=True, default="", max_length=20)
    label = serializers.CharField(max_length=200)
    low = serializers.FloatField()
    high = serializers.FloatField()
    subjects = serializers.ListField(
        child=serializers.CharField(max_length=20), max_length=3, help_text="batch, device, pixel"
    )
    better = serializers.ChoiceField(choices=LabQuantity.Way.choices, default="neither")


def quantity_as_dict(quantity: Quantity) -> dict[str, Any]:
    """Return a quantity as the API shows it."""
    return {
        "name": quantity.name,
        "unit": quantity.unit,
        "label": quantity.label,
        "short_label": quantity.short or quantity.label,
        "low": quantity.low,
        "high": quantity.high,
        "subjects": list(quantity.subjects),
        "better": quantity.better.value,
        "history_column": quantity.place.value,
        "of_the_lab": quantity.name not in QUANTITIES,
    }


class QuantityViewSet(RecordViewSet):
    """Every quantity: those that ship, and the lab's own."""

    queryset = LabQuantity.objects.all()
    serializer_class = QuantitySerializer
    pagination_class = None

    @extend_schema(
        responses=forced_singular_serializer(QuantityListSerializer),
        operation_id="quantities_list",
    )
    def list(self, request: Request) -> Response:
        """List what can be typed, filtered, sorted, drawn and exported."""
        rows = [quantity_as_dict(one) for one in every_quantity().values()]
        return Response({"next": None, "previous": None, "results": rows})

    @extend_schema(request=NewQuantitySerializer, responses={201: QuantitySerializer})
    def create(self, request: Request) -> Response:
        """Add a quantity to those of the whole lab."""
        given = read_body(NewQuantitySerializer, request)
        project = pick_project(request.user, given.pop("project", None))

        def create() -> Response:
            made = add_quantity(by=request.user, project=project, **given)
            return Response(quantity_as_dict(made.quantity), status=201)

        return answer_once(request, create)


class TechniqueSerializer(serializers.Serializer):
    """One kind of measurement that can be uploaded, and what is made of it."""

    name = serializers.CharField()
    title = serializers.CharField()
    subjects = serializers.ListField(child=serializers.CharField())
    methods = serializers.ListField(child=serializers.CharField())


class TechniqueListSerializer(serializers.Serializer):
    """All of them: the list is one page."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = TechniqueSerializer(many=True)


class TechniqueViewSet(RecordViewSet):
    """What can be uploaded."""

    queryset = Measurement.objects.none()
    serializer_class = TechniqueSerializer
    pagination_class = None

    @extend_schema(
        responses=forced_singular_serializer(TechniqueListSerializer),
        operation_id="techniques_list",
    )
    def list(self, request: Request) -> Response:
        """List the techniques, and the methods that analyse each."""
        rows = [
            {
                "name": technique.name,
                "title": technique.title,
                "subjects": list(SUBJECTS),
                "methods": [method.name for method in technique.methods],
            }
            for technique in TECHNIQUES.values()
        ]
        return Response({"next": None, "previous": None, "results": rows})
