"""What came into a bottle and went out of it, by API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labnotebook.records.api import StrictSerializer, answer_once, read_body
from synthesis.api.fields import TypedNumberField
from synthesis.api.materials import MaterialDetailSerializer, MaterialSerializer, MaterialViewSet
from synthesis.models import Movement, Titration
from synthesis.services import materials, movements, titrations


class MovementSerializer(serializers.ModelSerializer):
    """One movement; what it adds is above 0, what it takes below."""

    amount = serializers.FloatField()
    uncertainty = serializers.FloatField(allow_null=True)
    by = serializers.CharField(source="by.username")
    batch = serializers.CharField(source="addition.batch.code", default=None, allow_null=True)
    addition = serializers.CharField(source="addition.key", default=None, allow_null=True)
    other = serializers.CharField(source="other.code", default=None, allow_null=True)
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)

    class Meta:
        model = Movement
        fields = (
            "id",
            "kind",
            "amount",
            "unit",
            "uncertainty",
            "at",
            "by",
            "batch",
            "addition",
            "other",
            "reverses",
            "beyond",
            "reason",
        )


class NewMovementSerializer(StrictSerializer):
    """Something taken out, corrected, emptied, received late, or taken back."""

    kind = serializers.ChoiceField(movements.BY_HAND)
    amount = TypedNumberField(
        required=False, help_text="'2.5 g'; of a correction the change; a number is in its unit"
    )
    left = TypedNumberField(required=False, help_text="Of a correction: what is really left")
    uncertainty = TypedNumberField(required=False, help_text="Standard, in the unit of the amount")
    at = serializers.DateTimeField(required=False)
    reverses = serializers.IntegerField(
        required=False, min_value=1, max_value=2**62, help_text="Of a reversal: which movement"
    )
    anyway = serializers.BooleanField(required=False, help_text="More than is left; say why")
    reason = serializers.CharField(max_length=300)


class TitrationSerializer(serializers.ModelSerializer):
    """One titration; the newest that was not withdrawn is the stock's concentration."""

    by = serializers.CharField(source="by.username")

    class Meta:
        model = Titration
        fields = (
            "id",
            "species",
            "concentration_mol_l",
            "uncertainty_mol_l",
            "performed_date",
            "method",
            "by",
            "withdrawn_at",
            "withdrawn_reason",
        )


class NewTitrationSerializer(StrictSerializer):
    """What was found, when, and how."""

    concentration = TypedNumberField(help_text="'0.151 mol/L'; a number is in mol/L")
    uncertainty = TypedNumberField(required=False, help_text="Standard")
    species = serializers.CharField(
        required=False, max_length=20, allow_blank=True, help_text="Left out: its salt"
    )
    performed_date = serializers.DateField(required=False, help_text="Left out: today")
    method = serializers.CharField(required=False, max_length=200, allow_blank=True)


class WithdrawTitrationSerializer(StrictSerializer):
    """Take a titration back."""

    titration = serializers.IntegerField(min_value=1, max_value=2**62)
    reason = serializers.CharField(max_length=300)


class AliquotsSerializer(StrictSerializer):
    """Vials filled from a bottle."""

    amounts = serializers.ListField(child=TypedNumberField(), max_length=materials.MOST_ALIQUOTS)
    place = serializers.CharField(required=False, max_length=120, allow_blank=True)
    reason = serializers.CharField(required=False, max_length=300, allow_blank=True)
    anyway = serializers.BooleanField(required=False, help_text="More than is left; say why")


class ArchiveSerializer(StrictSerializer):
    """Put a record away, or take it out again."""

    reason = serializers.CharField(max_length=300)
    back = serializers.BooleanField(required=False)


class LotViewSet(MaterialViewSet):
    """Bottles and stocks, addressed by code, and what came into and out of them."""

    @extend_schema(responses=MovementSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def movements(self, request: Request, code: str) -> Response:
        """Return every movement, oldest first."""
        rows = Movement.objects.filter(material=self.get_object()).order_by("pk")
        rows = rows.select_related("by", "addition__batch", "other").defer(
            "addition__batch__plan", "addition__batch__composition"
        )
        return Response(MovementSerializer(rows, many=True).data)

    @extend_schema(
        request=NewMovementSerializer,
        responses={201: MaterialDetailSerializer},
        filters=False,
    )
    @movements.mapping.post
    def move(self, request: Request, code: str) -> Response:
        """Write a movement; answers with the bottle and what is left of it."""
        return self._created(request, NewMovementSerializer, movements.move_by_hand)

    @extend_schema(responses=TitrationSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def titrations(self, request: Request, code: str) -> Response:
        """Return every titration of a stock, the newest first."""
        rows = self.get_object().origin.titrations.select_related("by")
        return Response(TitrationSerializer(rows, many=True).data)

    @extend_schema(
        request=NewTitrationSerializer,
        responses={201: MaterialDetailSerializer},
        filters=False,
    )
    @titrations.mapping.post
    def titrate(self, request: Request, code: str) -> Response:
        """Record a titration of a stock; answers with the stock and what it holds."""
        return self._created(request, NewTitrationSerializer, titrations.titrate)

    @extend_schema(
        request=WithdrawTitrationSerializer,
        responses={201: MaterialDetailSerializer},
    )
    @action(detail=True, methods=["post"], url_path="titrations/withdraw")
    def withdraw_titration(self, request: Request, code: str) -> Response:
        """Take a titration back, with a reason; the one before counts again."""
        return self._created(request, WithdrawTitrationSerializer, titrations.withdraw)

    @extend_schema(
        request=AliquotsSerializer,
        responses={201: MaterialSerializer(many=True)},
        filters=False,
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def aliquots(self, request: Request, code: str) -> Response:
        """Fill vials; together no more than there is. Answers with the vials."""
        material = self.get_object()
        said = read_body(AliquotsSerializer, request)

        def create() -> Response:
            made = materials.make_aliquots(by=request.user, material=material, **said)
            return Response(MaterialSerializer(made, many=True).data, status=201)

        return answer_once(request, create)

    @extend_schema(
        request=ArchiveSerializer,
        responses={201: MaterialDetailSerializer},
    )
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, code: str) -> Response:
        """Put it away with a reason, or take it out again (back)."""
        return self._created(request, ArchiveSerializer, materials.archive_material)

    def _created(self, request: Request, shape: type[StrictSerializer], act: Any) -> Response:
        """Check who may, read what was sent, do it once, answer with the bottle."""
        material = self.get_object()
        said = read_body(shape, request)

        def create() -> Response:
            act(by=request.user, material=material, **said)
            return self._answer(material, status=201)

        return answer_once(request, create)
