"""What is said beside the figures of a sweep: what was missing, what heats, where the file disagrees with itself."""

from __future__ import annotations

import numpy as np

from analysis.techniques.jvl.columns import Floats
from analysis.techniques.jvl.efficiency import Efficiencies, power_efficiency
from analysis.techniques.jvl.eqe import EqeFactor
from analysis.techniques.jvl.sweep import Sweep

JOULE_LIMIT_W_CM2 = 1.0
DISAGREEMENT = 0.15
DEEP_RED_NM = 650.0


def cautions(
    sweep: Sweep,
    floor: float,
    factor: EqeFactor | None,
    found: Efficiencies,
) -> list[str]:
    """Return what stands beside the figures of a sweep, a sentence each."""
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
    if sweep.eqe_was_fraction:
        warnings.append(
            "The EQE column has no unit. As per cent its numbers would be less than any spectrum stands for at this "
            "many cd/A, so they were read as fractions: 0.1 is 10 %."
        )
    if float(np.max(sweep.luminance_cd_m2, initial=0.0)) < floor:
        warnings.append(
            f"The luminance never reaches {floor:g} cd/m²: no efficiency is given, as below it they divide noise "
            "by noise."
        )
    warnings.extend(_disagreements(sweep, floor, factor))
    if found.eqe_from_light and "eqe_percent" in found.tops and factor is not None:
        warnings.append(
            "EQE comes from the luminance and the angular pattern; a sphere is better."
            if factor.has_pattern
            else "EQE comes from the luminance and assumes a Lambertian pattern; a sphere is better."
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
