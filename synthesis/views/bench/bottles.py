"""The bottles that one reagent may come from, and the one that is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from synthesis.chemistry.additions import UnusableAddition
from synthesis.chemistry.ratios import Ratio
from synthesis.chemistry.sources import PlanRefused
from synthesis.models import Addition, Batch, Material
from synthesis.services.bench_page import Brings, Shelved, brings, lately_used
from synthesis.services.sources import source_of


@dataclass(frozen=True, slots=True)
class Choice:
    """One bottle as it is offered at the bench."""

    material: Material
    left: str = ""
    used_at: datetime | None = None
    brings: Brings | None = None

    @property
    def facts(self) -> str:
        """Strength, what is left, when it was opened, whether it was the last one poured."""
        said = [
            _strength(self.material),
            _("%(amount)s left") % {"amount": self.left} if self.left else "",
            _("opened %(day)s") % {"day": _day(self.material.opened_date)}
            if self.material.opened_date
            else "",
            _("poured last time") if self.used_at else "",
        ]
        return ", ".join(one for one in said if one)


@dataclass(frozen=True, slots=True)
class Bottles:
    """What is known about the bottle of one reagent."""

    proposed: Choice | None
    is_confirmed: bool  # somebody at the bench said that it is this one
    others: tuple[Choice, ...]
    without: Brings | None  # what it brings when nobody says which bottle


def bottles_of(
    batch: Batch,
    addition: Addition,
    line: Mapping[str, Any],
    shelf: list[Shelved],
    ratio: Ratio | None,
    *,
    is_confirmed: bool,
) -> Bottles:
    """Return the bottles for one reagent: proposed is the batch's own, else the one used last."""
    fitting = [one for one in shelf if _fits(one.material, line)]
    chosen = addition.material
    if chosen is not None:
        known = next((one for one in fitting if one.material.pk == chosen.pk), None)
        proposed = known or Shelved(chosen, "", None)
    else:
        proposed = lately_used(fitting)
    bears = ratio is not None and not ratio.species.isdisjoint(line.get("species") or ())

    def choice(one: Shelved) -> Choice:
        said = _brings(batch, addition, one.material, ratio) if bears and ratio else None
        return Choice(one.material, one.left, one.used_at, said)

    unit = "mL" if addition.unit == "ml" else "mg"
    plain = brings(batch.plan, ratio, addition.key, unit, None) if bears and ratio else None
    others = [one for one in fitting if proposed is None or one.material.pk != proposed.material.pk]
    return Bottles(
        choice(proposed) if proposed else None,
        is_confirmed and chosen is not None,
        tuple(choice(one) for one in others),
        plain,
    )


def _brings(batch: Batch, addition: Addition, material: Material, ratio: Ratio) -> Brings | None:
    try:
        source = source_of(material)
    except (PlanRefused, UnusableAddition):
        return None  # a label that contradicts itself: the entry will say so
    return brings(batch.plan, ratio, addition.key, "mL" if addition.unit == "ml" else "mg", source)


def _fits(material: Material, line: Mapping[str, Any]) -> bool:
    if material.chemical is not None:
        return material.chemical.slug == line.get("chemical")
    return material.recipe is not None and material.recipe.slug == line.get("stock")


def _strength(material: Material) -> str:
    said = material.origin
    if said.concentration_mol_l is not None:
        return f"{said.concentration_mol_l.normalize():f} M"
    if said.assay_percent is None:
        return ""
    high = said.assay_high_percent
    return f"{said.assay_percent.normalize():f}{f'–{high.normalize():f}' if high else ''} %"


def _day(day: Any) -> str:
    return f"{day:%-d %b}" if day.year == localdate().year else f"{day:%-d %b %Y}"
