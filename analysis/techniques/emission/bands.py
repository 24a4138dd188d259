"""Which band of an emission spectrum is meant, which features are not, and which points are fitted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Reading
from analysis.result import NoResult
from analysis.techniques.shared.band_search import (
    UV_LINE_NM,
    Candidate,
    candidates,
    is_excitation,
    is_line,
    smoothed,
)
from analysis.techniques.shared.spectrum import HC_EV_NM, Spectrum

Marks = NDArray[np.bool_]

EXCITATION_KEYS = (
    "excitation_nm",
    "excitation_wavelength_nm",
    "excitation_wavelength",
    "excitation",
)
EXCITATION_HEAD = re.compile(r"\bex(?:c|citation)?[\s_:=-]*(\d{3,4}(?:\.\d+)?)(?![\d.])", re.I)
WIDTHS = 3  # to either side of the main band
WATER_PER_CM = (
    3400.0  # Stokes shift of the O-H stretch (Lawaetz & Stedmon, Appl. Spectrosc. 2009, 63, 936)
)
RAMAN_SEEN_NM = 450.0  # it falls with λ⁻⁴: excited further to the red it drowns in any emission
RAMAN_WIDEST_PER_CM = 1000.0  # 400 of the line, the rest of wide slits
LINE_REACH_NM = 4.0
OVERLAP = 0.1  # of the main band's height, left in the valley to a neighbour


@dataclass(frozen=True, slots=True)
class Chosen:
    """The main band, what overlaps with it, and what else was seen."""

    main: Candidate
    overlapping: tuple[Candidate, ...]
    others: tuple[Candidate, ...]
    warnings: tuple[str, ...]


def excitation_of(reading: Reading) -> float | None:
    """The excitation wavelength (nm) that header or column head give, None when they give none."""
    said: list[Any] = [reading.metadata.get(key) for key in EXCITATION_KEYS]
    heads = [reading.metadata.get("scan"), *(channel.label for channel in reading.channels[:2])]
    said += [
        found.group(1)
        for head in heads
        if isinstance(head, str) and (found := EXCITATION_HEAD.search(head))
    ]
    for one in said:
        try:
            value = float(one)
        except (TypeError, ValueError):
            continue
        if 150 <= value <= 2000:
            return value
    return None


def choose_band(spectrum: Spectrum, excitation_nm: float | None) -> Chosen:
    """Pick the main band; lines of scattered excitation are left out and named, what may be Raman light is named."""
    found = candidates(spectrum)
    lines = [c for c in found if is_excitation(c, excitation_nm) or is_line(c, found)]
    bands = [c for c in found if c not in lines]
    if not bands:
        raise NoResult(_why_no_band(spectrum, lines))
    main, others = bands[0], tuple(c for c in bands[1:] if c.height >= 0.05 * bands[0].height)
    overlapping = tuple(c for c in others if _overlaps(spectrum, main, c))
    warnings = [
        f"A narrow line at {line.wavelength_nm:.1f} nm was taken as {named(line, excitation_nm) or 'scattered excitation'}"
        " and ignored."
        for line in lines
    ]
    warnings += [
        f"The peak at {c.wavelength_nm:.0f} nm lies where {name} is: it may be that and no emission. Measure the solvent alone"
        " under the same settings, or move the excitation: a Raman line moves with it."
        for c in (main, *others)
        if (name := named(c, excitation_nm))
    ]
    apart = [c for c in others if c not in overlapping]
    if apart:
        places = ", ".join(
            f"{c.wavelength_nm:.0f} nm ({c.height / main.height:.0%})" for c in apart
        )
        warnings.append(
            f"More than one band: the main one is at {main.wavelength_nm:.0f} nm; others at {places} "
            "of its height were not fitted."
        )
    warnings.extend(_edge_warnings(spectrum, main))
    return Chosen(main, overlapping, (*apart, *lines), tuple(warnings))


def named(candidate: Candidate, excitation_nm: float | None) -> str:
    """Return what scattered light is where a narrow peak lies, in words; empty where there is none."""
    if excitation_nm is None:
        return ""
    if is_excitation(candidate, excitation_nm):
        second = abs(candidate.wavelength_nm - 2 * excitation_nm) < abs(
            candidate.wavelength_nm - excitation_nm
        )
        which = (
            "the second order of the scattered excitation" if second else "the scattered excitation"
        )
        return f"{which} ({excitation_nm:g} nm)"
    raman_nm = 1e7 / (1e7 / excitation_nm - WATER_PER_CM)
    reach_nm = max(LINE_REACH_NM, candidate.fwhm_nm / 2)
    width_per_cm = 1e7 * candidate.fwhm_nm / candidate.wavelength_nm**2
    if (
        excitation_nm > RAMAN_SEEN_NM
        or (width_per_cm > RAMAN_WIDEST_PER_CM and candidate.fwhm_nm > UV_LINE_NM)
        or abs(candidate.wavelength_nm - raman_nm) > reach_nm
    ):
        return ""
    return f"the Raman line of water ({raman_nm:.0f} nm for excitation at {excitation_nm:g} nm, {WATER_PER_CM:g} cm⁻¹ from it)"


def _overlaps(spectrum: Spectrum, main: Candidate, other: Candidate) -> bool:
    smooth, _ = smoothed(spectrum.signal)
    a, b = sorted((main.index, other.index))
    valley = float(np.min(smooth[a : b + 1]) - np.min(smooth))
    return valley > OVERLAP * main.height and other.height > OVERLAP * main.height


def _why_no_band(spectrum: Spectrum, lines: list[Candidate]) -> str:
    first, last = spectrum.wavelength_nm[0], spectrum.wavelength_nm[-1]
    if lines:
        return (
            f"Only the scattered excitation at {lines[0].wavelength_nm:.1f} nm stands out between "
            f"{first:g} and {last:g} nm: no emission band. Check the sample and the filter."
        )
    smooth, noise = smoothed(spectrum.signal)
    k = int(np.argmax(smooth))
    if k in (0, smooth.size - 1) and np.ptp(smooth) > 8 * noise:
        return (
            f"The signal is highest at the edge of the scan ({spectrum.wavelength_nm[k]:g} nm): the band "
            "is cut off. Measure a range that shows both sides of the peak."
        )
    return (
        f"No emission band stands out of the noise between {first:g} and {last:g} nm. "
        "Integrate longer, open the slits or check the sample."
    )


def _edge_warnings(spectrum: Spectrum, main: Candidate) -> list[str]:
    smooth, _ = smoothed(spectrum.signal)
    floor, top = float(np.min(smooth)), float(smooth[main.index])
    warnings = []
    for side, name in ((0, "short"), (-1, "long")):
        share = (smooth[side] - floor) / (top - floor)
        if share > 0.5:
            warnings.append(
                f"The signal at the {name}-wavelength end ({spectrum.wavelength_nm[side]:g} nm) is "
                f"{share:.0%} of the band: the scan is cut or scattered light runs into it; width uncertain."
            )
    return warnings


def fit_points(spectrum: Spectrum, chosen: Chosen, saturated: Marks) -> Marks:
    """Mark the points to fit: three widths to either side, up to the valley to a neighbour."""
    main, wavelength_nm = chosen.main, spectrum.wavelength_nm
    use = np.zeros(wavelength_nm.size, dtype=bool)
    for band in (main, *chosen.overlapping):
        away = np.abs(spectrum.energy_ev - HC_EV_NM / band.wavelength_nm)
        use |= away <= WIDTHS * max(band.fwhm_ev, main.fwhm_ev)
    smooth, _ = smoothed(spectrum.signal)
    for other in chosen.others:
        a, b = sorted((main.index, other.index))
        valley = a + int(np.argmin(smooth[a : b + 1]))
        side = wavelength_nm <= wavelength_nm[valley]
        use &= side if other.index > main.index else ~side
    use &= ~saturated
    # the rise of scattered light at an end of the scan is no part of the band
    for order, away_from in ((slice(None, main.index), -1), (slice(main.index, None), 1)):
        part = smooth[order]
        if part.size > 2:
            lowest = int(np.argmin(part)) + (0 if away_from < 0 else main.index)
            end = smooth[0] if away_from < 0 else smooth[-1]
            if end - smooth[lowest] > 0.1 * main.height:
                places = np.arange(use.size)
                use &= places >= lowest if away_from < 0 else places <= lowest
    if use.sum() < 8:
        raise NoResult(
            f"Only {int(use.sum())} points describe the band at {main.wavelength_nm:.1f} nm: at least 8 "
            "are needed. Measure with a finer step."
        )
    return np.asarray(use)
