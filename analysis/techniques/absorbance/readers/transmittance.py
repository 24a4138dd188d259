"""Turn transmittance into absorbance: A = -lg T."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.reading import Channel, Scan, UnreadableFile

_MOST_AS_FRACTION = 1.2  # noise lifts a fraction a little above 1
_LEAST_AS_PERCENT = 2.0


def as_absorbance(scans: list[Scan], warnings: list[str]) -> list[Scan]:
    """Return the scans with absorbance in place of transmittance, and say so.

    Raises
    ------
    UnreadableFile
        when nothing says whether the numbers are a fraction or per cent.
    """
    if not any(scan.ys and scan.ys[0].name == "transmittance" for scan in scans):
        return scans
    said = next(scan.ys[0] for scan in scans if scan.ys[0].name == "transmittance")
    percent = _is_percent(said, scans, warnings)
    unit = "per cent" if percent else "a fraction"
    warnings.append(
        f'The column "{said.label}" holds transmittance ({unit}); it was turned into absorbance, A = -lg T.'
    )
    return [_turned(scan, 100.0 if percent else 1.0) for scan in scans]


def _is_percent(y: Channel, scans: list[Scan], warnings: list[str]) -> bool:
    if "%" in f"{y.unit}{y.label}" or "percent" in y.label.lower() or "per cent" in y.label.lower():
        return True
    most = max(
        float(np.nanmax(scan.ys[0].values, initial=0.0))
        for scan in scans
        if scan.ys[0].name == "transmittance"
    )
    if most <= _MOST_AS_FRACTION:
        return False
    if most >= _LEAST_AS_PERCENT:
        return True
    raise UnreadableFile(
        f'The column "{y.label}" holds transmittance up to {most:g} without a unit: it may be a fraction or per cent. '
        'Write "%T" or "T (fraction)" in its head.'
    )


def _turned(scan: Scan, full: float) -> Scan:
    first, *others = scan.ys
    if first.name != "transmittance":
        return scan
    part = np.where(first.values > 0, first.values, np.nan) / full
    return replace(scan, ys=(Channel("absorbance", "", -np.log10(part), first.label), *others))
