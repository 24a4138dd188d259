"""Space-charge-limited current: V_TFL and the density of traps, mobility after Mott and Gurney.

N_t = 2 ε ε0 V_TFL/(e L²) (Lampert & Mark, Current Injection in Solids, 1970) and J = (9/8) ε ε0 μ V²/L³. V_TFL is read
where the log-log curve is steepest: of a simulated device that is within 25 % of the truth, while the lines below
and above the rise cross it at 0.2 to 0.8 and 1.2 to 2.4 times the truth (as Le Corre et al., ACS Energy Lett. 2021,
6, 1087 find with drift and diffusion). Both crossings are the ends of a triangular distribution.

Traps that are full go on repelling: with their charge, uniform over the film, the current is that of Mott and Gurney at a
voltage lower by two thirds of V_TFL (εFF' = J/μ + eN_tF solved to first order in N_t). Without that a mobility read at
five times V_TFL is a quarter too low.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.sclc.segments import Segments, choices, quadratic, slopes
from analysis.techniques.sclc.sweep import Dark, Way, dark_of
from analysis.techniques.shared.settings import settings_for

Floats = NDArray[np.float64]

E_C, EPS0_F_CM, KT_EV = 1.602176634e-19, 8.8541878128e-14, 0.025852  # at 300 K
LEVEL = "standard uncertainty"
DEFAULT_THICKNESS_U = 0.1  # of L: one profile of a film, until it is said
AREA_U = 0.03  # the house's default
STEEPEST, BELOW, ABOVE = "steepest point", "crossing below", "crossing above"
HYSTERESIS = 0.2  # of V_TFL, or of J, between both ways
MOST_MOBILITY = 1e3  # cm²/Vs: no film carries that
FULL = 2 / 3  # of V_TFL: what the charge of full traps takes off the voltage
DIFFUSED = 5.0  # times the charge that contacts send in by diffusion: above, traps are what is seen

PARAMETERS = (
    Parameter("thickness_nm", "Thickness L of the film", "nm", None, 1, 1e6),
    Parameter("thickness_u_nm", "Its standard uncertainty", "nm", None, 0, 1e5,
              help=f"Without it {DEFAULT_THICKNESS_U:.0%} of L."),
    Parameter("relative_permittivity", "Relative permittivity ε_r", "", None, 1, 1000),
    Parameter("v_bi_v", "Built-in voltage", "V", 0.0, -5, 5),
    Parameter("area_mm2", "Area", "mm²", None, 1e-4, 1e5,
              help="Needed when the file gives the current but not its density."),
    Parameter("reading", "V_TFL is read at", default=STEEPEST, choices=(STEEPEST, BELOW, ABOVE),
              help="Where the log-log curve is steepest, or where the steep line crosses the one below or above it."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Film:
    """Thickness (cm) with its relative uncertainty, and permittivity (F/cm)."""

    length_cm: float
    relative_u: float
    permittivity: float


@dataclass(frozen=True, slots=True)
class Filling:
    """V_TFL (V), its uncertainty, and the three ways to read it; ``above`` is None where the rise does not end."""

    value: float
    uncertainty: float
    below: float
    steepest: float
    above: float | None


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """V_TFL, density of traps and mobility of a dark sweep; raises `NoResult`."""
    settings = settings_for(PARAMETERS, given)
    dark = dark_of(reading, settings["area_mm2"], settings["v_bi_v"])
    film = _film(settings)
    way = dark.ways[0]
    segments = choices(way.volts, way.density)
    filling = _filling(segments, settings["reading"], way)
    square = quadratic(way.volts, way.density, max((s.steep.last for s in segments), default=None))
    if filling is None and square.size < 4:
        m = slopes(way.volts, way.density, 0.2)
        raise NoResult(
            f"No space-charge-limited part: d log J/d log V runs from {m.min():.2g} to {m.max():.2g}, without a rise steeper "
            "than 3 above a flatter part, and without a part of slope 2. Measure to higher voltage, or check the contacts."
        )
    warnings = list(dark.warnings)
    figures: list[Figure] = []
    if filling is not None:
        figures += _trap_figures(filling, film, settings["reading"], warnings)
    else:
        warnings.append(
            "No rise steeper than 3: no trap-filled limit is seen, so no density of traps."
        )
    figures += _mobility(way, square, film, filling, warnings)
    warnings += _hysteresis(dark, settings["reading"], filling)
    return Result(
        figures=tuple(figures),
        summary=_summary(figures),
        warnings=tuple(warnings),
        curves=_curves(way, segments),
        detail={
            "slopes": slopes(way.volts, way.density, 0.2).tolist(),
            "volts": way.volts.tolist(),
            "v_tfl_readings_v": None if filling is None else
                {BELOW: filling.below, STEEPEST: filling.steepest, ABOVE: filling.above},
            "diffused_charge_per_cm3": _diffused(film),
            "scan_direction": way.direction,
        },
    )  # fmt: skip


def _film(settings: dict[str, Any]) -> Film:
    missing = [
        words
        for name, words in (("thickness_nm", "the thickness L"), ("relative_permittivity", "ε_r"))
        if settings[name] is None
    ]
    if missing:
        raise NoResult(
            f"The density of traps and the mobility need {' and '.join(missing)}; no file says it. Say it as a setting."
        )
    length = settings["thickness_nm"]
    u = settings["thickness_u_nm"]
    relative = DEFAULT_THICKNESS_U if u is None else u / length
    return Film(1e-7 * length, relative, settings["relative_permittivity"] * EPS0_F_CM)


def trap_density(v_tfl_v: float, film: Film) -> float:
    """Return N_t (1/cm³) of a trap-filled limit (V)."""
    return 2 * film.permittivity * v_tfl_v / (E_C * film.length_cm**2)


def _diffused(film: Film) -> float:
    """Return the charge (1/cm³) that contacts send into the film: 4π² kT ε ε0/(e² L²).

    Duijnstee et al., ACS Energy Lett. 2020, 5, 376.
    """
    return float(4 * np.pi**2 * KT_EV * film.permittivity / (E_C * film.length_cm**2))


def _filling(segments: list[Segments], wanted: str, way: Way) -> Filling | None:
    below = [v for s in segments if (v := s.low.meets(s.steep)) is not None]
    if not below:
        return None
    above = [v for s in segments if s.high is not None and (v := s.steep.meets(s.high)) is not None]
    steepest = [s.steepest_v for s in segments]
    middle = {
        BELOW: float(np.median(below)),
        STEEPEST: float(np.median(steepest)),
        ABOVE: float(np.median(above)) if above else None,
    }
    value = middle[wanted]
    if value is None:
        raise NoResult(
            "The rise does not end in this sweep, so there is no crossing above it. Measure to higher voltage, or read V_TFL "
            "where the curve is steepest."
        )
    low = float(middle[BELOW] or value)
    high = middle[ABOVE] or max(2 * float(middle[STEEPEST] or value) - low, value)
    step = float(
        np.max(np.diff(way.volts)[np.abs(way.volts[1:] - value) < 0.3 * value], initial=0.0)
    )
    wide = float(np.sqrt((low**2 + high**2 + value**2 - low * high - (low + high) * value) / 18))
    parts = [wide, step / np.sqrt(12), float(np.std(steepest))]
    u = float(np.sqrt(np.sum(np.square(parts))))
    return Filling(value, u, low, float(middle[STEEPEST] or value), middle[ABOVE])


def _trap_figures(filling: Filling, film: Film, wanted: str, warnings: list[str]) -> list[Figure]:
    traps = trap_density(filling.value, film)
    u = traps * float(np.hypot(filling.uncertainty / filling.value, 2 * film.relative_u))
    high = filling.above or filling.value + (filling.value - filling.below)
    least = _diffused(film)
    figures = [
        Figure("v_tfl_v", filling.value, filling.uncertainty, "V", f"Trap-filled limit V_TFL, {wanted}", filling.below, high,
               "from the crossing of the segments below to that above; their range (triangular) and the step in u", LEVEL),
        Figure("trap_density_per_cm3", traps, u, "1/cm³", "Density of traps, 2εε0V_TFL/(eL²)",
               note=f"V_TFL {filling.uncertainty / filling.value:.0%}, twice the {film.relative_u:.0%} of L; ε_r as told",
               level=LEVEL),
    ]  # fmt: skip
    if filling.above is None:
        warnings.append(
            "The curve does not come back to slope 2 after its rise: filling is not complete in this sweep, or the rise is that "
            "of a diode."
        )
    if traps < least:
        figures[1] = Figure("trap_density_per_cm3", None, None, "1/cm³", figures[1].label, high=least, level="upper bound",
                            note="below the charge that the contacts send in")  # fmt: skip
    if traps < DIFFUSED * least:
        warnings.append(
            f"In a film this thin the contacts send in {least:.2g} charges per cm³ by diffusion, with or without traps: a density "
            f"of traps below {DIFFUSED:g} times that ({traps:.2g}) is an upper bound. Measure a thicker film."
        )
    return figures


def _mobility(
    way: Way, square: Any, film: Film, filling: Filling | None, warnings: list[str]
) -> list[Figure]:
    """Mobility (cm²/Vs) from the part of slope 2, above the rise where there is one."""
    if square.size < 4:
        warnings.append("No part of slope 2 above: no mobility.")
        return []
    v, j = way.volts[square], way.density[square]
    repelled, u_repelled = _repelled(v, j, filling)
    each = 8 / 9 * (1e-3 * j) * film.length_cm**3 / (film.permittivity * (v - repelled) ** 2)
    last = each[-max(3, each.size // 4) :]  # first order holds the better, the higher the voltage
    value = float(np.exp(np.mean(np.log(last))))
    if value > MOST_MOBILITY:
        raise NoResult(
            f"The part of slope 2 would mean {value:.2g} cm²/Vs, more than any film has: check unit, area and thickness."
        )
    full = 2 * u_repelled / (v[-last.size] - repelled)
    noise = float(np.std(np.diff(np.log(each)))) / np.sqrt(2)
    # ends of the part, each a mean of as many points: noise alone is no change along it
    change = float(np.log(last).mean() - np.log(each[: last.size]).mean()) / 2
    parts = [change, noise / np.sqrt(last.size), full, 3 * film.relative_u, AREA_U]
    relative = float(np.linalg.norm(parts))
    if relative > 1:
        warnings.append(
            f"Mobility undetermined: {each.min():.2g} to {each.max():.2g} cm²/Vs along the part of slope 2, and L counts three "
            "times."
        )
        return []
    return [
        Figure("mobility_cm2_per_vs", value, relative * value, "cm²/Vs", f"Mobility (Mott-Gurney), {v[0]:.3g} to {v[-1]:.3g} V",
               note=f"its change along the part of slope 2 {abs(change):.0%}, {repelled:.2g} V taken off for full traps {full:.0%}, three times the "
                    f"{film.relative_u:.0%} of L, area {AREA_U:.0%}", level=LEVEL)
    ]  # fmt: skip


def _repelled(v: Floats, j: Floats, filling: Filling | None) -> tuple[float, float]:
    """Return the voltage (V) that the charge of full traps takes off, and its u.

    A straight line of √J against V says it, and two thirds of V_TFL: their mean by their u, and half of what they disagree
    by. Without a rise the line alone, with half of what it says in u.
    """
    (slope, level), covariance = np.polyfit(1 / v, np.sqrt(j) / v, 1, cov="unscaled")
    line = float(np.clip(-slope / level, 0, v[0] / 2))
    left = np.sqrt(j) / v - np.polyval([slope, level], 1 / v)
    noise = float(np.sqrt(left @ left / max(v.size - 2, 1) * covariance[0, 0])) / abs(level)
    if filling is None:
        return line, float(np.hypot(line / 2, noise))
    off, u_off = FULL * filling.steepest, FULL * filling.uncertainty
    both, weights = np.array([off, line]), 1 / np.array([u_off, noise]) ** 2
    u = np.hypot(weights.sum() ** -0.5, (off - line) / 2)
    return float(np.average(both, weights=weights)), float(u)


def _hysteresis(dark: Dark, wanted: str, filling: Filling | None) -> list[str]:
    if len(dark.ways) < 2:
        return []
    out, back = dark.ways[:2]
    common = (out.volts >= back.volts[0]) & (out.volts <= back.volts[-1])
    if common.sum() < 3:
        return []
    apart = np.log(np.interp(out.volts[common], back.volts, back.density) / out.density[common])
    worst = float(np.exp(np.max(np.abs(apart))))
    told = []
    if float(np.median(np.abs(apart))) > HYSTERESIS:
        told.append(f"the currents of both ways differ by up to a factor of {worst:.2g}")
    try:
        other = _filling(choices(back.volts, back.density), wanted, back)
    except NoResult:
        other = None
    apart_v = 0.0 if filling is None or other is None else abs(other.value / filling.value - 1)
    if filling is not None and other is not None and apart_v > HYSTERESIS:
        told.append(
            f"V_TFL is {filling.value:.3g} V {out.direction} and {other.value:.3g} V {back.direction}"
        )
    if not told:
        return []
    return [
        f"Hysteresis: {' and '.join(told)}. Moving ions make such loops, and the density of traps is then that of the way and its "
        "speed; pulsed SCLC is safer."
    ]


def _summary(figures: list[Figure]) -> str:
    words = {
        "v_tfl_v": "V_TFL {:.3g} V",
        "trap_density_per_cm3": "N_t {:.3g} cm⁻³",
        "mobility_cm2_per_vs": "μ {:.2g} cm²/Vs",
    }
    parts = [words[f.quantity].format(f.value) for f in figures if f.value is not None]
    bound = [f"N_t below {f.high:.2g} cm⁻³" for f in figures if f.value is None and f.high]
    return (", ".join(parts + bound) or "No number could be read") + "."


def _curves(way: Way, segments: list[Segments]) -> tuple[Curve, ...]:
    curves = [Curve("density", way.volts.tolist(), way.density.tolist())]
    if segments:
        one = segments[len(segments) // 2]
        for name, line in (("below", one.low), ("steep", one.steep), ("above", one.high)):
            if line is not None:
                x = way.volts
                y = 10 ** (line.intercept + line.slope * np.log10(x))
                seen = (y >= way.density.min()) & (y <= way.density.max())
                curves.append(Curve(name, x[seen].tolist(), y[seen].tolist()))
    return tuple(curves)


SCLC_FIGURES = Method("sclc", "2", "sclc", "Trap-filled limit and Mott-Gurney", run, PARAMETERS)
