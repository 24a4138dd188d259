"""J-V-L sweeps: turn-on, brightness, current and power efficiency, external quantum efficiency.

CE = L/J (cd/A); PE = π·CE/V (lm/W) and EQE = π·e·CE/(E_ph·LER), both for a Lambertian emitter; E_ph
and LER belong to the EL spectrum (`photometry`). Efficiencies count only where the luminance is at
or above a floor (10 cd/m² unless asked otherwise): near zero current they divide noise by noise and
read thousands of per cent.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, Parameter, Result
from analysis.techniques.jvl import clipping, loop
from analysis.techniques.jvl.calibration import LEVEL, Meters, meters_of
from analysis.techniques.jvl.efficiency import Efficiencies, efficiencies, power_efficiency
from analysis.techniques.jvl.eqe import PEAK_ERROR_NM, STRAY_FLOOR, EqeFactor, eqe_factor
from analysis.techniques.jvl.sweep import (
    Floats,
    Sweep,
    TurnOn,
    dark_noise,
    pixel_health,
    sweeps_of,
    turn_on,
)
from analysis.techniques.shared.rounding import rounded_figure
from analysis.techniques.shared.settings import settings_for

JOULE_LIMIT_W_CM2 = 1.0
DISAGREEMENT = 0.15
DEEP_RED_NM = 650.0

PARAMETERS = (
    Parameter("area_mm2", "Emitting area", "mm²", None, 1e-4, 1e5,
              help="Needed when the file gives the current but not the current density."),
    Parameter("luminance_floor_cd_m2", "Efficiencies count from", "cd/m²", 10.0, 1.0, 1e5),
    Parameter("el_peak_nm", "EL peak", "nm", None, 380, 780,
              help="With the width: EQE from luminance, and a check of the file's own EQE."),
    Parameter("el_fwhm_nm", "EL full width at half maximum", "nm", None, 1, 300),
    Parameter("el_wavelength_nm", "EL spectrum: wavelengths", "nm", None, 200, 2500),
    Parameter("el_power", "EL spectrum: radiant power per nm"),
)  # fmt: skip


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Figures of merit of a J-V-L sweep; raises `NoResult`."""
    settings = settings_for(PARAMETERS, given)
    sweeps, area_mm2 = sweeps_of(reading, settings["area_mm2"])
    factor = eqe_factor(settings)
    limits = [clipping.limits_of(way) for way in sweeps]
    ways = [clipping.below(way, found) for way, found in zip(sweeps, limits, strict=True)]
    whole, sweep = sweeps[0], ways[0]
    noise = dark_noise(sweep)
    meters = meters_of(reading)
    on = turn_on(sweep, noise, luminance_u=meters.luminance_u)
    floor = settings["luminance_floor_cd_m2"]
    health = pixel_health(whole, not isinstance(on, str) or _clearly_lit(whole, noise))
    found = efficiencies(sweep, floor, noise, factor)
    figures = [
        *_light_figures(whole, limits[0], on, meters),
        *_efficiency_figures(found, floor, factor, meters),
        *loop.leakage(sweep, on, meters),
        *_hysteresis(ways, on, meters),
    ]
    warnings = [clipping.in_words(limit) for limit in limits[0]]
    warnings.extend([on] if isinstance(on, str) else [])
    if health.state not in ("working", None):
        warnings.append(f"The pixel looks {health.state}: {health.reason}")
    warnings.extend(found.warnings)
    warnings.extend(_warnings(sweep, floor, factor, area_mm2, settings, found))
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
        "other_direction": _other_direction(ways, floor),
    }
    return Result(
        figures=tuple(figures),
        summary=_summary(figures, health.state),
        warnings=tuple(warnings),
        curves=_curves(sweep, floor, factor, found),
        detail=detail,
    )


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
    whole: Sweep, limits: tuple[clipping.Limit, ...], on: TurnOn | str, meters: Meters
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
    if light[k] > 0 and "luminance" not in limited:
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
        u = top.value * float(np.sqrt(np.sum(np.square(relative))))
        at = f"{label}, at {top.voltage_v:.4g} V"
        figures.append(Figure(quantity, top.value, u, unit, at, note=note, level=LEVEL))
    return figures


def _eqe_label(found: Efficiencies, factor: EqeFactor | None) -> str:
    if found.eqe_from_light and factor is not None:
        return f"Maximum EQE from luminance, Lambertian, EL at {factor.peak_nm:.0f} nm"
    return "Maximum EQE from the file"


def _warnings(
    sweep: Sweep,
    floor: float,
    factor: EqeFactor | None,
    area_mm2: float | None,
    settings: dict[str, Any],
    found: Efficiencies,
) -> list[str]:
    warnings = []
    density = sweep.current_density_ma_cm2
    if density is None:
        warnings.append(
            "No current density: the file gives no current, or the current without the emitting area. Give the "
            "area to get efficiencies."
        )
    else:
        heat = float(np.max(sweep.voltage_v * density, initial=0.0)) / 1e3
        if heat > JOULE_LIMIT_W_CM2:
            warnings.append(
                f"Up to {heat:.2g} W/cm² of electrical power: above {JOULE_LIMIT_W_CM2:g} W/cm² the pixel heats "
                "itself, and the end of the sweep may show that and not the device."
            )
    if float(np.max(sweep.luminance_cd_m2, initial=0.0)) < floor:
        warnings.append(
            f"The luminance never reaches {floor:g} cd/m²: no efficiency is given, as below it they divide noise "
            "by noise."
        )
    warnings.extend(_disagreements(sweep, floor, factor))
    if found.eqe_from_light and "eqe_percent" in found.tops and factor is not None:
        warnings.append(
            "EQE comes from the luminance and assumes a Lambertian pattern; a sphere is better."
        )
        if factor.peak_nm >= DEEP_RED_NM:
            warnings.append(
                f"At {factor.peak_nm:.0f} nm the eye hardly sees: 1 nm in the EL peak or 0.1 % of stray light moves "
                f"this EQE between {factor.low / factor.value:.0%} and {factor.high / factor.value:.0%} of its value."
            )
    if sweep.eqe_percent is None and factor is None and density is not None:
        warnings.append(
            "No EQE: the file has no EQE column; give the EL peak and width to compute it."
        )
    return warnings


def _disagreements(sweep: Sweep, floor: float, factor: EqeFactor | None) -> list[str]:
    """The file's own EQE and power efficiency against ours."""
    ce = sweep.current_efficiency_cd_a
    if ce is None:
        return []
    trusted = (sweep.luminance_cd_m2 >= floor) & (ce > 0)
    warnings = []
    computed: list[tuple[str, Floats | None, Floats | None]] = [
        ("power efficiency", sweep.power_efficiency_lm_w, power_efficiency(sweep)),
        ("EQE", sweep.eqe_percent, None if factor is None else factor.value * ce),
    ]
    for name, theirs, ours in computed:
        if theirs is None or ours is None or not trusted.any():
            continue
        ratio = float(np.median(theirs[trusted] / ours[trusted]))
        if abs(ratio - 1) > DISAGREEMENT:
            warnings.append(
                f"The file's {name} is {ratio:.2f} × what its luminance and current give: check area, spectrum, "
                "angular pattern and calibration."
            )
    return warnings


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


JVL_FIGURES = Method("jvl-figures", "3", "jvl", "J-V-L figures of merit", run, PARAMETERS)
