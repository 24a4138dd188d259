"""The bottles and stocks of a project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field
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
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import Refusal
from synthesis.api.corrections import CorrectedSerializer
from synthesis.api.lineage import LineageSerializer
from synthesis.models import Batch, Chemical, Material
from synthesis.services import materials, movements, pinned
from synthesis.services.lineage import Lineage, lineage_of
from synthesis.services.sources import contents_of


class LeftSerializer(serializers.Serializer):
    """What is left of a bottle, in its own unit."""

    value = serializers.FloatField(allow_null=True, help_text="null when a density is missing")
    unit = serializers.CharField(help_text="mg or ml")
    uncertainty = serializers.FloatField(allow_null=True, help_text="Standard, in the same unit")
    note = serializers.CharField(help_text="What is missing when there is no value")


class ReservedSerializer(serializers.Serializer):
    """What planned batches will take."""

    value = serializers.FloatField()
    unit = serializers.CharField(help_text="mg or ml")


class MaterialSerializer(serializers.ModelSerializer):
    """A bottle or a stock."""

    project = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    simulated = serializers.BooleanField(
        source="project.is_simulated", read_only=True, help_text="Made up: there is no such bottle"
    )
    chemical = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)
    recipe = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)
    produced_by = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    aliquot_of = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    left = serializers.SerializerMethodField()
    reserved = serializers.SerializerMethodField()
    etag = serializers.CharField(read_only=True)

    class Meta:
        model = Material
        fields = (
            "code",
            "project",
            "simulated",
            "kind",
            "chemical",
            "recipe",
            "produced_by",
            "name",
            "formula",
            *materials.BOTTLE_FIELDS,
            "concentration_mol_l",
            "concentration_uncertainty_mol_l",
            "concentration_species",
            "aliquot_of",
            "left",
            "reserved",
            "emptied_at",
            "archived_at",
            "archived_reason",
            "created_at",
            "etag",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked: dict[str, dict[int, Any]] = {}

    @extend_schema_field(LeftSerializer(allow_null=True))
    def get_left(self, material: Material) -> dict[str, Any] | None:
        """Return what is left, null when nobody said how much there was."""
        return movements.as_plain(self._of_all("lefts", movements.lefts).get(material.pk))

    @extend_schema_field(ReservedSerializer(many=True))
    def get_reserved(self, material: Material) -> list[dict[str, Any]]:
        """Return what planned and running batches will still take."""
        of_all = self._of_all("reserved", movements.reserved)
        return [{"value": float(m.amount), "unit": m.unit} for m in of_all.get(material.pk, [])]

    def _of_all(self, name: str, of: Callable[[list[Material]], dict[int, Any]]) -> dict[int, Any]:
        """Ask once for all bottles that are shown, one or a page of them."""
        shown = self.instance if self.parent is None else self.parent.instance
        if name not in self._asked:
            self._asked[name] = of([shown] if isinstance(shown, Material) else list(shown or []))
        return self._asked[name]


class ContentSerializer(serializers.Serializer):
    """How much of one species a stock holds, and where the number comes from."""

    species = serializers.CharField()
    mol_l = serializers.FloatField()
    uncertainty = serializers.FloatField(allow_null=True, help_text="Standard, mol/L")
    origin = serializers.ChoiceField(["planned", "weighed", "titrated"])

    def get_fields(self) -> dict[str, serializers.Field]:
        """Name the batch or titration; ``from`` is no name in Python."""
        return {**super().get_fields(), "from": serializers.CharField()}


class MaterialDetailSerializer(MaterialSerializer):
    """A bottle or a stock with what it holds."""

    composition = serializers.SerializerMethodField()

    class Meta(MaterialSerializer.Meta):
        fields = (*MaterialSerializer.Meta.fields, "composition")

    @extend_schema_field(ContentSerializer(many=True))
    def get_composition(self, material: Material) -> list[dict[str, Any]]:
        """Return what a stock holds by its batch; nothing for a bottle that was bought."""
        return contents_of(material)


class MaterialRequestSerializer(StrictSerializer):
    """What is known of a bottle or stock; leave out what is not known."""

    supplier = serializers.CharField(required=False, max_length=120, allow_blank=True)
    catalogue_number = serializers.CharField(required=False, max_length=60, allow_blank=True)
    lot_number = serializers.CharField(required=False, max_length=60, allow_blank=True)
    assay_percent = serializers.DecimalField(9, 5, required=False, allow_null=True)
    assay_high_percent = serializers.DecimalField(
        9, 5, required=False, allow_null=True, help_text="Of a range such as 97-99 %, the upper end"
    )
    assay_uncertainty_percent = serializers.DecimalField(
        9, 5, required=False, allow_null=True, min_value=0
    )
    assay_kind = serializers.ChoiceField(Material.AssayKind.choices, required=False)
    concentration_mol_l = serializers.DecimalField(12, 8, required=False, allow_null=True)
    concentration_uncertainty_mol_l = serializers.DecimalField(
        12, 8, required=False, allow_null=True, min_value=0
    )
    density_g_ml = serializers.DecimalField(
        9, 5, required=False, allow_null=True, help_text="Of this lot; the chemical's when left out"
    )
    amount_received = serializers.DecimalField(14, 4, required=False, allow_null=True)
    amount_unit = serializers.ChoiceField([("mg", "mg"), ("ml", "mL")], required=False)
    received_date = serializers.DateField(required=False, allow_null=True)
    opened_date = serializers.DateField(required=False, allow_null=True)
    expires_date = serializers.DateField(required=False, allow_null=True)
    place = serializers.CharField(required=False, max_length=120, allow_blank=True)
    note = serializers.CharField(required=False, max_length=4000, allow_blank=True)


class NewMaterialSerializer(MaterialRequestSerializer):
    """A bottle (chemical) or a stock (batch that made it)."""

    project = serializers.SlugField(required=False, max_length=60)
    chemical = serializers.SlugField(required=False, max_length=80)
    formula = serializers.CharField(required=False, max_length=80, allow_blank=True)
    batch = serializers.CharField(required=False, max_length=20)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Take exactly one origin."""
        if ("chemical" in said) == ("batch" in said):
            raise serializers.ValidationError(
                "Name the chemical of a bought bottle, or the batch that made a stock: one of the two."
            )
        return said


class CorrectionSerializer(MaterialRequestSerializer):
    """A correction says why."""

    reason = serializers.CharField(max_length=300)


class MaterialFilter(django_filters.FilterSet):
    """Filters of the list."""

    chemical = django_filters.CharFilter("chemical__slug")
    project = django_filters.CharFilter("project__slug")

    class Meta:
        model = Material
        fields = ["kind", "chemical", "project"]


class MaterialViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RecordViewSet):
    """Bottles and stocks, addressed by code."""

    queryset = Material.objects.select_related(
        "project", "chemical", "recipe", "produced_by", "aliquot_of"
    )
    serializer_class = MaterialSerializer
    filterset_class = MaterialFilter
    lookup_field = "code"

    @extend_schema(responses=MaterialDetailSerializer)
    def retrieve(self, request, *args: Any, **kwargs: Any) -> Response:
        """Return one bottle or stock."""
        return _told(self.get_object())

    @extend_schema(responses=LineageSerializer)
    @action(detail=True, methods=["get"])
    def lineage(self, request, code: str) -> Response:
        """Return what it was made of, and which batches, layers and devices it touched, with amounts."""
        return Response(self.lineage_graph(self.get_object()).as_dict())

    def lineage_graph(self, material: Material) -> Lineage:
        """Return the graph as far as this room knows it; the room of devices adds layers and devices."""
        return lineage_of(self.request.user, [("lot", material.pk)])

    @extend_schema(responses=CorrectedSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def corrections(self, request, code: str) -> Response:
        """Return the batches that still count with what was said of this bottle before."""
        found = pinned.corrected_of_lot(self.get_object())
        return Response([one.as_dict() for one in found])

    def _answer(self, material: Material, status: int = 200) -> Response:
        """Answer with a bottle that was changed, as it is now."""
        return _told(self.get_queryset().get(pk=material.pk), status)

    @extend_schema(
        request=NewMaterialSerializer,
        responses={201: MaterialDetailSerializer},
    )
    def create(self, request) -> Response:
        """Enter a bottle or a stock."""
        said = read_body(NewMaterialSerializer, request)
        slug, batch_code = said.pop("chemical", None), said.pop("batch", None)
        project_slug, formula = said.pop("project", None), said.pop("formula", "")

        def create() -> Response:
            if slug is not None:
                chemical = Chemical.objects.filter(slug=slug).first()
                if chemical is None:
                    raise Refusal(f"There is no chemical {slug!r} in the list.", field="chemical")
                project = pick_project(request.user, project_slug)
                made = materials.add_bottle(
                    by=request.user, project=project, chemical=chemical, formula=formula, **said
                )
            else:
                batch = Batch.objects.visible_to(request.user).filter(code=batch_code).first()
                if batch is None:
                    raise Refusal(f"There is no batch {batch_code!r} for you.", field="batch")
                made = materials.add_stock(by=request.user, batch=batch, **said)
            return self._answer(made, status=201)

        return answer_once(request, create)

    @extend_schema(
        parameters=[IF_MATCH],
        request=CorrectionSerializer,
        responses=MaterialDetailSerializer,
    )
    def partial_update(self, request, code: str) -> Response:
        """Correct what is said about it, with a reason."""
        material = self.get_object()
        version = require_match(
            request, material, body=lambda: MaterialDetailSerializer(material).data
        )
        said = read_body(CorrectionSerializer, request)
        return self._answer(
            materials.correct_material(by=request.user, material=material, version=version, **said)
        )


def _told(material: Material, status: int = 200) -> Response:
    headers = {"ETag": material.etag, "Location": f"/api/v1/lots/{material.code}/"}
    return Response(MaterialDetailSerializer(material).data, status=status, headers=headers)
