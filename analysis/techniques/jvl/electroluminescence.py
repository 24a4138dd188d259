"""J-V-L sweeps: turn-on, brightness, current and power efficiency, external quantum efficiency.

CE = L/J (cd/A); PE = π·CE/V (lm/W) and EQE = π·e·CE/(E_ph·LER), both for a Lambertian emitter; E_ph
and LER belong to the EL spectrum (`photometry`). Efficiencies count only where the luminance is at
or above a floor (10 cd/m² unless asked otherwise): near zero current they divide noise by noise and
read thousands of per cent. A sweep without luminance that gives power is that of a solar cell (`solar`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.jvl import clipping, loop, rolloff, solar
from analysis.techniques.jvl.calibration import LEVEL, Meters, meters_of
from analysis.techniques.jvl.cautions import cautions
from analysis.techniques.jvl.doubts import doubts_of, refuse_no_sweep
from analysis.techniques.jvl.efficiency import Efficiencies, efficiencies, power_efficiency
from analysis.techniques.jvl.eqe import PEAK_ERROR_NM, STRAY_FLOOR, EqeFactor, eqe_factor
from analysis.techniques.jvl.sweep import (
    NOISE_FACTOR,
    Sweep,
    TurnOn,
    dark_noise,
    pixel_health,
    sweeps_of,
    turn_on,
)
from analysis.techniques.shared.angular import pattern_of
from analysis.techniques.shared.rounding import rounded_figure
from analysis.techniques.shared.settings import settings_for

TWICE = 1.96
OF_COUNTS = "; EL spectrum in counts, taken as corrected for the response of the spectrometer"
BAND_LEVEL = f"{LEVEL}; low to high is 95 %"

PARAMETERS = (
    Parameter("area_mm2", "Emitting area", "mm²", None, 1e-4, 1e5,
              help="Needed when the file gives the current but not the current density."),
    Parameter("luminance_floor_cd_m2", "Efficiencies count from", "cd/m²", 10.0, 1.0, 1e5),
    Parameter("el_peak_nm", "EL peak", "nm", None, 380, 780,
              help="With the width: EQE from luminance, and a check of the file's own EQE."),
    Parameter("el_fwhm_nm", "EL full width at half maximum", "nm", None, 1, 300),
    Parameter("el_spectrum", "EL spectrum of the same pixel", measurement_of="el_spectrum",
              help="Another measurement of the project. It stands before the peak and the width."),
    Parameter("angular", "Angular emission of the same pixel", measurement_of="angular",
              help="Another measurement of the project: EQE and power efficiency take its pattern in place of a Lambertian."),
    Parameter("irradiance_mw_cm2", "Irradiance, of a solar cell", "mW/cm²", None, 1e-3, 1e5,
              help="Of a sweep without luminance that gives power. The file's own, else 100 mW/cm² (one sun)."),
    Parameter("el_wavelength_nm", "EL spectrum: wavelengths", "nm", None, 200, 2500),
    Parameter("el_power", "EL spectrum: radiant power per nm"),
)  # fmt: skip


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Figures of merit of a J-V-L sweep; raises `NoResult`."""
    settings = settings_for(PARAMETERS, given)
    cell = solar.cell_of(reading, settings["area_mm2"])
    if cell is not None:
        return solar.result_of(cell, settings["irradiance_mw_cm2"])
    sweeps, area_mm2 = sweeps_of(reading, settings["area_mm2"])
    refuse_no_sweep(sweeps)
    factor, no_factor = _factor_of(settings)
    limits = [clipping.limits_of(way) for way in sweeps]
    ways = [clipping.below(way, found) for way, found in zip(sweeps, limits, strict=True)]
    whole, sweep = sweeps[0], ways[0]
    noise = dark_noise(sweep)
    meters = meters_of(reading)
    on = turn_on(sweep, noise, luminance_u=meters.luminance_u)
    floor = settings["luminance_floor_cd_m2"]
    health = pixel_health(whole, not isinstance(on, str) or _clearly_lit(whole, noise))
    found = efficiencies(sweep, floor, noise, factor)
    held, not_reached = rolloff.roll_off(sweep, found, floor, meters)
    figures = [
        *_light_figures(whole, limits[0], on, meters, noise),
        *_efficiency_figures(found, floor, factor, meters),
        *held,
        *rolloff.power_density(sweep, meters),
        *loop.leakage(sweep, on, meters),
        *_hysteresis(ways, on, meters),
    ]
    warnings = [*doubts_of(whole), *(clipping.in_words(limit) for limit in limits[0])]
    warnings.extend([no_factor] if no_factor else [])
    warnings.extend([on] if isinstance(on, str) else [])
    if health.state not in ("working", None):
        warnings.append(f"The pixel looks {health.state}: {health.reason}")
    warnings.extend(found.warnings)
    warnings.extend(cautions(sweep, floor, factor, found))
    detail = {
        "suggested_state": health.state,
        "state_reason": health.reason,
        "area_mm2": area_mm2,
        "dark_noise_cd_m2": noise,
        "scan_direction": sweep.direction,
        "first_point_at_or_above_1_cd_m2_v": _first_above(sweep),
        "luminance_floor_cd_m2": floor,
        "limits": [clipping.in_words(limit) for limit in limits[0]] or [clipping.NONE_FOUND],
        "highest_points": found.highest_points,
        "roll_off": not_reached,
        "other_direction": _other_direction(ways, floor),
    }
    return Result(
        figures=tuple(figures),
        summary=_summary(figures, health.state),
        warnings=tuple(warnings),
        curves=_curves(sweep, floor, factor, found),
        detail=detail,
    )


def _factor_of(settings: dict[str, Any]) -> tuple[EqeFactor | None, str]:
    """Return EQE per cd/A, and what is to be said of the spectrum; one that is named does not fail the sweep."""
    try:
        factor = eqe_factor(settings)
    except NoResult as refusal:
        if settings["el_spectrum"] is None:
            raise
        return None, f"No EQE from the luminance. {refusal}"
    if factor is not None and settings["angular"] is not None:
        factor = factor.with_pattern(pattern_of(settings["angular"]))
    return factor, factor.cut_off if factor else ""


def _hysteresis(ways: list[Sweep], on: TurnOn | str, meters: Meters) -> list[Figure]:
    if len(ways) < 2:
        return []
    back = turn_on(ways[1], dark_noise(ways[1]), luminance_u=meters.luminance_u)
    return loop.hysteresis((ways[0], ways[1]), (on, back))


def _clearly_lit(sweep: Sweep, noise: float) -> bool:
    return bool(np.sum(sweep.luminance_cd_m2 >= max(1.0, 5 * noise)) >= 3)


def _first_above(sweep: Sweep) -> float | None:
    above = np.flatnonzero(sweep.luminance_cd_m2 >= 1.0)
    return float(sweep.voltage_v[above[0]]) if above.size else None


def _light_figures(
    whole: Sweep, limits: tuple[clipping.Limit, ...], on: TurnOn | str, meters: Meters, noise: float
) -> list[Figure]:
    figures = []
    if not isinstance(on, str):
        label = "Turn-on voltage at 1 cd/m², log L interpolated"
        if on.from_slope:
            note = f"noise and {meters.of_luminance} over the slope of log L, and its bend"
            figures.append(
                Figure("turn_on_v", on.voltage_v, on.uncertainty_v, "V", label, note=note, level=LEVEL)
            )  # fmt: skip
        else:
            note = "between two measured points, the lower one without light"
            figures.append(
                Figure("turn_on_v", on.voltage_v, on.uncertainty_v, "V", label, on.below_v, on.above_v, note, LEVEL)
            )  # fmt: skip
    limited = {limit.column for limit in limits}
    light, density = whole.luminance_cd_m2, whole.current_density_ma_cm2
    k = int(np.argmax(light))
    if light[k] > NOISE_FACTOR * noise and "luminance" not in limited:
        note = f"calibration: {meters.of_luminance}"
        if "current" in limited:
            note += "; read while the current stood at its limit"
        figures.append(
            Figure("luminance_cd_m2", float(light[k]), float(meters.luminance_u * light[k]), "cd/m²",
                   f"Maximum luminance, at {whole.voltage_v[k]:.4g} V", note=note, level=LEVEL)
        )  # fmt: skip
    if density is not None and "current" not in limited:
        n = int(np.argmax(density))
        figures.append(
            Figure("current_density_ma_cm2", float(density[n]), float(meters.area_u * abs(density[n])), "mA/cm²",
                   f"Maximum current density, at {whole.voltage_v[n]:.4g} V", note=meters.of_area,
                   level=LEVEL)
        )  # fmt: skip
    return figures


def _efficiency_figures(
    found: Efficiencies, floor: float, factor: EqeFactor | None, meters: Meters
) -> list[Figure]:
    figures = []
    for quantity, unit, label in (
        ("current_efficiency_cd_a", "cd/A", "Maximum current efficiency"),
        ("power_efficiency_lm_w", "lm/W", "Maximum power efficiency, Lambertian"),
        ("eqe_percent", "%", _eqe_label(found, factor)),
    ):
        top = found.tops.get(quantity)
        if top is None:
            continue
        where = (
            "the highest point, too few for a fit"
            if top.uncertainty is None
            else f"local fit of {top.points} points"
        )
        note = f"{where}, L ≥ {floor:g} cd/m²; {meters.said}"
        relative = [meters.luminance_u, meters.area_u, (top.uncertainty or 0.0) / top.value]
        if quantity == "eqe_percent" and found.eqe_from_light and factor is not None:
            relative.append(factor.relative_uncertainty)
            note += f"; EL peak ±{PEAK_ERROR_NM:g} nm, stray light up to {STRAY_FLOOR:.1%} of it"
            note += OF_COUNTS if factor.counts else ""
            note += f"; angular pattern ± {factor.pattern_u:.0%}" if factor.has_pattern else ""
        u = top.value * float(np.sqrt(np.sum(np.square(relative))))
        at = f"{label}, at {top.voltage_v:.4g} V"
        made = Figure(quantity, top.value, u, unit, at, note=note, level=LEVEL)
        if quantity == "eqe_percent" and found.eqe_from_light and factor is not None:
            rest = (*relative[:3], factor.pattern_u)
            made = _with_band(made, factor, float(np.sqrt(np.sum(np.square(rest)))))
        figures.append(made)
    return figures


def _with_band(eqe: Figure, factor: EqeFactor, of_the_rest: float) -> Figure:
    """Put the 95 % band on an EQE: what the spectrum leaves open lies mostly to one side.

    ``of_the_rest`` is the relative standard uncertainty of all but the spectrum.
    """
    assert eqe.value is not None
    down, up = (abs(end / factor.value - 1) for end in (factor.low, factor.high))
    low, high = (float(np.hypot(TWICE * of_the_rest, side)) for side in (down, up))
    return replace(
        eqe, low=eqe.value * max(1 - low, 0.0), high=eqe.value * (1 + high), level=BAND_LEVEL
    )


def _eqe_label(found: Efficiencies, factor: EqeFactor | None) -> str:
    if found.eqe_from_light and factor is not None:
        pattern = "by its angular pattern" if factor.has_pattern else "Lambertian"
        return f"Maximum EQE from luminance, {pattern}, EL at {factor.peak_nm:.0f} nm"
    return "Maximum EQE from the file"


def _other_direction(ways: list[Sweep], floor: float) -> dict[str, Any] | None:
    """Turn-on, brightness and efficiency of the way back."""
    if len(ways) < 2 or ways[1].voltage_v.size == 0:
        return None
    back = ways[1]
    noise = dark_noise(back)
    on = turn_on(back, noise)
    top = efficiencies(back, floor, noise, None).tops.get("current_efficiency_cd_a")
    return {
        "scan_direction": back.direction,
        "turn_on_v": None if isinstance(on, str) else on.voltage_v,
        "luminance_cd_m2": float(np.max(back.luminance_cd_m2)),
        "current_efficiency_cd_a": None if top is None else top.value,
    }


def _summary(figures: list[Figure], state: str | None) -> str:
    words = {
        "turn_on_v": "turns on at {}",
        "luminance_cd_m2": "reaches {}",
        "current_efficiency_cd_a": "{}",
        "eqe_percent": "{} EQE",
    }
    parts = [words[f.quantity].format(rounded_figure(f)) for f in figures if f.quantity in words]
    if state in ("shorted", "open"):
        return f"The pixel looks {state}."
    return f"The pixel {', '.join(parts)}." if parts else "No light was detected."


def _curves(
    sweep: Sweep, floor: float, factor: EqeFactor | None, found: Efficiencies
) -> tuple[Curve, ...]:
    v = sweep.voltage_v
    curves = []
    ce = sweep.current_efficiency_cd_a
    eqe = sweep.eqe_percent
    if eqe is None and factor is not None and ce is not None:
        eqe = factor.value * ce
    for name, column in (
        ("current_efficiency_cd_a", ce),
        ("power_efficiency_lm_w", power_efficiency(sweep)),
        ("eqe_percent", eqe),
    ):
        if column is not None and name in found.tops:
            shown = (sweep.luminance_cd_m2 >= floor) & np.isfinite(column)
            if shown.any():
                curves.append(Curve(name, v[shown].tolist(), column[shown].tolist()))
    return tuple(curves)


JVL_FIGURES = Method("jvl-figures", "7", "jvl", "J-V-L figures of merit", run, PARAMETERS)
