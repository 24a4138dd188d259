"""What the calculator needs to know about bottles, and what was recorded of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from synthesis import models
from synthesis.chemistry.additions import Addition, UnusableAddition
from synthesis.chemistry.contents import species_in
from synthesis.chemistry.sources import PlanRefused, Source
from synthesis.chemistry.stocks import (
    DISSOLVING_ROLES,
    StockComposition,
    composition_of_batch,
)
from synthesis.models import Batch, Material, Portion

# The bottle of an addition, with what its facts are written on: itself, or what it was filled from.
BOTTLES = tuple(
    f"{bottle}__{part}"
    for bottle in ("material", "material__aliquot_of")
    for part in ("chemical", "recipe", "produced_by")
)
DEEPEST_LINEAGE = 5  # a stock of a stock of a stock ...: deeper its plan is believed


def source_of(material: Material, *, depth: int = 0) -> Source:
    """Return what the calculator needs to know about a bottle or stock.

    A stock that was not titrated holds what its batch recorded. Raises PlanRefused for a label that
    contradicts itself.
    """
    said = material.origin  # of an aliquot, the bottle that it was filled from
    percent, spread = said.assay_percent, said.assay_uncertainty_percent
    made = stock_composition(said, depth=depth)
    return Source(
        code=material.code,
        formula=said.formula,
        assay=None if percent is None else percent / 100,
        assay_high=None if said.assay_high_percent is None else said.assay_high_percent / 100,
        assay_kind=said.assay_kind,
        assay_uncertainty=None if spread is None else spread / 100,
        concentration_mol_l=said.concentration_mol_l,
        concentration_uncertainty_mol_l=said.concentration_uncertainty_mol_l,
        concentration_species=said.concentration_species,
        composition=made.species if made else {},
        origin=made.origin if made and made.species else "",
        density_g_ml=said.density_g_ml,
        chemical_slug=said.chemical.slug if said.chemical else "",
        recipe_slug=said.recipe.slug if said.recipe else "",
    )


def stock_composition(material: Material, *, depth: int = 0) -> StockComposition | None:
    """Return what a stock holds by what its batch recorded; None for what no batch made.

    Raises PlanRefused or UnusableAddition when what was recorded cannot be counted.
    """
    batch = material.produced_by
    if batch is None or depth > DEEPEST_LINEAGE:
        return None
    return composition_of_batch(batch.plan, additions_of(batch, depth=depth + 1))


def additions_of(batch: Batch, *, depth: int = 0, facts_of_today: bool = False) -> list[Addition]:
    """Return what was recorded of a batch, each amount with the bottle that it came from.

    What is said of a bottle counts as it was said when the amount was recorded, unless
    ``facts_of_today`` asks what it would be now.
    """
    rows = batch.additions.filter(weighed_value__isnull=False).select_related(*BOTTLES)
    portions: dict[int, list[Portion]] = {}
    for one in Portion.objects.filter(batch=batch, stands=True).select_related(*BOTTLES):
        portions.setdefault(one.addition_id, []).append(one)
    found = []
    for row in rows:
        parts = portions.get(row.pk, [])
        if len(parts) < 2:
            found.append(
                _recorded(
                    row,
                    row.weighed_value,
                    row.weighed_uncertainty,
                    row,
                    depth,
                    facts_of_today=facts_of_today,
                )
            )
        for part in parts if len(parts) > 1 else ():
            bottle = part if part.material else row
            found.append(
                _recorded(
                    row, part.value, part.uncertainty, bottle, depth, facts_of_today=facts_of_today
                )
            )
    return found


def _recorded(
    row: models.Addition,
    amount: Decimal,
    uncertainty: Decimal | None,
    bottle: models.Addition | Portion,
    depth: int,
    *,
    facts_of_today: bool,
) -> Addition:
    known = bottle.material is not None
    return Addition(
        key=row.key,
        amount=amount,
        unit="mL" if row.unit == "ml" else "mg",
        uncertainty=uncertainty,
        source=_source_of(bottle, depth, facts_of_today=facts_of_today) if known else None,
        without_bottle=not known,
    )


def _source_of(row: models.Addition | Portion, depth: int, *, facts_of_today: bool) -> Source:
    pinned = row.source_facts
    if pinned and pinned["code"] == row.material.code and not facts_of_today:
        return source_from(pinned)
    return source_of(row.material, depth=depth)


def source_from(facts: Mapping[str, Any]) -> Source:
    """Read what `Source.as_dict` gave."""
    texts = ("code", "formula", "assay_kind", "concentration_species", "origin")
    texts += ("recipe_slug", "chemical_slug")
    plain = {name: value for name, value in facts.items() if name in texts}
    numbers = {
        name: Decimal(value)
        for name, value in facts.items()
        if name not in texts and name != "composition"
    }
    composition = {
        name: (Decimal(value), Decimal(spread))
        for name, (value, spread) in facts.get("composition", {}).items()
    }
    return Source(**plain, **numbers, composition=composition)


def contents_of(material: Material) -> list[dict[str, Any]]:
    """Return what a stock holds: species, mol/L, its uncertainty, and where each number comes from.

    A titre counts before what was weighed; it speaks of the species that it names, else of the salt
    that the stock is made of.
    """
    said = material.origin
    if said.produced_by is None:
        return []
    rows = contents_of_batch(said.produced_by)
    titre, spread = said.concentration_mol_l, said.concentration_uncertainty_mol_l
    if titre is None:
        return rows
    named = said.concentration_species
    unit = unit_of(said.produced_by, [row["species"] for row in rows])
    counts = {name: count / unit.get(named, Decimal(1)) for name, count in unit.items()}
    if not counts and named:
        counts = {named: Decimal(1)}
    titrated = {
        name: _content(
            name, titre * count, None if spread is None else spread * count, "titrated", said.code
        )
        for name, count in counts.items()
    }
    return [titrated.pop(row["species"], row) for row in rows] + list(titrated.values())


def unit_of(batch: Batch, species: list[str]) -> Mapping[str, Decimal]:
    """Return what one formula unit of a stock's only salt brings; nothing when it has several."""
    if len(species) == 1:
        return {species[0]: Decimal(1)}
    salts = [
        species_in(line["formula"], line["chemical"] or "")
        for line in batch.plan["reagents"]
        if line["formula"] and line["role"] not in DISSOLVING_ROLES
    ]
    return {name: salts[0][name] for name in species} if len(salts) == 1 else {}


def contents_of_batch(batch: Batch) -> list[dict[str, Any]]:
    """Return what a batch made holds by what was recorded of it, nothing when it is no solution."""
    try:
        made = composition_of_batch(batch.plan, additions_of(batch, depth=1))
    except (PlanRefused, UnusableAddition):
        return []
    return [
        _content(name, value, uncertainty, made.origin, batch.code)
        for name, (value, uncertainty) in made.species.items()
    ]


def _content(
    species: str, value: Decimal, uncertainty: Decimal | None, origin: str, source: str
) -> dict[str, Any]:
    return {
        "species": species,
        "mol_l": float(value),
        "uncertainty": None if uncertainty is None else float(uncertainty),
        "origin": origin,
        "from": source,
    }
