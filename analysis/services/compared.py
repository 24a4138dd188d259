"""Read batches to stand side by side, in a fixed number of queries however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median
from typing import Any

from django.db.models import F, Prefetch
from django.db.models.fields.json import KeyTransform

from analysis.comparison import LETTERS
from analysis.models import Forecast, LabQuantity, Outcome, PhaseAssignment
from analysis.pixel_numbers import COUNTED
from analysis.quantities import QUANTITIES
from analysis.quantity import Better, Place, Quantity
from devices.models import standing
from synthesis.chemistry.quantities import SHOWN, RatioOfBatch, ratios_of_batch
from synthesis.chemistry.sources import Balance
from synthesis.models import (
    Addition,
    Batch,
    BatchQuantity,
    Condition,
    Deviation,
    Observation,
    StepRun,
)

MOST = 10  # batches that stand side by side


@dataclass(frozen=True, slots=True)
class Best:
    """The best pixel of the devices made from a batch, and how the others did."""

    outcome: Outcome
    median: float
    pixels: int


@dataclass(frozen=True)
class Compared:
    """One batch with what is known of it, and the letter it goes by."""

    letter: str
    batch: Batch
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    best: dict[str, Best] = field(default_factory=dict)

    @cached_property
    def quantities(self) -> list[BatchQuantity]:
        """Its numbers, the recipe's own ratio first."""
        return sorted(self.batch.quantities.all(), key=lambda one: (one.position, one.pk))

    @cached_property
    def ratios(self) -> dict[str, RatioOfBatch]:
        """Its ratios, the recipe's own ones first."""
        rows = [{name: getattr(one, name) for name in SHOWN} for one in self.quantities]
        return {one.key: one for one in ratios_of_batch(rows, self.batch.targets)}

    @cached_property
    def leading(self) -> RatioOfBatch | None:
        """The recipe's first ratio."""
        first = next((one.key for one in self.quantities if one.position == 0), "")
        return self.ratios.get(first)

    @cached_property
    def additions(self) -> dict[str, Addition]:
        """Its reagents by their keys, in the order of its recipe."""
        return {one.key: one for one in self.batch.additions.all()}

    @cached_property
    def steps(self) -> dict[str, StepRun]:
        """Its steps by their keys, in the order of its recipe."""
        return {one.key: one for one in self.batch.step_runs.all()}

    @cached_property
    def balance(self) -> Balance:
        """What an amount is worth that was recorded with no instrument of its own."""
        return Balance.from_dict(self.batch.balance)

    @property
    def phase(self) -> PhaseAssignment | None:
        """What it is said to be."""
        return next(iter(self.batch.standing_phases), None)

    @property
    def forecast(self) -> dict[str, Any] | None:
        """What was expected before."""
        found = getattr(self.batch, "forecast", None)
        return found.result if found is not None else None


def load_compared(user: Any, codes: Sequence[str]) -> list[Compared]:
    """Return the batches with these codes that the person may see, in the order of the codes."""
    rows = {batch.code: batch for batch in _batches(user, codes)}
    found = [rows[code] for code in codes if code in rows]
    outcomes, best = _outcomes(found), _best(user, found)
    return [
        Compared(letter, batch, outcomes.get(batch.pk, {}), best.get(batch.pk, {}))
        for letter, batch in zip(LETTERS, found, strict=False)
    ]


def _batches(user: Any, codes: Iterable[str]) -> Iterable[Batch]:
    rows = Batch.objects.visible_to(user).filter(code__in=codes)
    rows = rows.select_related("project", "recipe_version__recipe", "planned_by", "archive")
    # Of what is large only the parts that are asked for.
    rows = rows.defer("plan", "composition", "recipe_version__definition").annotate(
        balance=KeyTransform("balance", "plan"),
        inputs=KeyTransform("inputs", "recipe_version__definition"),
    )
    open_deviations = Deviation.objects.filter(withdrawn_at=None).order_by("at", "pk")
    return rows.prefetch_related(
        "quantities",
        Prefetch("additions", Addition.objects.select_related("material__recipe", "instrument")),
        "step_runs__parameters",
        Prefetch("observations", Observation.objects.that_count()),
        Prefetch("conditions", Condition.objects.that_count()),
        Prefetch("deviations", open_deviations, to_attr="standing_deviations"),
        Prefetch(
            "phases",
            PhaseAssignment.objects.filter(superseded_at=None).prefetch_related(
                "structure_evidence"
            ),
            to_attr="standing_phases",
        ),
        Prefetch("forecast", Forecast.objects.filter(state=Forecast.State.DONE)),
    )


def _outcomes(batches: Sequence[Batch]) -> dict[int, dict[str, Outcome]]:
    found: dict[int, dict[str, Outcome]] = {}
    for outcome in Outcome.objects.filter(superseded_at=None, batch__in=batches):
        found.setdefault(outcome.batch_id, {})[outcome.quantity] = outcome
    return found


def _best(user: Any, batches: Sequence[Batch]) -> dict[int, dict[str, Best]]:
    """Return the best of what the pixels of the devices from each batch gave, by quantity."""
    rows = Outcome.objects.visible_to(user).alias(stands=standing("pixel__"))
    rows = rows.filter(
        superseded_at=None,
        stands__in=COUNTED,
        pixel__device__layers__source_batch__in=batches,
    )
    rows = rows.annotate(made_from=F("pixel__device__layers__source_batch")).distinct()
    several: dict[tuple[int, str], list[Outcome]] = {}
    for outcome in rows.order_by("pk"):
        several.setdefault((outcome.made_from, outcome.quantity), []).append(outcome)
    found: dict[int, dict[str, Best]] = {}
    for (batch, name), outcomes in several.items():
        known = QUANTITIES.get(name)
        if known is None or known.place is not Place.BEST or known.better is Better.NEITHER:
            continue
        pick = min if known.better is Better.LOWER else max
        best = pick(outcomes, key=lambda one: one.value)
        middle = median(one.value for one in outcomes)
        found.setdefault(batch, {})[name] = Best(best, middle, len(outcomes))
    return found


def quantities_named(names: Iterable[str]) -> list[Quantity]:
    """Return these quantities in the order of the registry, the lab's own ones last."""
    wanted = set(names)
    known = [one for name, one in QUANTITIES.items() if name in wanted]
    rest = wanted - QUANTITIES.keys()
    own = LabQuantity.objects.filter(name__in=rest).order_by("pk") if rest else ()
    return known + [row.quantity for row in own]
