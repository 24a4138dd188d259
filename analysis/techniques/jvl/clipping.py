"""Rows that a limit made: the current at the compliance of the source, the luminance at the detector's top.

A source that limits the current writes the same current row after row while voltage and light go on, and
L/J then rises for no reason of the pixel's. Such rows are told by three or more neighbours at the highest
value; whatever lies above them in voltage is no measurement of the pixel either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.techniques.jvl.columns import Floats
from analysis.techniques.jvl.sweep import OPEN_MA_CM2, Sweep

LEAST_EQUAL = 3
EQUAL = 1e-6  # of the highest value
REGULATED = 1e-3  # of the highest value: how far a regulated current strays from its limit
KNEE = 10.0  # a plateau ends in a step of ten times what it strays; an apex of a curve does not
NONE_FOUND = (
    "None: neither the current nor the luminance stays at its highest value, so no compliance limit and no "
    "saturated detector was found."
)
ROUNDING_STEPS = 3.0  # an apex written with few digits is flat, and its neighbours as near as this


@dataclass(frozen=True, slots=True)
class Limit:
    """A column that stays at its highest value from one row on."""

    column: str  # current | luminance
    first: int  # row of the sweep, counted from the lowest voltage
    rows: int
    value: float
    from_v: float


def limits_of(sweep: Sweep) -> tuple[Limit, ...]:
    """Where the current and the luminance stay at their highest value."""
    found = [_limit(sweep, "luminance", sweep.luminance_cd_m2, least=1.0)]
    if sweep.current_density_ma_cm2 is not None:
        found.append(_limit(sweep, "current", sweep.current_density_ma_cm2, least=OPEN_MA_CM2))
    return tuple(limit for limit in found if limit is not None)


def _limit(sweep: Sweep, column: str, values: Floats, least: float) -> Limit | None:
    if values.size < LEAST_EQUAL or np.max(values) < least:
        return None
    for stray, knee in ((EQUAL, 0.0), (REGULATED, KNEE)):
        run = _run_at_the_top(values, stray)
        if run.size < LEAST_EQUAL:
            continue
        drop = _drop_beside(values, run)
        if drop <= knee * float(np.ptp(values[run])):
            continue
        if column == "luminance" and drop <= ROUNDING_STEPS * _resolution(values):
            continue
        first = int(run[0])
        return Limit(
            column, first, int(run.size), float(np.max(values)), float(sweep.voltage_v[first])
        )
    return None


def _run_at_the_top(values: Floats, stray: float) -> np.ndarray:
    """Rows of the longest unbroken run within ``stray`` of the highest value."""
    rows = np.flatnonzero(values >= np.max(values) * (1 - stray))
    return max(np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1), key=len)


def _drop_beside(values: Floats, run: np.ndarray) -> float:
    """How far the nearer neighbour of a run lies below it; infinite for a run without neighbours."""
    beside = [values[k] for k in (run[0] - 1, run[-1] + 1) if 0 <= k < values.size]
    return float(np.min(values[run]) - max(beside)) if beside else float("inf")


def _resolution(values: Floats) -> float:
    """Last written decimal place of the values near the top."""
    top = values[values >= np.max(values) / 2]
    for places in range(7):
        if np.allclose(top, np.round(top, places), rtol=1e-9, atol=0):
            return float(10.0**-places)
    return 0.0


def below(sweep: Sweep, limits: tuple[Limit, ...]) -> Sweep:
    """The rows below the first limit; the whole sweep without one."""
    if not limits:
        return sweep
    kept = slice(0, min(limit.first for limit in limits))

    def cut(column: Floats | None) -> Floats | None:
        return None if column is None else column[kept]

    return replace(
        sweep,
        voltage_v=sweep.voltage_v[kept],
        luminance_cd_m2=sweep.luminance_cd_m2[kept],
        current_density_ma_cm2=cut(sweep.current_density_ma_cm2),
        eqe_percent=cut(sweep.eqe_percent),
        power_efficiency_lm_w=cut(sweep.power_efficiency_lm_w),
    )


def in_words(limit: Limit) -> str:
    """What a limit did to the sweep, for a person."""
    if limit.column == "current":
        return (
            f"The current stands at {limit.value:.4g} mA/cm² in {limit.rows} rows, from {limit.from_v:.4g} V on: "
            "the compliance limit of the source, or the top of its range. Turn-on and efficiencies come from the "
            "rows below."
        )
    return (
        f"The luminance stands at {limit.value:.4g} cd/m² in {limit.rows} rows, from {limit.from_v:.4g} V on: the "
        "detector was saturated. The pixel was at least this bright; turn-on and efficiencies come from the rows below."
    )
