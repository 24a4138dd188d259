"""The reverse of a plan: from what was really weighed to what is in the flask.

Values are given twice: at face value (as if every bottle were pure) and effective (assay, titre and
a hot draw counted). A ratio appears as soon as every planned reagent that bears on it has been
recorded, and something was recorded both above and below; never from the plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from .additions import Addition, Amount, UnusableAddition, recorded_amounts
from .plan import PRECISION, Plan, frozen
from .ratios import ZERO, Contribution, Known, Mixture, Ratio, known_ratios
from .reagent_lines import as_number, is_planned, read_reagent
from .reported import added_ratios, frozen_ratios
from .sources import Balance

__all__ = ["Addition", "Composition", "Deviation", "UnusableAddition", "weighed_composition"]


@dataclass(frozen=True, slots=True)
class Deviation:
    """One ingredient: planned and recorded in one unit. ``percent`` is None when none was planned."""

    key: str
    unit: str
    planned: Decimal
    actual: Decimal

    @property
    def percent(self) -> Decimal | None:
        """Recorded minus planned, in percent of planned."""
        return (self.actual / self.planned - 1) * 100 if self.planned else None

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict with floats."""
        percent = self.percent
        return {
            "key": self.key,
            "unit": self.unit,
            "planned": float(self.planned),
            "actual": float(self.actual),
            "percent": None if percent is None else float(percent),
        }


@dataclass(frozen=True, slots=True)
class Composition:
    """What is in the flask. Amounts in mmol by species, ratios at face value and effective."""

    ratios: Mapping[str, Known]
    effective: Mapping[str, Known]
    amounts_mmol: Mapping[str, Known]
    effective_amounts_mmol: Mapping[str, Known]
    deviations: tuple[Deviation, ...]
    missing: tuple[str, ...]
    waiting_for: Mapping[str, tuple[str, ...]]

    @property
    def is_complete(self) -> bool:
        """Whether every planned ingredient has been recorded."""
        return not self.missing

    def as_dict(self) -> dict[str, Any]:
        """Return floats, ready for JSON."""
        knowns = ("ratios", "effective", "amounts_mmol", "effective_amounts_mmol")
        return {
            **{
                name: {key: known.as_dict() for key, known in getattr(self, name).items()}
                for name in knowns
            },
            "deviations": [one.as_dict() for one in self.deviations],
            "missing": list(self.missing),
            "waiting_for": {key: list(keys) for key, keys in self.waiting_for.items()},
            "complete": self.is_complete,
        }


def weighed_composition(
    plan: Plan | Mapping[str, Any], additions: Sequence[Addition]
) -> Composition:
    """Return what is in the flask after some additions.

    ``plan`` is a Plan or the dict that its ``as_dict`` gave (a frozen one from a batch). Several
    additions of one ingredient add up. Raises UnusableAddition or UnfitSource with a sentence.
    """
    kept = frozen(plan)
    with localcontext() as context:
        context.prec = PRECISION
        return _weighed_composition(kept, additions)


def _weighed_composition(plan: Mapping[str, Any], additions: Sequence[Addition]) -> Composition:
    balance = Balance.from_dict(plan["balance"])
    lines: dict[str, Mapping[str, Any]] = {line["key"]: line for line in plan["reagents"]}
    brings = {key: tuple(read_reagent(line).species) for key, line in lines.items()}
    amounts = recorded_amounts(plan, additions, balance)
    done = {one.key for one in amounts}
    missing = tuple(key for key, line in lines.items() if key not in done and is_planned(line))
    ratios = frozen_ratios(plan)
    face = [one.contribution(effective=False) for one in amounts]
    real = [one.contribution(effective=True) for one in amounts]
    waiting = _waiting_for(ratios, brings, done, missing, face)
    shown = [ratio for ratio in ratios if ratio.key not in waiting]
    planned = {name for species in brings.values() for name in species}
    shown += added_ratios(ratios, planned, face)
    # planned at zero and nothing recorded: what it would bring besides is none
    absent = [
        Contribution(key, dict.fromkeys(brings[key], ZERO))
        for key, line in lines.items()
        if key not in done and not is_planned(line)
    ]
    return Composition(
        ratios=known_ratios(shown, Mixture([*face, *absent])),
        effective=known_ratios(shown, Mixture([*real, *absent])),
        amounts_mmol=_amounts(Mixture(face)),
        effective_amounts_mmol=_amounts(Mixture(real)),
        deviations=_deviations(lines, amounts),
        missing=missing,
        waiting_for=waiting,
    )


def _waiting_for(
    ratios: Sequence[Ratio],
    brings: Mapping[str, Sequence[str]],
    done: set[str],
    missing: Sequence[str],
    recorded: Sequence[Contribution],
) -> dict[str, tuple[str, ...]]:
    """Which ratios wait for which ingredients: those planned, and one at least on either side."""
    there = {name for one in recorded for name in one.species}
    waiting = {}
    for ratio in ratios:
        keys = [key for key in missing if not ratio.species.isdisjoint(brings[key])]
        for side in (ratio.above, ratio.below):
            if there.isdisjoint(side):
                keys += [k for k in brings if k not in done and not {*side}.isdisjoint(brings[k])]
        if keys:
            waiting[ratio.key] = tuple(key for key in brings if key in keys)
    return waiting


def _amounts(mixture: Mixture) -> dict[str, Known]:
    return {name: mixture.amount(name) for name in sorted(mixture.totals)}


def _deviations(
    lines: Mapping[str, Mapping[str, Any]], amounts: Sequence[Amount]
) -> tuple[Deviation, ...]:
    found = []
    for key, line in lines.items():
        mine = [one for one in amounts if one.key == key]
        by_volume = line["measured_by"] == "volume"
        if mine and all(one.by_volume == by_volume for one in mine):
            planned = as_number(line["volume_ml"] if by_volume else line["weigh_mg"]) or ZERO
            actual = sum((one.measured for one in mine), ZERO)
            found.append(Deviation(key, "mL" if by_volume else "mg", planned, actual))
    return tuple(found)
