"""J-V-L sweeps: turn-on, brightness, current and power efficiency, external quantum efficiency.

CE = L/J (cd/A); PE = π·CE/V (lm/W) and EQE = π·e·CE/(E_ph·LER), both for a Lambertian emitter; E_ph
and LER belong to the EL spectrum (`photometry`). Efficiencies count only where the luminance is at
or above a floor (10 cd/m² unless asked otherwise): near zero current they divide noise by noise and
read thousands of per cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.jvl.sweep import (
    Floats,
    Sweep,
    TurnOn,
    dark_noise,
    pixel_health,
    sweeps_of,
    turn_on,
)
from analysis.techniques.shared.photometry import EmissionSpectrum, gaussian_spectrum
from analysis.techniques.shared.settings import settings_for

JOULE_LIMIT_W_CM2 = 1.0
DISAGREEMENT = 0.15
STRAY_FLOOR = 0.001  # of the peak: an ordinary spectrometer's, and +16 % on the efficacy at 684 nm
PEAK_ERROR_NM = 1.0
FWHM_ERROR_NM = 2.0
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


@dataclass(frozen=True, slots=True)
class Best:
    """The highest trustworthy value of a column."""

    value: float
    voltage_v: float
    scatter: float | None  # of the points around it
    near_mean: float  # mean of the points around it: free of the bias of a maximum


@dataclass(frozen=True, slots=True)
class EqeFactor:
    """EQE per current efficiency (% per cd/A) of the spectrum and its band."""

    value: float
    low: float
    high: float
    peak_nm: float


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Figures of merit of a J-V-L sweep; raises `NoResult`."""
    settings = settings_for(PARAMETERS, given)
    sweeps, area_mm2 = sweeps_of(reading, settings["area_mm2"])
    factor = eqe_factor(settings)
    sweep = sweeps[0]
    noise = dark_noise(sweep)
    on = turn_on(sweep, noise)
    floor = settings["luminance_floor_cd_m2"]
    lights = not isinstance(on, str) or _clearly_lit(sweep, noise)
    health = pixel_health(sweep, lights)
    figures = [*_light_figures(sweep, on), *_efficiency_figures(sweep, floor, factor)]
    warnings = [] if not isinstance(on, str) else [on]
    if health.state not in ("working", None):
        warnings.append(f"The pixel looks {health.state}: {health.reason}")
    warnings.extend(_warnings(sweep, floor, factor, area_mm2, settings))
    detail = {
        "suggested_state": health.state,
        "state_reason": health.reason,
        "area_mm2": area_mm2,
        "dark_noise_cd_m2": noise,
        "scan_direction": sweep.direction,
        "first_point_at_or_above_1_cd_m2_v": _first_above(sweep),
        "luminance_floor_cd_m2": floor,
        "near_peak_mean": _near_peak_means(sweep, floor),
        "other_direction": _other_direction(sweeps, floor),
    }
    return Result(
        figures=tuple(figures),
        summary=_summary(figures, health.state),
        warnings=tuple(warnings),
        curves=_curves(sweep, floor, factor),
        detail=detail,
    )


def _clearly_lit(sweep: Sweep, noise: float) -> bool:
    return bool(np.sum(sweep.luminance_cd_m2 >= max(1.0, 5 * noise)) >= 3)


def _first_above(sweep: Sweep) -> float | None:
    above = np.flatnonzero(sweep.luminance_cd_m2 >= 1.0)
    return float(sweep.voltage_v[above[0]]) if above.size else None


def eqe_factor(settings: dict[str, Any]) -> EqeFactor | None:
    """EQE per cd/A from the EL spectrum given in the settings, with its band; None without one.

    The band covers ±1 nm in the peak, ±2 nm in the width and a stray-light floor of 0.1 % of the peak
    over 380-780 nm, which only ever lowers the EQE that luminance stands for.
    """
    peak_nm, fwhm_nm = settings["el_peak_nm"], settings["el_fwhm_nm"]
    if settings["el_wavelength_nm"] is not None or settings["el_power"] is not None:
        return _measured_factor(settings["el_wavelength_nm"], settings["el_power"])
    if peak_nm is None and fwhm_nm is None:
        return None
    if peak_nm is None or fwhm_nm is None:
        raise NoResult(
            "The EL spectrum needs both its peak and its width: in the deep red the width alone changes the EQE "
            "by a third."
        )
    band = [
        gaussian_spectrum(peak_nm + shift, max(fwhm_nm + widening, 0.5), stray).eqe_percent_per_cd_a
        for shift in (-PEAK_ERROR_NM, PEAK_ERROR_NM)
        for widening in (-FWHM_ERROR_NM, FWHM_ERROR_NM)
        for stray in (0.0, STRAY_FLOOR)
    ]
    centre = gaussian_spectrum(peak_nm, fwhm_nm).eqe_percent_per_cd_a
    return EqeFactor(centre, min(band), max(band), peak_nm)


def _measured_factor(wavelength: Any, power: Any) -> EqeFactor:
    """Factor of a measured spectrum: the median of its outer tenths is taken off as stray light."""
    if (
        not isinstance(wavelength, list)
        or not isinstance(power, list)
        or len(wavelength) != len(power)
    ):
        raise NoResult(
            "The EL spectrum needs wavelengths and powers, one power for every wavelength."
        )
    if len(wavelength) < 10:
        raise NoResult("The EL spectrum needs at least 10 points.")
    x, y = np.array(wavelength, dtype=float), np.array(power, dtype=float)
    x, y = x[np.argsort(x)], y[np.argsort(x)]
    tenth = max(1, x.size // 10)
    net = y - float(np.median(np.concatenate([y[:tenth], y[-tenth:]])))
    peak_nm = float(x[np.argmax(net)])
    if np.max(net) <= 0 or not 380 <= peak_nm <= 780:
        raise NoResult(
            "The EL spectrum shows no visible band: luminance says nothing about its EQE."
        )
    factors = [
        EmissionSpectrum(x + shift, net + stray * np.max(net)).eqe_percent_per_cd_a
        for shift in (-PEAK_ERROR_NM, PEAK_ERROR_NM)
        for stray in (0.0, STRAY_FLOOR)
    ]
    return EqeFactor(
        EmissionSpectrum(x, net).eqe_percent_per_cd_a, min(factors), max(factors), peak_nm
    )


def best_of(sweep: Sweep, column: Floats | None, floor_cd_m2: float) -> Best | None:
    """Highest value of ``column`` where the luminance reaches the floor and current flows forward."""
    if column is None:
        return None
    trusted = (sweep.luminance_cd_m2 >= floor_cd_m2) & np.isfinite(column) & (sweep.voltage_v > 0)
    if sweep.current_density_ma_cm2 is not None:
        trusted &= sweep.current_density_ma_cm2 > 0
    if not trusted.any():
        return None
    v, y = sweep.voltage_v[trusted], column[trusted]
    k = int(np.argmax(y))
    near = slice(max(0, k - 2), k + 3)
    scatter = None
    if y[near].size == 5:
        curve = np.polyval(np.polyfit(v[near] - v[k], y[near], 2), v[near] - v[k])
        scatter = float(np.sqrt(np.sum((y[near] - curve) ** 2) / 2))  # 5 points less 3 coefficients
    return Best(float(y[k]), float(v[k]), scatter, float(np.mean(y[near])))


def power_efficiency(sweep: Sweep) -> Floats | None:
    """π·CE/V (lm/W) of every point; NaN at or below 0 V."""
    ce = sweep.current_efficiency_cd_a
    if ce is None:
        return None
    volts = np.where(sweep.voltage_v > 0, sweep.voltage_v, np.nan)
    return np.asarray(np.pi * ce / volts, dtype=float)


def _light_figures(sweep: Sweep, on: TurnOn | str) -> list[Figure]:
    figures = []
    if not isinstance(on, str):
        # rectangular distribution over the step that holds the crossing
        spread = float((on.above_v - on.below_v) / np.sqrt(12))
        figures.append(
            Figure("turn_on_v", on.voltage_v, spread, "V", "Turn-on voltage at 1 cd/m², log L interpolated",
                   on.below_v, on.above_v, "between the two measured points around 1 cd/m²")
        )  # fmt: skip
    k = int(np.argmax(sweep.luminance_cd_m2))
    at = f"at {sweep.voltage_v[k]:.4g} V"
    if sweep.luminance_cd_m2[k] > 0:
        figures.append(
            Figure("luminance_cd_m2", float(sweep.luminance_cd_m2[k]), None, "cd/m²", f"Maximum luminance, {at}")
        )  # fmt: skip
    if sweep.current_density_ma_cm2 is not None:
        j = sweep.current_density_ma_cm2
        n = int(np.argmax(j))
        figures.append(
            Figure("current_density_ma_cm2", float(j[n]), None, "mA/cm²", f"Maximum current density, at {sweep.voltage_v[n]:.4g} V")
        )  # fmt: skip
    return figures


def _efficiency_figures(sweep: Sweep, floor: float, factor: EqeFactor | None) -> list[Figure]:
    note = f"where L ≥ {floor:g} cd/m²"
    figures = []
    ce = best_of(sweep, sweep.current_efficiency_cd_a, floor)
    pe = best_of(sweep, power_efficiency(sweep), floor)
    for quantity, best, unit, label in (
        ("current_efficiency_cd_a", ce, "cd/A", "Maximum current efficiency"),
        ("power_efficiency_lm_w", pe, "lm/W", "Maximum power efficiency, Lambertian"),
    ):
        if best is not None:
            figures.append(
                Figure(quantity, best.value, best.scatter, unit, f"{label}, at {best.voltage_v:.4g} V", note=note)
            )  # fmt: skip
    measured = best_of(sweep, sweep.eqe_percent, floor)
    if measured is not None:
        figures.append(
            Figure("eqe_percent", measured.value, measured.scatter, "%", f"Maximum EQE from the file, at {measured.voltage_v:.4g} V", note=note)
        )  # fmt: skip
    elif factor is not None and ce is not None:
        figures.append(
            Figure("eqe_percent", factor.value * ce.value, None, "%",
                   f"Maximum EQE from luminance, Lambertian, EL at {factor.peak_nm:.0f} nm, at {ce.voltage_v:.4g} V",
                   factor.low * ce.value, factor.high * ce.value,
                   f"{note}; band: EL peak ±{PEAK_ERROR_NM:g} nm, stray light up to {STRAY_FLOOR:.1%} of the peak")
        )  # fmt: skip
    return figures


def _warnings(
    sweep: Sweep,
    floor: float,
    factor: EqeFactor | None,
    area_mm2: float | None,
    settings: dict[str, Any],
) -> list[str]:
    warnings = []
    density = sweep.current_density_ma_cm2
    if density is None:
        warnings.append(
            "No current density: the file gives no current, or the current without the emitting area. Give the "
            "area to get efficiencies."
        )
    else:
        heat = float(np.max(sweep.voltage_v * density)) / 1e3
        if heat > JOULE_LIMIT_W_CM2:
            warnings.append(
                f"Up to {heat:.2g} W/cm² of electrical power: above {JOULE_LIMIT_W_CM2:g} W/cm² the pixel heats "
                "itself, and the end of the sweep may show that and not the device."
            )
    if float(np.max(sweep.luminance_cd_m2)) < floor:
        warnings.append(
            f"The luminance never reaches {floor:g} cd/m²: no efficiency is given, as below it they divide noise "
            "by noise."
        )
    warnings.extend(_disagreements(sweep, floor, factor))
    if sweep.eqe_percent is None and factor is not None:
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


def _near_peak_means(sweep: Sweep, floor: float) -> dict[str, float]:
    columns = {
        "current_efficiency_cd_a": sweep.current_efficiency_cd_a,
        "power_efficiency_lm_w": power_efficiency(sweep),
        "eqe_percent": sweep.eqe_percent,
    }
    bests = {name: best_of(sweep, column, floor) for name, column in columns.items()}
    return {name: best.near_mean for name, best in bests.items() if best is not None}


def _other_direction(sweeps: list[Sweep], floor: float) -> dict[str, Any] | None:
    """Turn-on and brightness of the way back, to see hysteresis."""
    if len(sweeps) < 2:
        return None
    back = sweeps[1]
    on = turn_on(back, dark_noise(back))
    ce = best_of(back, back.current_efficiency_cd_a, floor)
    return {
        "scan_direction": back.direction,
        "turn_on_v": None if isinstance(on, str) else on.voltage_v,
        "luminance_cd_m2": float(np.max(back.luminance_cd_m2)),
        "current_efficiency_cd_a": None if ce is None else ce.value,
    }


def _summary(figures: list[Figure], state: str | None) -> str:
    words = {
        "turn_on_v": "turns on at {:.2f} V",
        "luminance_cd_m2": "reaches {:.4g} cd/m²",
        "current_efficiency_cd_a": "{:.3g} cd/A",
        "eqe_percent": "{:.3g} % EQE",
    }
    parts = [words[f.quantity].format(f.value) for f in figures if f.quantity in words]
    if state in ("shorted", "open"):
        return f"The pixel looks {state}."
    return f"The pixel {', '.join(parts)}." if parts else "No light was detected."


def _curves(sweep: Sweep, floor: float, factor: EqeFactor | None) -> tuple[Curve, ...]:
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
        if column is not None:
            shown = (sweep.luminance_cd_m2 >= floor) & np.isfinite(column)
            if shown.any():
                curves.append(Curve(name, v[shown].tolist(), column[shown].tolist()))
    return tuple(curves)


JVL_FIGURES = Method("jvl-figures", "1", "jvl", "J-V-L figures of merit", run, PARAMETERS)
