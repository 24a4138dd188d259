"""The lab's chemicals: listed, added, corrected."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.response import Response

from labnotebook.records.api import (
    RecordViewSet,
    StrictSerializer,
    answer_once,
    read_body,
    require_match,
)
from labnotebook.records.api.schema import IF_MATCH
from synthesis.chemistry.labels import PICTOGRAMS
from synthesis.models import Chemical
from synthesis.models.material import ChemicalQuerySet
from synthesis.services import chemicals


class ChemicalSerializer(serializers.ModelSerializer):
    """What a label says, and what follows from its formula."""

    molar_mass_g_mol = serializers.SerializerMethodField()
    waters = serializers.SerializerMethodField()
    species = serializers.SerializerMethodField()
    etag = serializers.CharField(read_only=True)

    class Meta:
        model = Chemical
        fields = (
            "slug",
            "name",
            "formula",
            "molar_mass_g_mol",
            "waters",
            "species",
            "density_g_ml",
            "density_source",
            "cas",
            "hazards",
            "hazard_statements",
            "pictograms",
            "note",
            "etag",
        )

    def get_molar_mass_g_mol(self, chemical: Chemical) -> float | None:
        """Return the molar mass, water included; null without a formula."""
        formula = chemicals.formula_of(chemical)
        return None if formula is None else float(formula.molar_mass)

    def get_waters(self, chemical: Chemical) -> float | None:
        """Return the waters of crystallisation per formula unit; null without a formula."""
        formula = chemicals.formula_of(chemical)
        return None if formula is None else float(formula.waters)

    def get_species(self, chemical: Chemical) -> dict[str, float]:
        """Return what a balance counts, per formula unit: elements and named groups."""
        return {name: float(number) for name, number in chemicals.species_of(chemical).items()}


class ChemicalRequestSerializer(StrictSerializer):
    """What may be said of a chemical; leave out what the label does not say."""

    name = serializers.CharField(required=False, max_length=120)
    formula = serializers.CharField(
        required=False,
        max_length=80,
        allow_blank=True,
        allow_null=True,
        help_text="With its water, such as CaI2·4H2O; left out for polymers and mixtures",
    )
    density_g_ml = serializers.DecimalField(9, 5, required=False, allow_null=True)
    density_source = serializers.CharField(required=False, max_length=120, allow_blank=True)
    cas = serializers.CharField(required=False, max_length=12, allow_blank=True)
    hazards = serializers.CharField(required=False, max_length=300, allow_blank=True)
    hazard_statements = serializers.ListField(
        child=serializers.CharField(max_length=30),
        required=False,
        max_length=40,
        help_text="H and EUH codes, such as H302",
    )
    pictograms = serializers.ListField(
        child=serializers.ChoiceField(sorted(PICTOGRAMS)), required=False, max_length=9
    )
    species = serializers.DictField(
        child=serializers.DecimalField(9, 4),
        required=False,
        help_text='What the formula does not spell, per formula unit: {"OA": 1} for oleic acid',
    )
    note = serializers.CharField(required=False, max_length=4000, allow_blank=True)


class NewChemicalSerializer(ChemicalRequestSerializer):
    """A chemical to add."""

    name = serializers.CharField(max_length=120)


class ChemicalCorrectionSerializer(ChemicalRequestSerializer):
    """A correction says why."""

    reason = serializers.CharField(max_length=300)


class ChemicalFilter(django_filters.FilterSet):
    """Filters of the list."""

    q = django_filters.CharFilter(method="search", label="In name, formula or CAS number")

    class Meta:
        model = Chemical
        fields = ["formula", "cas"]

    def search(self, rows: ChemicalQuerySet, name: str, words: str) -> ChemicalQuerySet:
        """Narrow the list to what holds these letters."""
        return rows.holding(words)


class ChemicalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RecordViewSet):
    """The chemicals of the lab. The hydrate is another chemical than the anhydrous salt."""

    queryset = Chemical.objects.all()
    serializer_class = ChemicalSerializer
    filterset_class = ChemicalFilter
    lookup_field = "slug"

    def retrieve(self, request, *args: Any, **kwargs: Any) -> Response:
        """Return one chemical."""
        return self._answer(self.get_object())

    def _answer(self, chemical: Chemical, status: int = 200) -> Response:
        headers = {"ETag": chemical.etag, "Location": f"/api/v1/chemicals/{chemical.slug}/"}
        return Response(ChemicalSerializer(chemical).data, status=status, headers=headers)

    @extend_schema(request=NewChemicalSerializer, responses={201: ChemicalSerializer})
    def create(self, request) -> Response:
        """Add a chemical. A formula that can be read in two ways is asked about, with status 400."""
        said = read_body(NewChemicalSerializer, request)

        def create() -> Response:
            made = chemicals.add_chemical(by=request.user, **said)
            return self._answer(Chemical.objects.get(pk=made.pk), status=201)

        return answer_once(request, create)

    @extend_schema(
        parameters=[IF_MATCH],
        request=ChemicalCorrectionSerializer,
        responses=ChemicalSerializer,
    )
    def partial_update(self, request, slug: str) -> Response:
        """Correct what is said of it, with a reason. Batches keep what they were made with."""
        chemical = self.get_object()
        version = require_match(request, chemical, body=lambda: ChemicalSerializer(chemical).data)
        said = read_body(ChemicalCorrectionSerializer, request)
        return self._answer(
            chemicals.correct_chemical(by=request.user, chemical=chemical, version=version, **said)
        )
