"""What changed since a batch was made, for who wants to make it again: recipe, bottles, deviations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from synthesis.chemistry.bottles import Left, readable
from synthesis.chemistry.recipe_diff import RecipeChange, recipe_changes
from synthesis.models import Addition, Batch, Deviation, Material, RecipeVersion
from synthesis.services.movements import in_unit_of, lefts
from synthesis.services.pinned import corrected_in
from synthesis.services.sources import BOTTLES


@dataclass(frozen=True, slots=True)
class BottleNow:
    """A bottle that went into the batch, and what is otherwise about it today."""

    name: str  # of the reagent
    material: Material
    changes: tuple[str, ...]
    left: str  # "4.2 g left", empty when nobody said how much there was

    @property
    def can_be_taken(self) -> bool:
        """Whether it is still on the shelf."""
        return self.material.archived_at is None and self.material.emptied_at is None


@dataclass(frozen=True, slots=True)
class SinceThen:
    """What changed since a batch was made."""

    earlier: RecipeVersion
    later: RecipeVersion
    recipe: list[RecipeChange] = field(default_factory=list)
    bottles: list[BottleNow] = field(default_factory=list)
    deviations: list[Deviation] = field(default_factory=list)

    @property
    def changed_bottles(self) -> list[BottleNow]:
        """The bottles about which something is otherwise."""
        return [one for one in self.bottles if one.changes]

    @property
    def same_bottles(self) -> list[BottleNow]:
        """The bottles that are as they were."""
        return [one for one in self.bottles if not one.changes]


def since(batch: Batch) -> SinceThen:
    """Return what changed since a batch was made, in a fixed number of queries."""
    earlier = RecipeVersion.objects.select_related("recipe").get(pk=batch.recipe_version_id)
    later = earlier.recipe.current or earlier
    changed = earlier.pk != later.pk
    return SinceThen(
        earlier,
        later,
        recipe_changes(earlier.definition, later.definition) if changed else [],
        _bottles(batch),
        list(batch.deviations.filter(withdrawn_at=None).order_by("-severity", "at", "pk")),
    )


def carried_lots(additions: Sequence[Addition], project_id: int) -> dict[str, str]:
    """Return reagent key -> bottle of those that are still on the project's own shelf."""
    return {
        one.key: one.material.code
        for one in additions
        if one.material is not None
        and one.material.project_id == project_id
        and one.material.archived_at is None
        and one.material.emptied_at is None
    }


def _bottles(batch: Batch) -> list[BottleNow]:
    rows = Addition.objects.filter(batch=batch, material__isnull=False)
    additions = list(rows.select_related("batch", *BOTTLES).order_by("position"))
    left = lefts([one.material for one in additions])
    corrected = {one.key: one.words for one in corrected_in(additions)}
    today = timezone.localdate()
    return [
        BottleNow(
            addition.name,
            addition.material,
            tuple(_changes(addition, left[addition.material_id], corrected, today)),
            _left_in_words(left[addition.material_id]),
        )
        for addition in additions
    ]


def _changes(
    addition: Addition, left: Left | None, corrected: dict[str, str], today: date
) -> list[str]:
    bottle, said = addition.material, []
    if bottle.archived_at is not None:
        why = f": {bottle.archived_reason}" if bottle.archived_reason else ""
        said.append(_("put away on %(day)s") % {"day": _day(bottle.archived_at)} + why)
    elif bottle.emptied_at is not None:
        said.append(_("emptied on %(day)s") % {"day": _day(bottle.emptied_at)})
    elif (short := _short_by(addition, left)) is not None:
        said.append(short)
    if bottle.expires_date is not None and bottle.expires_date < today:
        said.append(_("expired on %(day)s") % {"day": _day(bottle.expires_date)})
    if addition.key in corrected:
        said.append(_("corrected since: %(what)s") % {"what": corrected[addition.key]})
    return said


def _short_by(addition: Addition, left: Left | None) -> str | None:
    """Say that a bottle does not hold what the batch took."""
    needed = addition.planned_value
    if left is None or left.value is None or not needed:
        return None
    wanted = in_unit_of(addition.material, needed, addition.unit)
    if wanted is None or left.value >= wanted:
        return None
    return _("%(left)s, and it takes %(wanted)s") % {
        "left": _left_in_words(left),
        "wanted": readable(wanted, addition.material.amount_unit),
    }


def _left_in_words(left: Left | None) -> str:
    if left is None or left.value is None:
        return ""
    return _("%(amount)s left") % {"amount": readable(left.value, left.unit)}


def _day(moment: Any) -> str:
    day = timezone.localtime(moment).date() if hasattr(moment, "tzinfo") else moment
    return f"{day:%-d %b %Y}"
