"""Absolute quantum yield: de Mello, Wittmann & Friend, Adv. Mater. 1997, 9, 230, in photons.

A = 1 − L_c/L_b and η = (P_c − (1 − A) P_b)/(L_a A): L is laser light, P emission; a the empty sphere, b the sample
beside the beam, c the sample in it. Light that the sample absorbs again is given back by η/(1 − a + aη).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.plqy.integrals import PHOTONS, POWER, Integrals, integrals_of
from analysis.techniques.shared.settings import settings_for

PERCENT, FRACTION = "per cent", "a fraction of 1"
LEVEL = "standard uncertainty"
INTEGRAL_U_PERCENT = 1.0  # of each integral: drift of the laser, place of the sample
RESPONSE_U_PERCENT = 3.0  # of the response at the emission over that at the laser: a standard lamp
LEAST_ABSORBED = 0.02
FAINT_ABSORPTION = 0.1
BEYOND = 2.0  # standard uncertainties above 100 % that are noise

PARAMETERS = (
    Parameter("signal_is", "The spectra are in", default="", choices=(PHOTONS, POWER),
              help="Counts behind a response are photons; W or µW per nm are power. Asked where the head does not say it."),
    Parameter("said_is", "The file's own yield is in", default="", choices=(PERCENT, FRACTION),
              help="Of a file that says a yield up to 1 without a %."),
    Parameter("excitation_from_nm", "Laser light from", "nm", None, 150, 3500),
    Parameter("excitation_to_nm", "Laser light to", "nm", None, 150, 3500),
    Parameter("emission_from_nm", "Emission from", "nm", None, 150, 3500),
    Parameter("emission_to_nm", "Emission to", "nm", None, 150, 3500),
    Parameter("exposure_a", "Exposure of a", "", 1.0, 1e-9, 1e9, help="Time (and filter) of each spectrum, where they differ."),
    Parameter("exposure_b", "Exposure of b", "", 1.0, 1e-9, 1e9),
    Parameter("exposure_c", "Exposure of c", "", 1.0, 1e-9, 1e9),
    Parameter("integral_u_percent", "Uncertainty of each integral", "%", INTEGRAL_U_PERCENT, 0, 50),
    Parameter("response_u_percent", "Uncertainty of the response, emission over laser", "%", RESPONSE_U_PERCENT, 0, 50),
    Parameter("self_absorption", "Share of the emission that is absorbed again", "", None, 0, 0.95),
    Parameter("self_absorption_u", "Its standard uncertainty", "", None, 0, 0.5),
)  # fmt: skip


class Yield(NamedTuple):
    """Absorbed share of the laser in the beam, and quantum yield; 0 to 1."""

    absorbed: float
    value: float


def de_mello(l_a: float, l_b: float, l_c: float, p_b: float, p_c: float) -> Yield:
    """Return absorption and quantum yield from integrals in photons.

    >>> round(de_mello(1.0, 0.9, 0.45, 0.098, 0.539).value, 3)
    0.98
    """
    absorbed = 1 - l_c / l_b
    return Yield(absorbed, (p_c - (1 - absorbed) * p_b) / (l_a * absorbed))


def without_self_absorption(value: float, share: float) -> float:
    """Return the yield (0 to 1) of a sample that absorbs ``share`` of its own emission."""
    return value / (1 - share + share * value)


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Quantum yield of three spectra, or the one that the file says; raises `NoResult`."""
    settings = settings_for(PARAMETERS, given)
    said = _said_percent(reading, settings)
    if reading.channel("direct") is None:
        if said is None and "said_plqy" in reading.metadata:
            raise NoResult(
                f"The file says a yield of {reading.metadata['said_plqy']:g} and not whether that is per cent or a fraction of 1. "
                "Say it by the setting “The file's own yield is in”."
            )
        if said is None:
            raise NoResult(
                "These are not the three spectra a, b and c that a quantum yield needs, and no column or header says one."
            )
        return _as_said(said)
    warnings: list[str] = []
    found = integrals_of(reading, settings, warnings)
    absorbed, value = de_mello(found.l_a, found.l_b, found.l_c, found.p_b, found.p_c)
    if not LEAST_ABSORBED < absorbed < 1:
        raise NoResult(
            f"The sample in the beam takes {absorbed:.1%} of the laser: below {LEAST_ABSORBED:.0%} the yield divides noise by "
            "noise. Check which spectrum is which, or use a thicker sample."
        )
    if absorbed < FAINT_ABSORPTION:
        warnings.append(
            f"The sample takes only {absorbed:.1%} of the laser: the yield hangs on a small difference."
        )
    parts = uncertainty_parts(found, settings["integral_u_percent"], settings["response_u_percent"])
    u = float(np.sqrt(sum(part**2 for part in parts.values())))
    observed, u_observed = value, u
    share = settings["self_absorption"]
    if share:
        u_share = settings["self_absorption_u"] or 0.0
        value, u, parts = _corrected(value, u, parts, share, u_share)
    if value < -BEYOND * u or value - BEYOND * u > 1:
        raise NoResult(
            f"A quantum yield of {value:.1%} ± {u:.1%} cannot be: check which spectrum is which, the exposures, the response and "
            "the ranges of laser and emission."
        )
    figures = [
        _figure(value, u, parts, share, warnings),
        Figure("absorbed_percent", 100 * absorbed, 100 * _u_absorbed(found, settings), "%", "Laser light absorbed in the beam, A",
               level=LEVEL),
    ]  # fmt: skip
    if said is not None and abs(100 * value - said) > 200 * u:
        warnings.append(f"The file itself says {said:g} %.")
    return Result(
        figures=tuple(figures),
        summary=f"PLQY {100 * value:.1f} ± {100 * u:.1f} %, {absorbed:.0%} of the laser absorbed.",
        warnings=tuple(warnings),
        curves=tuple(Curve(name, found.wavelength_nm.tolist(), photons.tolist()) for name, photons in found.photons.items()),
        detail={
            "integrals_photons": {"L_a": found.l_a, "L_b": found.l_b, "L_c": found.l_c, "P_b": found.p_b, "P_c": found.p_c},
            "laser_nm": list(found.laser_nm),
            "emission_nm": list(found.emission_nm),
            "observed_percent": 100 * observed,
            "observed_u_percent": 100 * u_observed,
            "u_parts_percent": {name: 100 * part for name, part in parts.items()},
            "said_by_the_file_percent": said,
        },
    )  # fmt: skip


def uncertainty_parts(
    found: Integrals, integral_percent: float, response_percent: float
) -> dict[str, float]:
    """Return the parts of u of the yield (0 to 1): the integrals (drift and counting), the response."""
    values = np.array([found.l_a, found.l_b, found.l_c, found.p_b, found.p_c])
    counting = np.array(found.counting)
    drift = integral_percent / 100 * np.abs(values)
    base = de_mello(*values).value
    slopes = _slopes(found)
    parts = {
        name: float(np.sqrt(np.sum(np.square(slopes * us))))
        for name, us in (("drift", drift), ("counting", counting))
    }
    parts["response"] = abs(base) * response_percent / 100
    return parts


def _slopes(found: Integrals) -> NDArray[np.float64]:
    """Return the derivatives of the yield by L_a, L_b, L_c, P_b and P_c, shape (5,); an emission may be zero or noise below it."""
    passed = found.l_c / found.l_b
    taken = found.l_a * (1 - passed)
    value = (found.p_c - passed * found.p_b) / taken
    by_passed = (found.p_c - found.p_b) / (taken * (1 - passed))
    return np.array(
        [
            -value / found.l_a,
            -by_passed * passed / found.l_b,
            by_passed / found.l_b,
            -passed / taken,
            1 / taken,
        ]
    )


def _u_absorbed(found: Integrals, settings: dict[str, Any]) -> float:
    drift = settings["integral_u_percent"] / 100
    relative = [
        np.hypot(drift, found.counting[k] / value)
        for k, value in ((1, found.l_b), (2, found.l_c))
        if value > 0
    ]
    return float(found.l_c / found.l_b * np.sqrt(np.sum(np.square(relative))))


def _corrected(
    value: float, u: float, parts: dict[str, float], share: float, u_share: float
) -> tuple[float, float, dict[str, float]]:
    """Take self-absorption off; the parts of u grow with it, and the share's own is one of them."""
    right = without_self_absorption(value, share)
    below = (1 - share + share * value) ** 2
    slope = (1 - share) / below
    by_share = abs(value * (1 - value)) / below * u_share
    parts = {name: slope * part for name, part in parts.items()} | {"self-absorption": by_share}
    return right, float(np.hypot(slope * u, by_share)), parts


def _figure(
    value: float, u: float, parts: dict[str, float], share: float | None, warnings: list[str]
) -> Figure:
    note = ", ".join(f"{name} {100 * part:.1f} %" for name, part in parts.items() if part > 0)
    label = "Absolute PLQY (de Mello), in photons"
    if share:
        label += f", {share:.0%} of the emission absorbed again"
    shown = 100 * value
    if value > 1:
        warnings.append(
            f"The yield reads {shown:.1f} ± {100 * u:.1f} %: 100 % stands for it, as it cannot be more."
        )
        note += f"; read as {shown:.1f} %"
        shown = 100.0
    elif value < 0:
        warnings.append(f"The yield reads {shown:.2g} %: no emission is seen.")
        return Figure(
            "plqy_percent",
            None,
            None,
            "%",
            label,
            high=200 * u,
            note="upper limit, 95 %",
            level="95 %",
        )
    return Figure("plqy_percent", shown, 100 * u, "%", label, note=note, level=LEVEL)


def _said_percent(reading: Reading, settings: dict[str, Any]) -> float | None:
    """Return the file's own yield in per cent; None where it says none, or not in what and no setting does."""
    percent = reading.metadata.get("said_plqy_percent")
    if percent is not None:
        return float(percent)
    said = reading.metadata.get("said_plqy")
    if said is None or not settings["said_is"]:
        return None
    return float(said) * (100 if settings["said_is"] == FRACTION else 1)


def _as_said(percent: float) -> Result:
    figure = Figure("plqy_percent", percent, None, "%", "PLQY as the instrument's file says",
                    note="not computed here; the file says no uncertainty")  # fmt: skip
    return Result(
        (figure,),
        f"The file says a PLQY of {percent:g} %.",
        ("The yield is the instrument's own; the file holds no three spectra to compute it from.",),
    )


PLQY_DE_MELLO = Method(
    "plqy-de-mello", "1", "plqy", "Quantum yield after de Mello", run, PARAMETERS
)
