"""What follows from numbers that a person stands for: the rates of radiative and other decay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from analysis.techniques.shared.rates import radiative_rates


@dataclass(frozen=True, slots=True)
class ComputedFigure:
    """A number that follows from accepted ones; never stored, so it cannot go stale."""

    quantity: str
    value: float
    uncertainty: float | None
    low: float | None
    high: float | None
    unit: str
    label: str
    made_from: tuple[int, ...]  # outcomes
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return {**asdict(self), "made_from": list(self.made_from)}


class Number(Protocol):
    """What other numbers follow from: an outcome, or as much of one."""

    @property
    def pk(self) -> int:
        """Its key."""

    @property
    def value(self) -> float:
        """Its value."""

    @property
    def uncertainty(self) -> float | None:
        """Its standard uncertainty, None when nobody gave one."""


def rates_from(known: Mapping[str, Number]) -> list[ComputedFigure]:
    """Return k_r and k_nr once quantum yield and lifetime are known, by the quantity of each.

    The intervals (95 %) need both uncertainties; without them only the values are given.
    """
    plqy, lifetime = known.get("plqy_percent"), known.get("lifetime_ns")
    if plqy is None or lifetime is None or lifetime.value <= 0 or plqy.value < 0:
        return []
    rates = radiative_rates(
        plqy.value, plqy.uncertainty or 0.0, lifetime.value, lifetime.uncertainty or 0.0
    )
    sure = plqy.uncertainty is not None and lifetime.uncertainty is not None
    made_from = (plqy.pk, lifetime.pk)
    note = " ".join(rates.warnings)
    if not sure:
        note = f"Without the uncertainties of both no interval can be given. {note}".strip()
    return [
        ComputedFigure(
            "k_r_per_s",
            rates.k_r_per_s,
            rates.u_k_r_per_s if sure else None,
            rates.k_r_low_per_s if sure else None,
            rates.k_r_high_per_s if sure else None,
            "1/s",
            "Radiative rate k_r = Φ/τ",
            made_from,
            note,
        ),
        ComputedFigure(
            "k_nr_per_s",
            rates.k_nr_per_s,
            rates.u_k_nr_per_s if sure else None,
            rates.k_nr_low_per_s if sure else None,
            rates.k_nr_high_per_s if sure else None,
            "1/s",
            "Non-radiative rate k_nr = (1 − Φ)/τ",
            made_from,
            note,
        ),
    ]
