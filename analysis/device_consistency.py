"""Whether the numbers of one LED can all be true together: typed, measured or printed ones alike.

Plain Python, no Django. What follows from what, for a Lambertian emitter: CE = EQE / f of the EL spectrum
(`techniques.shared.photometry`), PE = π·CE/V, L = CE·J. A sentence each, with the tolerance; nothing is corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from analysis.techniques.jvl.cautions import DISAGREEMENT, JOULE_LIMIT_W_CM2
from analysis.techniques.jvl.eqe import (
    ASKED_ABOVE_PERCENT,
    FWHM_ERROR_NM,
    LEAST_EQE_PERCENT_PER_CD_A,
    PEAK_ERROR_NM,
    STRAY_FLOOR,
)
from analysis.techniques.shared.photometry import gaussian_spectrum

EQE, CE, PE = "eqe_percent", "current_efficiency_cd_a", "power_efficiency_lm_w"
LIGHT, DENSITY, TURN_ON = "luminance_cd_m2", "current_density_ma_cm2", "turn_on_v"
PEAK, WIDTH, AT_PEAK = "el_peak_nm", "el_fwhm_nm", "peak_luminance_v"
TAKEN = (EQE, CE, PE, LIGHT, DENSITY, TURN_ON, PEAK, WIDTH, AT_PEAK)
WIDTH_NM = 31.0  # where nobody said: of red perovskite nanocrystals
TOLERANCE = f"{DISAGREEMENT:.0%}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence: whether what it names agrees (``ok``), disagrees (``warn``), or what follows (``""``)."""

    kind: str
    sentence: str
    of: tuple[str, ...]  # the quantities that it compares


def findings(known: Mapping[str, float]) -> list[Finding]:
    """Return what follows from these numbers of one pixel or device, and where they disagree.

    >>> [one.kind for one in findings({"current_efficiency_cd_a": 2.1, "power_efficiency_lm_w": 1.7})]
    ['']
    """
    known = {name: value for name, value in known.items() if value > 0 and np.isfinite(value)}
    rules: tuple[tuple[tuple[str, ...], Callable[[Mapping[str, float]], Finding | None]], ...] = (
        ((EQE, CE), _efficiencies),
        ((CE, PE), _voltage),
        ((LIGHT, CE), _current),
        ((EQE,), _possible),
    )
    return [
        found
        for needed, rule in rules
        if all(name in known for name in needed) and (found := rule(known)) is not None
    ]


def peak_for(eqe_percent: float, ce_cd_a: float, fwhm_nm: float, near_nm: float) -> float | None:
    """Return the EL peak (nm) that both efficiencies take, on the side of the green on which ``near_nm`` lies.

    >>> round(peak_for(25.3, 2.1, 31.0, 688.0), 1)
    681.8
    """
    wanted = eqe_percent / ce_cd_a
    low, high = (560.0, 760.0) if near_nm >= 560 else (560.0, 420.0)

    def per(peak_nm: float) -> float:
        return gaussian_spectrum(peak_nm, fwhm_nm).eqe_percent_per_cd_a

    if not per(low) <= wanted <= per(high):
        return None
    for _ in range(40):  # it rises from the green outwards
        middle = (low + high) / 2
        low, high = (middle, high) if per(middle) < wanted else (low, middle)
    return (low + high) / 2


def _efficiencies(known: Mapping[str, float]) -> Finding | None:
    eqe, ce, peak = known[EQE], known[CE], known.get(PEAK)
    least = ce * LEAST_EQE_PERCENT_PER_CD_A
    if eqe < least * (1 - DISAGREEMENT):
        return Finding(
            "warn",
            f"{ce:.3g} cd/A is an EQE of at least {least:.3g} % whatever the colour, and {eqe:.3g} % is said: area,"
            " units or one of the two is wrong.",
            (EQE, CE),
        )
    if peak is None:
        takes = peak_for(eqe, ce, known.get(WIDTH, WIDTH_NM), 688.0)
        said = f"{eqe:.3g} % and {ce:.3g} cd/A"
        if takes is None:
            return None
        return Finding(
            "", f"{said} take an EL peak at {takes:.1f} nm{_assumed(known)}. No EL peak is known.", (EQE, CE)
        )  # fmt: skip
    width = known.get(WIDTH, WIDTH_NM)
    expected, low, high = _expected(eqe, peak, width)
    off = abs(ce / expected - 1)
    words = (
        f"EQE {eqe:.3g} % at an EL peak of {peak:.4g} nm{_assumed(known)} stands for {expected:.3g} cd/A"
        f" ({low:.3g}–{high:.3g} with ±1 nm and 0.1 % of stray light); {ce:.3g} cd/A is said"
    )
    if low <= ce <= high or off <= DISAGREEMENT:
        return Finding(
            "ok", f"{words}: {off:.0%} apart, within {TOLERANCE} or that range.", (EQE, CE, PEAK)
        )
    takes = peak_for(eqe, ce, width, peak)
    needs = "" if takes is None else f" {ce:.3g} cd/A needs an EL peak at {takes:.1f} nm."
    return Finding(
        "warn",
        f"{words}: {off:.0%} apart, more than {TOLERANCE}.{needs} A tail of the EL or a floor under its spectrum can"
        " close it.",
        (EQE, CE, PEAK),
    )


def _expected(eqe: float, peak_nm: float, width_nm: float) -> tuple[float, float, float]:
    every = [
        eqe
        / gaussian_spectrum(peak_nm + shift, max(width_nm + wider, 1), stray).eqe_percent_per_cd_a
        for shift in (-PEAK_ERROR_NM, PEAK_ERROR_NM)
        for wider in (-FWHM_ERROR_NM, FWHM_ERROR_NM)
        for stray in (0.0, STRAY_FLOOR)
    ]
    centre = eqe / gaussian_spectrum(peak_nm, width_nm).eqe_percent_per_cd_a
    return centre, min(every), max(every)


def _assumed(known: Mapping[str, float]) -> str:
    return "" if WIDTH in known else f" (a width of {WIDTH_NM:g} nm assumed)"


def _voltage(known: Mapping[str, float]) -> Finding | None:
    """Both efficiencies have their tops near one voltage: π·CE/PE, above the turn-on."""
    ce, pe, on = known[CE], known[PE], known.get(TURN_ON)
    volts = np.pi * ce / pe
    words = f"{pe:.3g} lm/W and {ce:.3g} cd/A go together at π·CE/PE = {volts:.2g} V"
    if on is not None and volts < on * (1 - DISAGREEMENT):
        return Finding(
            "warn",
            f"{words}, below the turn-on of {on:.3g} V: one of the three is wrong (tolerance {TOLERANCE}).",
            (CE, PE, TURN_ON),
        )
    if on is not None and volts <= 4 * on:
        return Finding("ok", f"{words}, above the turn-on of {on:.3g} V.", (CE, PE, TURN_ON))
    return Finding(
        "",
        f"{words}. As a percentage this would be another number, the wall-plug efficiency.",
        (CE, PE),
    )


def _current(known: Mapping[str, float]) -> Finding | None:
    light, ce, density = known[LIGHT], known[CE], known.get(DENSITY)
    least = light / (10 * ce)
    words = f"{light:.5g} cd/m² at {ce:.3g} cd/A or less takes at least {least:.3g} mA/cm²"
    if density is not None and density < least * (1 - DISAGREEMENT):
        return Finding(
            "warn",
            f"{words}, and the highest current density said is {density:.3g} mA/cm²: area, unit or one of the three is"
            f" wrong (tolerance {TOLERANCE}; cd/cm² would be 10 000 times as much).",
            (LIGHT, CE, DENSITY),
        )
    at = known.get(AT_PEAK)
    volts = at or known.get(TURN_ON)
    if volts is None:
        return Finding("", f"{words}.", (LIGHT, CE))
    power = volts * least / 1e3
    where = f"at {volts:.3g} V" if at else f"already at the turn-on of {volts:.3g} V"
    if power > JOULE_LIMIT_W_CM2:
        words += (
            f": {power:.2g} W/cm² {where}. Above {JOULE_LIMIT_W_CM2:g} W/cm² a pixel heats itself unless it is tiny or"
            " pulsed"
        )
        return Finding("warn", words + ".", (LIGHT, CE, AT_PEAK if at else TURN_ON))
    return Finding("", f"{words}: {power:.2g} W/cm² {where}.", (LIGHT, CE))


def _possible(known: Mapping[str, float]) -> Finding | None:
    if known[EQE] <= ASKED_ABOVE_PERCENT:
        return None
    return Finding(
        "warn",
        f"An EQE of {known[EQE]:.3g} % is more than a planar LED lets out ({ASKED_ABOVE_PERCENT:g} %).",
        (EQE,),
    )
