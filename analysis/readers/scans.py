"""Tidy scans and make a `Reading` of them: gaps, order, repeats, several scans on one axis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.tables import MIN_POINTS
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import Technique

MOST_SCANS = 1000


def make_reading(
    technique: Technique,
    reader: str,
    scans: list[Scan],
    metadata: dict[str, Any],
    warnings: list[str],
    *,
    keep_order: bool = False,
    facts_of: Callable[[Scan], dict[str, Any]] | None = None,
) -> Reading:
    """Tidy the scans and make a reading of them; the only one of a file is chosen by itself.

    An abscissa with the same quantity several times beside it holds as many scans: samples, aliquots,
    pixels. ``keep_order`` leaves the points as measured (a J-V sweep and its way back). Otherwise the
    abscissa of a scan rises strictly; repeated abscissae are averaged, with a warning. ``facts_of`` says
    what else is known of a tidied scan.
    """
    warnings = list(warnings)
    apart = [part for scan in scans for part in _one_of_each_quantity(scan)]
    tidied: list[Scan] = []
    for number, scan in enumerate(apart, 1):
        name = f"Scan {number}: " if len(apart) > 1 else ""
        cleaned = _drop_gaps(scan, name, warnings)
        if cleaned.points < MIN_POINTS:
            if len(apart) > 1:
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
    if len(tidied) > MOST_SCANS:
        raise UnreadableFile(
            f"This file holds {len(tidied)} scans; at most {MOST_SCANS} are read. Export fewer of them."
        )
    named = tuple(
        replace(
            scan,
            key=str(number),
            label=scan.label or f"scan {number}",
            metadata={**scan.metadata, **(facts_of(scan) if facts_of else {})},
        )
        for number, scan in enumerate(_with_companions(tidied), 1)
    )
    of_all = {
        name: value
        for name, value in named[0].metadata.items()
        if all(name in one.metadata and one.metadata[name] == value for one in named)
    }
    if len(named) > 1:
        of_all["scan_count"] = len(named)
    first = named[0]
    together = [y for scan in named if _same_axis(first.x.values, scan.x.values) for y in scan.ys]
    reading = Reading(
        technique.name,
        reader,
        (first.x, *together),
        {**metadata, **of_all},
        tuple(warnings),
        named,
    )
    return reading.of(first.key) if len(named) == 1 else reading


def _one_of_each_quantity(scan: Scan) -> list[Scan]:
    """Return a scan for each time that the first quantity comes again beside one abscissa."""
    groups: list[list[Channel]] = []
    for y in scan.ys:
        if not groups or y.name == scan.ys[0].name:
            groups.append([])
        groups[-1].append(y)
    if len(groups) < 2:
        return [scan]
    return [replace(scan, ys=tuple(group), label=group[0].label) for group in groups]


def _with_companions(scans: list[Scan]) -> list[Scan]:
    """Join what was measured beside a scan on the same abscissa: a response, a luminance."""
    found: list[Scan] = []
    for scan in scans:
        names = {y.name for y in scan.ys}
        hosts = [
            place
            for place, one in enumerate(found)
            if names.isdisjoint(y.name for y in one.ys) and _same_axis(one.x.values, scan.x.values)
        ]
        for place in hosts:
            found[place] = replace(found[place], ys=(*found[place].ys, *scan.ys))
        if not hosts:
            found.append(scan)
    return found


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
                    replace(scan.at(run), label=f"{scan.label} sweep {number}".strip()),
                    name,
                    warnings,
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
    ordered = scan.at(order)
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
