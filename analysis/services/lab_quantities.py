"""Quantities of the lab's own: added by an owner, then typed, filtered and exported like the others."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from analysis.history.columns import COLUMNS, FURTHER, UNCERTAINTY
from analysis.history.language import PAGING, SEARCH
from analysis.models import LabQuantity
from analysis.models.quantity import NAME
from analysis.quantities import QUANTITIES
from analysis.quantity import SUBJECTS
from labnotebook.records.history import recorded
from labnotebook.records.models import Project, Role
from labnotebook.records.permissions import require_role
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.units import find_unit

TAKEN = frozenset({*QUANTITIES, *COLUMNS, *FURTHER, *PAGING, SEARCH, "x", "y", "format"})
LONGEST_LABEL = 80


def add_quantity(
    *,
    by: Any,
    project: Project,
    name: str,
    unit: str,
    label: str,
    low: float,
    high: float,
    subjects: Sequence[str],
    better: str = LabQuantity.Way.NEITHER,
) -> LabQuantity:
    """Add a quantity to those of the whole lab, as an owner of a project; refuse what cannot be one."""
    require_role(by, project, Role.OWNER)
    label, unit = label.strip(), unit.strip()
    _check_name(name)
    if not label or len(label) > LONGEST_LABEL:
        raise Refusal(
            f"Say in 1 to {LONGEST_LABEL} characters what the number is, such as Zeta potential.",
            field="label",
        )
    if unit and find_unit(unit) is None:
        raise Refusal(
            f"The unit {unit[:20]!r} is not known. Write it as mV, mg/mL, 1/cm3 or %; leave it empty"
            " for a number without a unit.",
            field="unit",
        )
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise Refusal(
            f"The plausible range runs from a lower to a higher number, not from {low:g} to {high:g}.",
            field="low",
        )
    strange = [subject for subject in subjects if subject not in SUBJECTS]
    if strange or not subjects:
        raise Refusal(
            f"A quantity is of {', '.join(SUBJECTS)}, one or more of them"
            f"{f', not of {strange[0][:20]!r}' if strange else ''}.",
            field="subjects",
        )
    with recorded(by, "quantity added"):
        return LabQuantity.objects.create(
            name=name,
            unit=unit,
            label=label,
            low=low,
            high=high,
            subjects=list(dict.fromkeys(subjects)),
            better=better,
            added_by=by,
        )


def _check_name(name: str) -> None:
    if not re.fullmatch(NAME, name) or len(name) > 40:
        raise Refusal(
            f"{name[:60]!r} is no name for a quantity. Use small letters, digits and single"
            " underscores, at most 40, and end in the unit: zeta_potential_mv.",
            field="name",
        )
    if name.startswith("ratio_"):
        raise Refusal(
            "A ratio belongs to a recipe: write it there as an input, and it has its columns.",
            field="name",
        )
    if name.endswith(UNCERTAINTY):
        raise Refusal(
            f"Every quantity has the column of its uncertainty already: {name.removesuffix(UNCERTAINTY)[:40]}"
            " with _uncertainty behind it. Add the quantity itself.",
            field="name",
        )
    if name in TAKEN or LabQuantity.objects.filter(name=name).exists():
        raise Refusal(f"There is a number called {name!r} already. Choose another.", field="name")
