"""First exciton and optical gap of a direct semiconductor from its absorbance.

The sub-gap signal (level + scattering that grows as λ⁻⁴) is fitted below the edge and taken off first: 5 % of
scattering left in moves a 1.79 eV gap to 2.06 eV. What the edge begins with decides what is read: a band that
falls again is the first exciton; an edge that the Elliott formula describes and a plain one does not gives the
gap behind its exciton; else the Tauc plot, (αhν)² against hν (Tauc, Grigorovici, Vancu, Phys. Status Solidi 1966,
15, 627). Excitons are neglected by the plot, so the gap is good to ±0.02 eV at best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.reading import Reading
from analysis.result import Curve, Method, NoResult, Parameter, Result
from analysis.techniques.absorbance.edge_report import (
    Gap,
    exciton_figures,
    gap_behind,
    gap_figures,
    summary,
    words,
)
from analysis.techniques.absorbance.elliott import EdgeFit, fit_edges
from analysis.techniques.absorbance.exciton import Exciton, first_exciton
from analysis.techniques.shared.calibration import WAVELENGTH, known
from analysis.techniques.shared.settings import settings_for
from analysis.techniques.shared.spectrum import HC_EV_NM, binned, point_noise, spectrum_of

Floats = NDArray[np.float64]

MOST_POINTS = 2000
LEAST_UNCERTAINTY_EV = 0.02
HIGHEST_ABSORBANCE = 3.0  # one photon in a thousand arrives: stray light rules above
WINDOW_EV = (0.04, 0.20)
REACH_EV = 0.40  # lines are sought this far above the onset; beyond, other transitions begin
LEAST_R2 = 0.995
LEAST_SUBGAP_EV = 0.06
MAY_HIDE_AN_EXCITON = (
    "Over a part of the edge an exciton that is not resolved describes it better: the Tauc plot neglects it, reads the gap "
    "low, and its uncertainty says so."
)

PARAMETERS = (
    Parameter("from_nm", "Use from", "nm", None, 150, 5000),
    Parameter("to_nm", "Use to", "nm", None, 150, 5000),
    Parameter("pl_peak_nm", "PL peak of the same sample", "nm", None, 150, 5000,
              help="A gap below the emission is flagged."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A straight stretch of the Tauc plot."""

    gap_ev: float
    slope: float
    low_ev: float
    high_ev: float


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """First exciton and direct optical gap of an absorbance spectrum; raises `NoResult`."""
    settings = settings_for(PARAMETERS, given)
    energy, absorbance, warnings = _usable(reading, settings)
    background, onset = subtract_subgap(energy, absorbance)
    net = absorbance - background
    step = float(np.max(net[energy <= energy[onset] + REACH_EV]))
    tauc = np.clip(net, 0, None) ** 2 * energy**2
    scale = known(reading, WAVELENGTH)
    exciton = first_exciton(energy, net, onset, scale)
    edges = fit_edges(energy, net, float(energy[onset]))
    asking = [edge for edge in edges if edge.asks_for_exciton]
    elliott = asking if 2 * len(asking) > len(edges) else []
    line, gap = None, None
    if elliott:
        gap = gap_behind(elliott, scale)
    else:
        try:
            line, gap = _tauc_gap(energy, tauc, onset, exciton, asking)
        except NoResult:
            if exciton is None:
                raise
    figures = (*exciton_figures(exciton, elliott, scale), *gap_figures(gap, exciton, scale))
    warnings += _warnings(energy, background, onset, step)
    warnings += words(gap, exciton, elliott, settings["pl_peak_nm"])
    if line is not None and exciton is None and asking:
        warnings.append(MAY_HIDE_AN_EXCITON)
    return Result(
        figures=figures,
        summary=summary(figures, gap),
        warnings=tuple(warnings),
        curves=_curves(energy, tauc, line, background),
        detail={
            "window_ev": None if line is None else [line.low_ev, line.high_ev],
            "onset_ev": float(energy[onset]),
            "subgap_share_of_edge": float(background[onset] / step) if step > 0 else None,
            "exciton_resolved": exciton is not None,
            "binding_ev": float(np.mean([e.binding_ev for e in elliott])) if elliott else None,
            "edge_fits": [[e.gap_ev, e.u_gap_ev, e.binding_ev, e.width_ev, e.misfit, e.plain_misfit, e.asks_for_exciton] for e in edges],
        },
    )  # fmt: skip


def _tauc_gap(
    energy: Floats, tauc: Floats, onset: int, exciton: Exciton | None, asking: Sequence[EdgeFit]
) -> tuple[Line, Gap]:
    """The steepest straight part of the plot; raises `NoResult` without one near the onset."""
    lines = tauc_lines(energy, tauc, onset)
    best = max(lines, key=lambda line: line.slope)
    alike = [line.gap_ev for line in lines if line.slope >= 0.8 * best.slope]
    u = max(LEAST_UNCERTAINTY_EV, float(np.std(alike)))
    if not energy[onset] - 0.15 <= best.gap_ev <= energy[onset] + REACH_EV:
        raise NoResult(
            f"The straight part of the Tauc plot meets zero at {best.gap_ev:.2f} eV, far from where absorption "
            f"begins ({energy[onset]:.2f} eV): no gap is given. Restrict the range to the edge."
        )
    # Where there is an exciton, the plot reads the flank of its band. The gap lies above that band by what binds the
    # exciton; where the two are not told apart, by no more than half the width of the band.
    above = [edge.gap_ev for edge in asking]
    if exciton is not None:
        above.append(exciton.energy_ev + exciton.fwhm_ev / 2)
    u = float(np.hypot(u, max([0.0, *(ev - best.gap_ev for ev in above)]) / 2))
    return best, Gap(best.gap_ev, u, "Tauc")


def _usable(reading: Reading, settings: dict[str, Any]) -> tuple[Floats, Floats, list[str]]:
    """Energy (ascending) and absorbance inside the range and below the detector's limit."""
    if len(reading.channels) < 2:
        raise NoResult(
            "The file holds only one column: a Tauc plot needs wavelength and absorbance."
        )
    if reading.channel("absorbance") is None and reading.y.name != "y":
        raise NoResult(
            f"The file holds {reading.y.name.replace('_', ' ')}, not absorbance: a Tauc plot needs absorbance."
        )
    spectrum = binned(spectrum_of(reading, ("absorbance", "y"), least_points=30), MOST_POINTS)
    x, y = spectrum.wavelength_nm, spectrum.signal
    if float(np.median(y)) > 10:
        raise NoResult(
            f"The values (typically {np.median(y):.3g}) are far too high for an absorbance: the file holds counts "
            "or per cent. Export absorbance."
        )
    inside = np.ones(x.size, dtype=bool)
    if settings["from_nm"] is not None:
        inside &= x >= settings["from_nm"]
    if settings["to_nm"] is not None:
        inside &= x <= settings["to_nm"]
    x, y, warnings = x[inside], y[inside], []
    too_dark = np.flatnonzero(y > HIGHEST_ABSORBANCE)
    if too_dark.size:
        first = int(too_dark[-1]) + 1  # ascending wavelength: keep what is red of the last of them
        warnings.append(
            f"Absorbance exceeds {HIGHEST_ABSORBANCE:g} below {x[too_dark[-1]]:.0f} nm (stray light): that part "
            "was not used. Dilute the sample to see it."
        )
        x, y = x[first:], y[first:]
    if x.size < 30:
        raise NoResult(
            f"Only {x.size} usable points below an absorbance of {HIGHEST_ABSORBANCE:g}: at least 30 are needed. "
            "Dilute the sample or measure a wider range with a finer step."
        )
    return HC_EV_NM / x[::-1], y[::-1], warnings


def subtract_subgap(energy_ev: Floats, absorbance: Floats) -> tuple[Floats, int]:
    """Fit level + λ⁻⁴ scattering below the edge; return it everywhere and the index of the onset.

    Starts with the reddest tenth of the points and grows while the next points follow the fit.
    Raises `NoResult` when no edge rises from it or too little of it was measured.
    """
    noise = max(point_noise(absorbance), 1e-4 * float(np.ptp(absorbance)))
    smooth = scipy.ndimage.gaussian_filter1d(
        absorbance, max(1.0, absorbance.size / 300), mode="nearest"
    )
    limit = max(5 * noise, 0.02 * float(np.ptp(absorbance)))
    size = max(6, absorbance.size // 10)
    _refuse_rising(energy_ev[:size], smooth[:size], limit)
    background = _scattering(energy_ev, absorbance, size)
    for _ in range(50):
        over = np.flatnonzero(smooth[size:] - background[size:] > limit)
        if not over.size:
            raise NoResult(
                f"No absorption edge rises out of the background between {HC_EV_NM / energy_ev[-1]:.0f} and "
                f"{HC_EV_NM / energy_ev[0]:.0f} nm. Measure further into the blue, or check the sample."
            )
        grown = size + int(0.8 * over[0])
        if grown <= size:
            break
        size = grown
        background = _scattering(energy_ev, absorbance, size)
    onset = min(size + int(over[0]), energy_ev.size - 1)
    if energy_ev[size - 1] - energy_ev[0] < LEAST_SUBGAP_EV or smooth[0] - background[0] > limit:
        raise NoResult(
            "No flat part red of the absorption edge: scattering cannot be taken off, and without that the gap "
            "would be wrong by tenths of an eV. Measure some 50 nm further into the red."
        )
    _refuse_rising(energy_ev[:size], smooth[:size], limit)
    return background, onset


def _scattering(energy_ev: Floats, absorbance: Floats, size: int) -> Floats:
    """Level (either sign) plus non-negative λ⁻⁴, fitted to the first ``size`` points."""
    quartic = (energy_ev / energy_ev[0]) ** 4
    columns = np.column_stack([np.ones_like(energy_ev), -np.ones_like(energy_ev), quartic])
    values, _ = scipy.optimize.nnls(columns[:size], absorbance[:size])
    return np.asarray(columns @ values, dtype=float)


def _refuse_rising(energy_ev: Floats, smooth: Floats, limit: float) -> None:
    """Refuse a sub-gap part that grows faster than scattering can (more than E⁸)."""
    rise = float(smooth[-1] - smooth[0])
    low = max(float(np.min(smooth)), 1e-12)
    growth = np.log(max(float(smooth[-1]), 1e-12) / low)
    if rise > 3 * limit and growth > 8 * np.log(energy_ev[-1] / energy_ev[0]):
        raise NoResult(
            "The red end of the spectrum already rises like an absorption edge: the sub-gap background cannot be "
            "told from absorption. Measure further into the red."
        )


def tauc_lines(energy_ev: Floats, tauc: Floats, onset: int) -> list[Line]:
    """Every straight, rising stretch of the plot near the onset; raises `NoResult` without one."""
    lines = []
    last = int(np.searchsorted(energy_ev, energy_ev[onset] + REACH_EV))
    for first in range(onset, min(last, energy_ev.size)):
        for width_ev in np.linspace(*WINDOW_EV, 5):
            stop = int(np.searchsorted(energy_ev, energy_ev[first] + width_ev))
            if stop - first < 6 or stop > energy_ev.size - 1:
                continue
            x, y = energy_ev[first:stop], tauc[first:stop]
            slope, zero = np.polyfit(x, y, 1)
            scatter = float(np.sum((y - slope * x - zero) ** 2))
            total = float(np.sum((y - y.mean()) ** 2))
            if slope > 0 and total > 0 and 1 - scatter / total >= LEAST_R2:
                lines.append(Line(float(-zero / slope), float(slope), float(x[0]), float(x[-1])))
    if not lines:
        raise NoResult(
            "The Tauc plot has no straight part at the edge (too noisy, too coarse, or not a direct gap): no gap "
            "is given. Average more scans or use a finer step."
        )
    return lines


def _warnings(energy: Floats, background: Floats, onset: int, step: float) -> list[str]:
    if background[onset] <= 0.5 * step:
        return []
    return [
        f"The background at the edge is {background[onset] / step:.0%} of the edge itself (scattering, thick "
        f"film?) at {energy[onset]:.2f} eV: the gap depends on how well it is taken off."
    ]


def _curves(
    energy: Floats, tauc: Floats, line: Line | None, background: Floats
) -> tuple[Curve, ...]:
    wavelength_nm = HC_EV_NM / energy[::-1]
    curves = [
        Curve("background", wavelength_nm.tolist(), background[::-1].tolist(), x_unit="nm"),
        Curve("tauc", energy.tolist(), tauc.tolist(), x_unit="eV", unit="eV²"),
    ]
    if line is not None:
        rise = line.slope * (line.high_ev - line.gap_ev)
        curves.append(
            Curve("tauc_line", [line.gap_ev, line.high_ev], [0.0, rise], "line", "eV", "eV²")
        )
    return tuple(curves)


ABSORBANCE_EDGE = Method(
    "absorbance-edge",
    "4",
    "absorbance",
    "First exciton and optical gap (direct)",
    run,
    PARAMETERS,
    leaves_out=True,
)
