"""Tidy scans and make a `Reading` of them: gaps, order, repeats, several scans on one axis."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.tables import MIN_POINTS
from analysis.reading import Channel, Reading, UnreadableFile
from analysis.technique import Technique


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan of a file: an abscissa and what was measured at it."""

    x: Channel
    ys: tuple[Channel, ...]
    label: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """The number of points."""
        return len(self.x.values)


def make_reading(
    technique: Technique,
    reader: str,
    scans: list[Scan],
    metadata: dict[str, Any],
    warnings: list[str],
    *,
    keep_order: bool = False,
) -> Reading:
    """Tidy the scans and join those that share the first one's abscissa as further channels.

    ``keep_order`` leaves the points as measured (a J-V sweep and its way back). Otherwise the
    abscissa of the reading rises strictly; repeated abscissae are averaged, with a warning.
    """
    warnings = list(warnings)
    tidied: list[Scan] = []
    for number, scan in enumerate(scans, 1):
        name = f"Scan {number}: " if len(scans) > 1 else ""
        cleaned = _drop_gaps(scan, name, warnings)
        if cleaned.points < MIN_POINTS:
            if number > 1 or len(scans) > 1:
                warnings.append(
                    f"{name}only {cleaned.points} points with numbers; it was left out."
                )
                continue
            raise UnreadableFile(
                f"Only {cleaned.points} points of this file have numbers in both columns; at least "
                f"{MIN_POINTS} are needed. Check the export."
            )
        tidied.extend([cleaned] if keep_order else _rising(cleaned, name, warnings))
    if not tidied:
        raise UnreadableFile(
            f"No scan of this file has {MIN_POINTS} points with numbers. Check the export."
        )
    first, others = tidied[0], tidied[1:]
    channels = [first.x, *first.ys]
    apart: list[Scan] = []
    for scan in others:
        if _same_axis(first.x.values, scan.x.values):
            channels.extend(scan.ys)
        else:
            apart.append(scan)
    if apart:
        sizes = ", ".join(
            f"{scan.label or 'without a name'} ({scan.points} points)" for scan in apart[:5]
        )
        warnings.append(
            f"The file holds {len(tidied)} scans with different abscissae; the first was read. Not read: "
            f"{sizes}{' and more' if len(apart) > 5 else ''}. Upload them as files of their own."
        )
    if others:
        metadata = {**metadata, "scan_count": len(tidied), "scans_read": len(tidied) - len(apart)}
    return Reading(
        technique.name, reader, tuple(channels), {**metadata, **first.metadata}, tuple(warnings)
    )


def _drop_gaps(scan: Scan, name: str, warnings: list[str]) -> Scan:
    """Drop rows without a finite abscissa and first ordinate, and columns without any number."""
    ys = tuple(y for y in scan.ys if np.isfinite(y.values).any())
    if not ys:
        return replace(scan, x=replace(scan.x, values=scan.x.values[:0]))
    x, y = scan.x.values, ys[0].values
    filled = ~(np.isnan(x) & np.isnan(y))  # rows that only another scan beside this one has
    keep = np.isfinite(x) & np.isfinite(y)
    lost = int(filled.sum() - keep.sum())
    if lost:
        warnings.append(
            f"{name}{lost} of {int(filled.sum())} points have no finite number (empty, NaN or infinite) "
            "and were left out."
        )
    holes = sum(int((~np.isfinite(other.values[keep])).sum()) for other in ys[1:])
    if holes:
        warnings.append(f"{name}{holes} cells of further columns have no finite number.")
    tidy = [replace(y, values=_finite_or_nan(y.values[keep])) for y in ys]
    return replace(scan, x=replace(scan.x, values=x[keep]), ys=tuple(tidy))


def _finite_or_nan(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(values), values, np.nan)


def _rising(scan: Scan, name: str, warnings: list[str]) -> list[Scan]:
    """Return the scan with a strictly rising abscissa, or its runs when it was swept several times."""
    x = scan.x.values
    if x.min() == x.max():
        raise UnreadableFile(
            f"{name or 'In this file '}the abscissa ({scan.x.label or 'first column'}) is {x[0]:g} in every row, so it is no "
            "axis. Export the spectrum with its axis in the first column, or name the columns in a line "
            "above the numbers."
        )
    runs = _runs(x)
    if len(runs) > 1:
        long_runs = [run for run in runs if run.stop - run.start >= MIN_POINTS]
        inside = sum(run.stop - run.start for run in long_runs)
        if len(long_runs) > 1 and inside >= 0.9 * len(x):
            if inside < len(x):
                warnings.append(f"{name}{len(x) - inside} points between the sweeps were left out.")
            return [
                part
                for number, run in enumerate(long_runs, 1)
                for part in _rising(
                    _part(scan, run, f"{scan.label} sweep {number}".strip()), name, warnings
                )
            ]
        if len(runs) > max(3, len(x) // 10):
            raise UnreadableFile(
                f"{name or 'In this file '}the abscissa ({scan.x.label or 'first column'}) goes up and down {len(runs)} times "
                f"in {len(x)} points, so it is no axis. Check which column is the axis, and name the columns "
                "in a line above the numbers."
            )
        warnings.append(
            f"{name or 'In this file '}the abscissa was not in order; the points were sorted."
        )
    order = np.arange(len(x)) if (np.diff(x) > 0).all() else np.argsort(x, kind="stable")
    ordered = _part(scan, order, scan.label)
    return [_without_repeats(ordered, name, warnings)]


def _runs(x: NDArray[np.float64]) -> list[slice]:
    """Return the stretches in which the abscissa keeps its direction."""
    steps = np.sign(np.diff(x))
    moving = np.flatnonzero(steps)
    turns = moving[1:][steps[moving[1:]] != steps[moving[:-1]]]
    runs: list[slice] = []
    start = 0
    for turn in turns:
        if turn + 1 - start < 2:
            continue  # the jump back to the start of the next sweep is no run of its own
        runs.append(slice(start, int(turn) + 1))
        start = int(turn) + 1
    runs.append(slice(start, len(x)))
    return runs


def _part(scan: Scan, where: slice | NDArray[np.int64], label: str) -> Scan:
    return replace(
        scan,
        x=replace(scan.x, values=scan.x.values[where]),
        ys=tuple(replace(y, values=y.values[where]) for y in scan.ys),
        label=label,
    )


def _without_repeats(scan: Scan, name: str, warnings: list[str]) -> Scan:
    distinct, inverse = np.unique(scan.x.values, return_inverse=True)
    repeats = scan.points - len(distinct)
    if not repeats:
        return scan
    warnings.append(f"{name}{repeats} points repeat an abscissa; their values were averaged.")
    counts = np.bincount(inverse)
    ys = tuple(replace(y, values=np.bincount(inverse, weights=y.values) / counts) for y in scan.ys)
    if len(distinct) < MIN_POINTS:
        raise UnreadableFile(
            f"{name or 'In this file '}only {len(distinct)} different abscissae are in this file; at least {MIN_POINTS} are needed."
        )
    return replace(scan, x=replace(scan.x, values=distinct), ys=ys)


def _same_axis(first: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    if len(first) != len(other):
        return False
    step = np.abs(np.diff(first)).min(initial=np.inf)
    return bool(np.allclose(first, other, rtol=0, atol=max(step * 0.01, 1e-12)))
