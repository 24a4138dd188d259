"""Operational lifetime: when the signal of a device has fallen to 80 % and to 50 % of its initial level.

T80 and T50 are read from the trace itself, without a model. One that the trace does not reach is right-censored:
the hours watched are a lower bound and no number is given (as ISOS and IEC 62341-5-3 ask to report).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.lifetime.acceleration import at_reference
from analysis.techniques.lifetime.crossing import (
    BURN_IN,
    INITIALS,
    START,
    Crossing,
    Initial,
    crossing_of,
    initial_of,
    rise_of,
)
from analysis.techniques.lifetime.extrapolation import Decay, extrapolated, fits_of
from analysis.techniques.lifetime.readers.text import SIGNALS
from analysis.techniques.lifetime.trace import Trace, trace_of
from analysis.techniques.shared.settings import settings_for

LEVEL = "standard uncertainty"
LOWER, UPPER = "lower bound", "upper bound"
LUMINANCE_U = 0.05  # the house's default for a luminance meter; it cancels in a lifetime
SHARES = ((0.8, "t80_h", "T80"), (0.5, "t50_h", "T50"))
YES, NO = "yes", "no"

PARAMETERS = (
    Parameter("initial", "L0 is the level", default=START, choices=INITIALS,
              help="At the start, after a burn-in (the time then counts from there), or the maximum."),
    Parameter("burn_in_h", "Burn-in", "h", None, 0, 1e6),
    Parameter("signal", "Signal", default="", choices=tuple(name for name in SIGNALS if name != "y"),
              help="Where the file has several: the first of this list that it has is taken."),
    Parameter("extrapolate", "Extrapolate what the trace does not reach", default=NO, choices=(YES, NO),
              help="A number of its own, by two models; never T50 itself."),
    Parameter("acceleration_exponent", "Acceleration exponent n of L0ⁿ·T50 = constant", "", None, 0.5, 5,
              help="As you know it of such devices; none is assumed."),
    Parameter("at_luminance_cd_m2", "T50 at the luminance", "cd/m²", None, 1e-2, 1e7,
              help="With the exponent: T50 as it would be there."),
)  # fmt: skip


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """T80 and T50 of a trace at the L0 that the settings say; raises `NoResult`."""
    settings = settings_for(PARAMETERS, given)
    trace = trace_of(reading, settings["signal"] or None)
    decays = fits_of(trace, later=settings["extrapolate"] == YES)
    initial = initial_of(trace, settings["initial"], settings["burn_in_h"], decays)
    if initial.value <= 0:
        raise NoResult(
            "The signal is not above zero where L0 is read: it cannot fall to a share of that. Take the maximum as L0, "
            "or cut what was measured before the device was on."
        )
    warnings = list(trace.warnings)
    rise = rise_of(trace, initial) if settings["initial"] == START else None
    if rise is not None:
        warnings.append(_rise_words(trace, rise))
    crossings = {share: crossing_of(trace, initial, share) for share, _, _ in SHARES}
    figures: list[Figure] = []
    for share, quantity, name in SHARES:
        found = crossings[share]
        if not trace.clipped or found.value or found.high:
            figures.append(_figure(quantity, name, found, initial, trace))
        warnings.extend(_words(name, found, initial, trace))
        if settings["extrapolate"] == YES and not found.reached and not trace.clipped:
            figures.extend(_beyond(quantity, name, decays, share, initial, trace, warnings))
    further, why_not = at_reference(
        crossings[0.5], initial, trace, settings["acceleration_exponent"], settings["at_luminance_cd_m2"],
        LUMINANCE_U,
    )  # fmt: skip
    figures.extend(further)
    warnings.extend([why_not] if why_not else [])
    figures.append(_watched(trace))
    if trace.is_luminance and not trace.clipped:
        u = float(np.hypot(initial.uncertainty, LUMINANCE_U * initial.value))
        figures.append(
            Figure("initial_luminance_cd_m2", initial.value, u, "cd/m²", f"L0, luminance {initial.words}",
                   note=f"calibration {LUMINANCE_U:.0%} (default)", level=LEVEL)
        )  # fmt: skip
    return Result(
        figures=tuple(figures),
        summary=_summary(crossings, initial, trace),
        warnings=tuple(warnings),
        curves=_curves(trace, initial, decays),
        detail={
            "signal": trace.label,
            "initial": {"value": initial.value, "uncertainty": initial.uncertainty, "unit": trace.unit,
                        "is": initial.words, "counted_from_h": initial.from_h},
            "hours_watched": float(trace.hours[-1]),
            "last_share_of_initial": float(trace.signal[-3:].mean() / initial.value),
            "on_times": len(trace.intervals),
            "other_initials": _other_initials(trace, settings),
        },
    )  # fmt: skip


def _l0(initial: Initial, trace: Trace) -> str:
    unit = {"cd/m2": "cd/m²", "mA/cm2": "mA/cm²", "mW/cm2": "mW/cm²"}.get(trace.unit, trace.unit)
    return f"L0 = {initial.value:.4g} {unit}".rstrip() + f" ({trace.label}, {initial.words})"


def _figure(quantity: str, name: str, found: Crossing, initial: Initial, trace: Trace) -> Figure:
    label = f"{name} at {_l0(initial, trace)}"
    if trace.clipped:  # the true L0 is higher, so its share was passed earlier
        return Figure(quantity, None, None, "h", label, high=found.value or found.high, level=UPPER,
                      note="the detector was saturated at the start")  # fmt: skip
    if found.value is None:
        words = "not reached: right-censored" if not found.reached else "undetermined"
        level = LOWER if not found.reached else UPPER if found.low is None else "95 %"
        return Figure(quantity, None, None, "h", label, found.low, found.high, words, level)
    note = "noise of the trace and of L0; the calibration cancels"
    if found.between:
        note = "interval-censored: anywhere between two points far apart is as likely"
    return Figure(
        quantity, found.value, found.uncertainty, "h", label, found.low, found.high, note, LEVEL
    )


def _words(name: str, found: Crossing, initial: Initial, trace: Trace) -> list[str]:
    if trace.clipped:
        what = "is an upper bound" if found.value or found.high else "is not known"
        return [f"{name} {what}: the true L0 is higher than the detector could show."]
    if found.value is not None:
        if not found.between:
            return []
        return [
            f"{name} lies between two points far apart, {found.low:.4g} and {found.high:.4g} h: it is interval-censored."
        ]
    if not found.reached:
        left = float(trace.signal[-3:].mean() / initial.value)
        return [
            f"{name} is not reached in {found.low:.4g} h (the signal is at {left:.0%} of L0 then): a lower bound, not a "
            "number."
        ]
    if found.low is None:
        return [f"{name} was passed before the first point: only an upper bound is known."]
    return [
        f"{name} undetermined, between {found.low:.4g} and {found.high:.4g} h: the trace is too flat there for its noise."
    ]


def _rise_words(trace: Trace, rise: tuple[float, float]) -> str:
    return (
        f"The signal rises by {rise[0]:.1%} above its start, up to {rise[1]:.3g} h, before it falls. L0 is the level at "
        "the start; the setting “L0 is the level” takes the maximum, or the level after a burn-in, instead."
    )


def _beyond(
    quantity: str,
    name: str,
    decays: list[Decay],
    share: float,
    initial: Initial,
    trace: Trace,
    warnings: list[str],
) -> list[Figure]:
    found = extrapolated(decays, share * initial.value, trace, initial.from_h)
    if isinstance(found, str):
        warnings.append(f"{name} is not extrapolated: {found}.")
        return []
    watched = float(trace.hours[-1]) - initial.from_h
    warnings.append(
        f"{name} of {found.value:.3g} h is extrapolated from {watched:.3g} h; nobody has seen it."
    )
    return [
        Figure(quantity.replace("_h", "_extrapolated_h"), found.value, found.uncertainty, "h",
               f"{name}, extrapolated from {watched:.3g} h at {_l0(initial, trace)}",
               note=f"stretched exponential and two exponentials, whole and later part: {found.lowest:.3g} to "
                    f"{found.highest:.3g} h; half of that range and the noise in u", level=LEVEL)
    ]  # fmt: skip


def _watched(trace: Trace) -> Figure:
    return Figure("watched_h", float(trace.hours[-1]), None, "h", "Hours of operation watched")


def _other_initials(trace: Trace, settings: dict[str, Any]) -> dict[str, dict[str, float | None]]:
    """T80 and T50 (h) with the other meanings of L0, to be compared."""
    others = {}
    for kind in INITIALS:
        if kind == settings["initial"] or (kind == BURN_IN and settings["burn_in_h"] is None):
            continue
        initial = initial_of(trace, kind, settings["burn_in_h"])
        others[kind] = {
            "value": initial.value,
            **{quantity: crossing_of(trace, initial, share).value for share, quantity, _ in SHARES},
        }
    return others


def _summary(crossings: dict[float, Crossing], initial: Initial, trace: Trace) -> str:
    parts = []
    for share, _, name in SHARES:
        found = crossings[share]
        if trace.clipped:
            at_most = found.value or found.high
            parts.append(f"{name} at most {at_most:.4g} h" if at_most else f"{name} not known")
        elif found.value is not None and found.uncertainty is not None:
            parts.append(f"{name} {found.value:.4g} ± {found.uncertainty:.2g} h")
        elif not found.reached:
            parts.append(f"{name} over {found.low:.4g} h")
        else:
            parts.append(f"{name} undetermined")
    return f"{', '.join(parts)}, at {_l0(initial, trace)}."


def _curves(trace: Trace, initial: Initial, decays: list[Decay]) -> tuple[Curve, ...]:
    end = float(trace.hours[-1])
    curves = [
        Curve("operating", trace.hours.tolist(), (trace.signal / initial.value).tolist()),
        *(Curve(f"L{share:g}", [0.0, end], [share, share]) for share, _, _ in SHARES),
    ]
    at = np.linspace(0.0, 1.5 * end, 150)
    for decay in decays:
        if decay.from_start:
            values = np.array([decay.at(float(hours)) for hours in np.maximum(at, 1e-9 * end)])
            curves.append(Curve(decay.name, at.tolist(), (values / initial.value).tolist()))
    return tuple(curves)


LIFETIME = Method("lifetime", "3", "lifetime", "T80 and T50", run, PARAMETERS)
