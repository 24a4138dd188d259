"""A current-voltage-luminance sweep made ready: columns, area, direction, noise, health."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.reading import Reading
from analysis.result import NoResult
from analysis.techniques.jvl.calibration import LUMINANCE
from analysis.techniques.jvl.columns import CANDELAS_PER_M2, VOLTS, Floats, density_of, factor_of
from analysis.techniques.jvl.eqe import LEAST_EQE_PERCENT_PER_CD_A

LEAST_POINTS = 5
SEEN_FACTOR = 3.0  # of the noise: a reading whose logarithm means something
NOISE_FACTOR = 5.0  # light counts as light above five standard deviations of the dark readings
FRACTION = ("1", "-", "fraction")
LIT_CD_M2 = 10.0
OPEN_MA_CM2 = 1e-3  # never more than this: no current flows
LEAKY_MA_CM2 = 0.1  # at 1 V, below any injection into a light-emitting pixel: a parallel path
SHORT_MA_CM2 = 10.0  # the same at 1 V: metal
LEAST_DRIVE_V = 3.0  # an open pixel is only called open if it was driven this far


@dataclass(frozen=True, slots=True)
class Sweep:
    """One direction of a sweep in ascending voltage; arrays have shape (n,), None when not measured."""

    voltage_v: Floats
    luminance_cd_m2: Floats
    current_density_ma_cm2: Floats | None
    eqe_percent: Floats | None
    power_efficiency_lm_w: Floats | None
    direction: str  # up | down
    eqe_was_fraction: bool = False  # its column has no unit, and as per cent it would be impossible

    @property
    def current_efficiency_cd_a(self) -> Floats | None:
        """L/J; NaN where no forward current flows."""
        if self.current_density_ma_cm2 is None:
            return None
        flows = self.current_density_ma_cm2 > 0
        density_a_m2 = np.where(flows, 10 * self.current_density_ma_cm2, np.nan)
        return np.asarray(self.luminance_cd_m2 / density_a_m2, dtype=float)


def sweeps_of(reading: Reading, area_mm2: float | None) -> tuple[list[Sweep], float | None]:
    """Return the directions of the sweep, the measured order first, and the area (mm²) if known.

    Raises `NoResult` when voltage or luminance is missing or too few points are usable.
    """
    voltage = reading.channel("voltage")
    luminance = reading.channel("luminance")
    if voltage is None or luminance is None:
        missing = "voltage" if voltage is None else "luminance"
        raise NoResult(
            f"The file has no {missing} column: turn-on and efficiencies need voltage, current and luminance. (Of a"
            " sweep that gives power, the figures of a solar cell are told; this one gives none.)"
        )
    density, area = density_of(reading, area_mm2)
    usable = np.isfinite(voltage.values) & np.isfinite(luminance.values)
    if density is not None:
        usable &= np.isfinite(density)
    if usable.sum() < LEAST_POINTS:
        raise NoResult(
            f"Only {int(usable.sum())} usable points: a sweep needs at least {LEAST_POINTS}."
        )
    eqe, power = reading.channel("eqe"), reading.channel("power_efficiency")
    whole = Sweep(
        voltage.values[usable] * factor_of(voltage, VOLTS),
        luminance.values[usable] * factor_of(luminance, CANDELAS_PER_M2),
        None if density is None else density[usable],
        None if eqe is None else eqe.values[usable] * (100.0 if eqe.unit in FRACTION else 1.0),
        None if power is None else power.values[usable],
        "up",
    )  # fmt: skip
    whole = _conducting_way_round(whole)
    if eqe is not None and not eqe.unit:
        whole = _in_per_cent(whole)
    return _split(whole), area


def _in_per_cent(sweep: Sweep) -> Sweep:
    """Return the sweep with its EQE in %, where no spectrum stands for so little EQE per cd/A as its numbers say."""
    eqe, ce = sweep.eqe_percent, sweep.current_efficiency_cd_a
    if eqe is None or ce is None:
        return sweep
    lit = (sweep.luminance_cd_m2 >= LIT_CD_M2) & (ce > 0) & np.isfinite(eqe)
    if lit.sum() < LEAST_POINTS:
        return sweep
    least = LEAST_EQE_PERCENT_PER_CD_A * float(np.median(ce[lit]))
    stated = float(np.median(eqe[lit]))
    if not 0 < stated < least / 3 or stated * 100 < least / 3 or float(np.max(eqe[lit])) > 1:
        return sweep
    return replace(sweep, eqe_percent=100 * eqe, eqe_was_fraction=True)


def _conducting_way_round(sweep: Sweep) -> Sweep:
    """Turn the signs so that light comes at positive voltage and current (contacts may be swapped)."""
    brightest = int(np.argmax(sweep.luminance_cd_m2))
    if sweep.voltage_v[brightest] < 0 and sweep.luminance_cd_m2[brightest] >= 1:
        sweep = replace(sweep, voltage_v=-sweep.voltage_v)
    density = sweep.current_density_ma_cm2
    if density is not None and density[np.argmax(sweep.voltage_v)] < 0:
        sweep = replace(sweep, current_density_ma_cm2=-density)
    return sweep


def _split(sweep: Sweep) -> list[Sweep]:
    """Split a loop at its turning point; every part ascends in voltage."""
    v = sweep.voltage_v
    turn = int(np.argmax(v)) if v[0] < np.max(v) - 1e-9 else int(np.argmin(v))
    parts = [slice(0, turn + 1), slice(turn + 1, v.size)]
    long_enough = [part for part in parts if v[part].size >= LEAST_POINTS]
    return [_ascending(sweep, part) for part in long_enough] or [_ascending(sweep, slice(None))]


def _ascending(sweep: Sweep, part: slice) -> Sweep:
    v = sweep.voltage_v[part]
    order = np.argsort(v, kind="stable")

    def pick(column: Floats | None) -> Floats | None:
        return None if column is None else column[part][order]

    return Sweep(
        v[order], sweep.luminance_cd_m2[part][order], pick(sweep.current_density_ma_cm2),
        pick(sweep.eqe_percent), pick(sweep.power_efficiency_lm_w), "up" if v[-1] >= v[0] else "down",
        sweep.eqe_was_fraction,
    )  # fmt: skip


def dark_noise(sweep: Sweep) -> float:
    """Standard deviation of the luminance before light appears (cd/m²); 0 when it cannot be told.

    Dark readings are those before the first three points in a row above 1 cd/m²; robust (MAD), so
    that a first glimmer or a stray reading among them does no harm.
    """
    lit = sweep.luminance_cd_m2 >= 1.0
    lasting = lit[:-2] & lit[1:-1] & lit[2:]
    first = int(np.argmax(lasting)) if lasting.any() else lit.size
    dark = sweep.luminance_cd_m2[:first]
    if dark.size < 4:
        return 0.0
    return float(1.4826 * np.median(np.abs(dark - np.median(dark))))


@dataclass(frozen=True, slots=True)
class TurnOn:
    """Voltage at which the luminance crosses 1 cd/m², between two measured points."""

    voltage_v: float
    uncertainty_v: float
    below_v: float
    above_v: float
    from_slope: (
        bool  # the point below has light too; else the crossing may be anywhere between the two
    )


def turn_on(
    sweep: Sweep, noise: float, level_cd_m2: float = 1.0, *, luminance_u: float = LUMINANCE.u / 100
) -> TurnOn | str:
    """Find the turn-on by interpolating log L; a string says why there is none.

    The crossing counts when it and the two points after it stay above the level and above five times
    the dark noise.
    """
    v, light = sweep.voltage_v, sweep.luminance_cd_m2
    bright = light >= max(level_cd_m2, NOISE_FACTOR * noise)
    lasting = (
        bright[:-2] & bright[1:-1] & bright[2:] if bright.size >= 3 else np.zeros(0, dtype=bool)
    )
    if not lasting.any():
        return (
            f"No turn-on: the luminance never stays above {level_cd_m2:g} cd/m² and five times its noise "
            f"({NOISE_FACTOR * noise:.2g} cd/m²) for three points."
        )
    k = int(np.argmax(lasting))
    while k > 0 and light[k - 1] >= level_cd_m2:
        k -= 1
    if k == 0:
        return f"No turn-on: the sweep starts at {v[0]:.3g} V, already above {level_cd_m2:g} cd/m². Start lower."
    floor = max(
        light[k - 1], noise, 1e-3 * level_cd_m2
    )  # a reading below its noise has no logarithm
    floor = min(floor, 0.999 * level_cd_m2)
    share = np.log(level_cd_m2 / floor) / np.log(light[k] / floor)
    step = float(v[k] - v[k - 1])
    at = float(v[k - 1] + share * step)
    anywhere = step / float(np.sqrt(12))  # rectangular over the step
    # No higher than a reading at a lower voltage: the last digit of a meter in the dark, not the first light.
    dark = float(np.max(light[: k - 1], initial=0.0))
    seen = light[k - 1] > max(SEEN_FACTOR * noise, 1e-3 * level_cd_m2, dark)
    u = min(_turn_on_u(sweep, k, at, noise, luminance_u), anywhere) if seen else anywhere
    return TurnOn(at, u, float(v[k - 1]), float(v[k]), bool(seen))


def _turn_on_u(sweep: Sweep, k: int, at_v: float, noise: float, luminance_u: float) -> float:
    """Uncertainty of a crossing between two lit points: noise and calibration over the slope of ln L, its bend.

    The bend is what a parabola of ln L through the next point would read otherwise, or a straight line of √L: light
    that grows with the square of the voltage above its threshold, which the logarithm sees too late.
    """
    v, light = sweep.voltage_v[k - 1 : k + 2], sweep.luminance_cd_m2[k - 1 : k + 2]
    logs = np.log(light)
    slopes = np.diff(logs) / np.maximum(np.diff(v), 1e-9)
    if slopes[0] <= 0:
        return float("inf")
    share = (at_v - v[0]) / max(v[1] - v[0], 1e-9)
    of_noise = np.hypot((1 - share) * noise / light[0], share * noise / light[1])
    bend = (slopes[1] - slopes[0]) / (v[2] - v[0]) * (at_v - v[0]) * (at_v - v[1])
    at_level = float(np.exp(np.interp(at_v, v[:2], logs[:2])))
    roots = np.sqrt([light[0], at_level, light[1]])
    of_square = (share - (roots[1] - roots[0]) / (roots[2] - roots[0])) * (v[1] - v[0])
    return float(np.hypot(np.sqrt(of_noise**2 + luminance_u**2 + bend**2) / slopes[0], of_square))


@dataclass(frozen=True, slots=True)
class Health:
    """What state the pixel seems to be in, and the sentence that says why."""

    state: str | None  # working | shorted | open | leaky, None: cannot be told
    reason: str


def pixel_health(sweep: Sweep, lights: bool) -> Health:
    """Suggest the state of the pixel from its current at low voltage; a person decides.

    The limits are rules of thumb for light-emitting diodes of some mm², written at the top.
    """
    density = sweep.current_density_ma_cm2
    if density is None:
        return Health("working" if lights else None, "No current density: area unknown.")
    v = sweep.voltage_v
    highest = float(np.max(np.abs(density)))
    if highest < OPEN_MA_CM2 and v[-1] >= LEAST_DRIVE_V:
        return Health(
            "open",
            f"No current: at most {highest:.1g} mA/cm² up to {v[-1]:.3g} V, below {OPEN_MA_CM2:g} mA/cm². Check the"
            " contact.",
        )
    if not v[0] <= 1.0 <= v[-1]:
        if lights:
            return Health(
                "working", "Light was seen; the sweep does not include 1 V to judge leakage."
            )
        return Health(None, "The sweep does not include 1 V: leakage cannot be judged.")
    at_one_volt = float(np.interp(1.0, v, np.abs(density)))
    if at_one_volt >= SHORT_MA_CM2:
        return Health(
            "shorted",
            f"{at_one_volt:.3g} mA/cm² flow at 1 V already: from {SHORT_MA_CM2:g} mA/cm² on the pixel is shorted.",
        )
    if at_one_volt >= LEAKY_MA_CM2:
        return Health(
            "leaky",
            f"{at_one_volt:.2g} mA/cm² flow at 1 V, below any injection: from {LEAKY_MA_CM2:g} mA/cm² on it leaks.",
        )
    if lights:
        return Health(
            "working",
            f"Light, and only {at_one_volt:.1g} mA/cm² at 1 V, below the {LEAKY_MA_CM2:g} mA/cm² of a leak.",
        )
    return Health(
        None, "Current flows as in a diode, but no light was detected: check the detector."
    )
