"""How an EL spectrum moves with the bias: peak and width of every spectrum of a file that was taken at several.

Each is read as by `el-spectrum`; the shift is a line through the peaks, weighted by what is known of each. The wavelength
scale of the instrument moves all of them alike, so that it is in no difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.quantity import Quantity
from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Result
from analysis.techniques.emission.emission import PARAMETERS, run_el
from analysis.techniques.shared.rounding import rounded_figure

Floats = NDArray[np.float64]

LEAST, MOST = 3, 60  # spectra
LEVEL = "standard uncertainty"
LEAST_U = 0.02  # nm: no peak of an LED repeats better
QUANTITIES = (
    Quantity("el_shift_nm_per_v", "nm/V", "Shift of the EL peak with the bias", "Shift", low=-1e6, high=1e6),
    Quantity("el_shift_nm", "nm", "EL peak at the highest bias less at the lowest", "Shift", low=-1e6, high=1e6),
    Quantity("el_broadening_nm", "nm", "EL width at the highest bias less at the lowest", "Broadening",
             low=-1e6, high=1e6),
)  # fmt: skip
_BIAS = re.compile(r"(?<![\w.])(-?\d+(?:[.,]\d+)?)\s*(mV|V)(?![\w/])")


@dataclass(frozen=True, slots=True)
class AtBias:
    """What one spectrum says: bias (V), and peak and width (nm), each with its u without the wavelength scale."""

    bias_v: float
    peak_nm: float
    peak_u: float
    fwhm_nm: float
    fwhm_u: float


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Peak and width against bias; raises `NoResult` of a file whose scans name no three biases."""
    scans = {key: volts for key, volts in _biases(reading).items() if volts is not None}
    if len(set(scans.values())) < LEAST:
        raise NoResult(
            f"This method takes a file with spectra at {LEAST} biases or more, each named by its own, such as “3.5 V” above"
            f" its column. This one has {len(set(scans.values()))} of {len(reading.scans)} scans so named."
        )
    if len(scans) > MOST:
        raise NoResult(
            f"{len(scans)} spectra are more than {MOST}: leave out what is dim, or every second one."
        )
    found, dim = [], []
    for key, volts in sorted(scans.items(), key=lambda one: one[1]):
        try:
            found.append(_at(volts, run_el(reading.of(key), given)))
        except NoResult:
            dim.append(volts)
    bright = [one for one in found if one is not None]
    if len(bright) < LEAST:
        raise NoResult(
            f"Only {len(bright)} of {len(scans)} spectra have a peak and a width that can be told: {LEAST} are needed."
        )
    return _result(bright, dim)


def _biases(reading: Reading) -> dict[str, float | None]:
    return {scan.key: _bias_v(scan.label) for scan in reading.scans}


def _bias_v(label: str) -> float | None:
    found = _BIAS.search(label)
    if found is None:
        return None
    return float(found[1].replace(",", ".")) * (1e-3 if found[2] == "mV" else 1.0)


def _at(volts: float, result: Result) -> AtBias | None:
    by_name = {figure.quantity: figure.value for figure in result.figures}
    peak, width = by_name.get("el_peak_nm"), by_name.get("el_fwhm_nm")
    if peak is None or width is None:
        return None
    parts = result.detail["u_parts"]
    peak_u, width_u = (
        float(np.hypot(parts[name]["statistics"], parts[name]["models"]))
        for name in ("peak_nm", "fwhm_nm")
    )
    return AtBias(volts, peak, max(peak_u, LEAST_U), width, max(width_u, LEAST_U))


def _result(found: list[AtBias], dim: list[float]) -> Result:
    volts, peaks, widths = (
        np.array([getattr(one, name) for one in found]) for name in ("bias_v", "peak_nm", "fwhm_nm")
    )
    peak_u = np.array([one.peak_u for one in found])
    slope, u = _slope(volts, peaks, peak_u)
    first, last = found[0], found[-1]
    span = f"{first.bias_v:g} to {last.bias_v:g} V"
    without = "the wavelength scale cancels"
    figures = (
        Figure("el_shift_nm_per_v", slope, u, "nm/V", f"Shift of the EL peak, {span}", level=LEVEL,
               note=f"weighted line through {len(found)} spectra; {without}"),
        Figure("el_shift_nm", last.peak_nm - first.peak_nm, float(np.hypot(first.peak_u, last.peak_u)), "nm",
               f"EL peak at {last.bias_v:g} V less at {first.bias_v:g} V", level=LEVEL, note=without),
        Figure("el_broadening_nm", last.fwhm_nm - first.fwhm_nm, float(np.hypot(first.fwhm_u, last.fwhm_u)), "nm",
               f"EL width at {last.bias_v:g} V less at {first.bias_v:g} V", level=LEVEL, note=without),
    )  # fmt: skip
    warnings = []
    if dim:
        told = ", ".join(f"{one:g} V" for one in dim)
        warnings.append(f"No peak can be told at {told}: too dim, or no single band.")
    wave = _bend(volts, peaks, peak_u)
    if wave > 3.0:
        warnings.append(
            "The peak does not move along a line: one slope says less than the drawing."
        )
    return Result(
        figures=figures,
        summary=f"EL moves by {rounded_figure(figures[1])} and widens by {rounded_figure(figures[2])} from {span}.",
        warnings=tuple(warnings),
        curves=(
            Curve("peak against bias", volts.tolist(), peaks.tolist(), x_unit="V", unit="nm"),
            Curve("width against bias", volts.tolist(), widths.tolist(), x_unit="V", unit="nm"),
        ),
        detail={
            "at_bias": [
                {"bias_v": one.bias_v, "el_peak_nm": one.peak_nm, "peak_u_nm": one.peak_u,
                 "el_fwhm_nm": one.fwhm_nm, "fwhm_u_nm": one.fwhm_u}
                for one in found
            ],
            "without": dim,
        },
    )  # fmt: skip


def _slope(x: Floats, y: Floats, u: Floats) -> tuple[float, float]:
    """Slope of a weighted line and its standard uncertainty, by the scatter where that is more than what was stated."""
    weights = 1 / u
    matrix = np.vander(x, 2) * weights[:, None]
    inverse = np.linalg.pinv(matrix.T @ matrix)
    line = inverse @ (matrix.T @ (y * weights))
    left = (y - np.vander(x, 2) @ line) * weights
    scatter = max(float(np.sqrt(left @ left / max(x.size - 2, 1))), 1.0)
    return float(line[0]), scatter * float(np.sqrt(inverse[0, 0]))


def _bend(x: Floats, y: Floats, u: Floats) -> float:
    """Root of the reduced misfit of a line."""
    line = np.polyfit(x, y, 1, w=1 / u)
    left = (y - np.polyval(line, x)) / u
    return float(np.sqrt(left @ left / max(x.size - 2, 1)))


EL_BIASES = Method("el-bias", "1", "el_spectrum", "EL peak and width against bias", run, PARAMETERS)
