"""The numbers of one batch under their own names: planned, effective and weighed, never in one cell.

*Planned* is what the plan asks for and gives with every bottle at face value, *effective* what it gives
when the assay and titre of its bottles count, *weighed* what the recorded amounts bring, assay and
titre counted. A ratio is dimensionless (mol/mol), its uncertainty a standard one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .atomic_weights import ATOMIC_WEIGHTS
from .documents import as_decimal
from .ratios import ratio_name
from .recipe import RecipeDefinition

PLANNED, EFFECTIVE, WEIGHED = "planned", "effective", "weighed"
RATIO = "ratio_"
SHOWN = ("key", "name", "basis", "value", "uncertainty")  # of what is stored
LEADING = 0  # the place of the recipe's first ratio, its R

ORIGINS = {
    PLANNED: "the plan, every bottle at face value",
    EFFECTIVE: "the plan, assay and titre of its bottles counted",
    WEIGHED: "the recorded amounts, assay and titre of their bottles counted",
}
ASKED = "asked for in the plan"


@dataclass(frozen=True, slots=True)
class BatchNumber:
    """One number of a batch. ``uncertainty`` is None when it was asked for, not measured."""

    key: str
    basis: str
    value: float
    uncertainty: float | None
    origin: str
    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its standard uncertainty, None when there is none."""

    value: float
    uncertainty: float | None = None


@dataclass(frozen=True, slots=True)
class RatioOfBatch:
    """One ratio of a batch: its name, what was asked for, and what is known on each basis."""

    key: str
    name: str
    asked: Decimal | None = None
    planned: Estimate | None = None
    effective: Estimate | None = None
    weighed: Estimate | None = None


def ratios_of_batch(
    rows: Iterable[Mapping[str, Any]], asked: Mapping[str, Any]
) -> list[RatioOfBatch]:
    """Put the stored numbers of one batch side by side, one ratio each, in their order.

    ``rows`` have key, name, basis, value and uncertainty; ``asked`` are the targets as typed. A
    recipe calls its own ratio as it likes; what is no ratio was asked for and has no uncertainty.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if is_ratio(row["key"]) or row["uncertainty"] is not None:
            one = found.setdefault(row["key"], {"key": row["key"], "name": row["name"]})
            one[row["basis"]] = Estimate(row["value"], row["uncertainty"])
    return [RatioOfBatch(asked=_asked(asked.get(key)), **one) for key, one in found.items()]


def _asked(typed: object) -> Decimal | None:
    return None if typed in (None, "") else as_decimal(typed).normalize()


def planned_numbers(
    recipe: RecipeDefinition, plan: Mapping[str, Any], targets: Mapping[str, Decimal]
) -> list[BatchNumber]:
    """Return every ratio of a plan, planned and effective, and the other numbers that it asks for.

    ``plan`` is what ``Plan.as_dict`` gave, ``targets`` its numeric targets by input key. The
    recipe's own ratios come first, in the order in which it asks for them.
    """
    composition: Mapping[str, Any] = plan["composition"]
    named = {one.key: ratio_name(one.numerator, one.denominator) for one in recipe.ratios}
    labels = {one["key"]: one["label"] for one in plan.get("ratios", ())}
    given = [key for key in composition if is_ratio(key)]
    order = list(dict.fromkeys([*named, *given]))
    found = []
    for position, key in enumerate(order, start=LEADING if named else LEADING + 1):
        name = named.get(key) or labels.get(key) or name_of(key)
        for basis, kept in ((PLANNED, key), (EFFECTIVE, f"{key}_effective")):
            if kept in composition:
                found.append(_number(key, basis, composition[kept], name, position))
    last = LEADING + 1 + len(order)
    asked = [one for one in recipe.inputs if one.key in targets and one.key not in named]
    return found + [
        BatchNumber(one.key, PLANNED, float(targets[one.key]), None, ASKED, one.name, last + place)
        for place, one in enumerate(asked)
    ]


def weighed_numbers(
    composition: Mapping[str, Any], planned: Mapping[str, tuple[str, int]]
) -> list[BatchNumber]:
    """Return every ratio that the recorded amounts give.

    ``composition`` is what ``Composition.as_dict`` gave; a ratio whose numerator or denominator is
    not recorded yet is not in it. ``planned`` gives name and place of the keys that the plan has.
    """
    after = 1 + max((position for _, position in planned.values()), default=LEADING)
    return [
        _number(key, WEIGHED, said, *planned.get(key, (name_of(key), after)))
        for key, said in composition["effective"].items()
        if is_ratio(key) or key in planned
    ]


def _number(key: str, basis: str, said: Mapping[str, Any], name: str, position: int) -> BatchNumber:
    return BatchNumber(
        key, basis, said["value"], said.get("uncertainty"), ORIGINS[basis], name, position
    )


def is_ratio(key: str) -> bool:
    """Whether a key of a composition is a ratio itself, not its effective value."""
    return key.startswith(RATIO) and not key.endswith("_effective")


def name_of(key: str) -> str:
    """Return the words for a ratio of which only the key is known.

    >>> name_of("ratio_br_cl")
    'Br/Cl'
    """
    first, *rest = [_symbol(part) for part in key.removeprefix(RATIO).split("_")]
    return ratio_name(first, rest) if rest else first


def _symbol(word: str) -> str:
    return next((s for s in ATOMIC_WEIGHTS if s.lower() == word.lower()), word.upper())
