"""The drawings of a sweep: current density and luminance against voltage, efficiency against current."""

from __future__ import annotations

import numpy as np

from analysis.drawing import Drawing, Drawn, Floats, Stored, Way, spectrum
from labnotebook.records.presentation import device_figures
from labnotebook.records.presentation.figure import Figure


def sweep(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw J and L against V where the file has both; else its first column."""
    found = sweep_of(drawn)
    if found is None:
        return spectrum(drawn, drawing)
    return device_figures.jvl(*found, drawn.sentence, turn_on_v=drawn.value("turn_on_v"))


def sweep_of(drawn: Drawn) -> device_figures.Sweep | None:
    """Return voltage, current density and luminance of a sweep; None when one of them is not known."""
    by_name = drawn.by_name
    voltage, light = by_name.get("voltage"), by_name.get("luminance")
    density = density_ma_cm2(drawn)
    if voltage is None or light is None or density is None:
        return None
    return device_figures.Sweep(voltage, density, light)


def current_and_light(drawn: Drawn) -> list[Stored]:
    """Return voltage, luminance and the size of the current density; all columns when one lacks."""
    by_name = {channel["name"]: channel for channel in drawn.channels}
    density = density_ma_cm2(drawn)
    if "voltage" not in by_name or "luminance" not in by_name or density is None:
        return drawn.channels
    return [by_name["voltage"], by_name["luminance"], _sizes(density)]


def current_against_voltage(drawn: Drawn) -> list[Stored]:
    """Return voltage and the size of the current density; nothing where one is not known."""
    found = current_and_light(drawn)
    names = [one["name"] for one in found]
    if names != ["voltage", "luminance", "current_density"]:
        density = density_ma_cm2(drawn)  # of a sweep without light
        if density is None or not names or names[0] != "voltage":
            return []
        return [found[0], _sizes(density)]
    return [found[0], found[2]]


def efficiency_columns(drawn: Drawn) -> list[Stored]:
    """Return the decimal logarithm of the current density and the EQE, rising; nothing where one is not known."""
    found = efficiency_against_density(drawn)
    if found is None:
        return []
    density, eqe = (np.asarray(one, dtype=float) for one in found)
    order = np.argsort(density, kind="stable")
    lg = np.log10(density[order]).tolist()
    return [
        {"name": "lg_current_density", "unit": "", "label": "", "values": lg},
        {"name": "eqe", "unit": "%", "label": "", "values": eqe[order].tolist()},
    ]


def _sizes(density: Floats) -> Stored:
    values = [abs(v) if np.isfinite(v) else None for v in density.tolist()]
    return {"name": "current_density", "unit": "mA/cm2", "label": "", "values": values}


def density_ma_cm2(drawn: Drawn) -> Floats | None:
    """Return the current density that the file has, or that follows from the current and the area."""
    by_name = drawn.by_name
    if "current_density" in by_name:
        return by_name["current_density"]
    area_mm2 = (drawn.result.get("detail") or {}).get("area_mm2")
    if "current" not in by_name or not area_mm2:
        return None
    return np.asarray(by_name["current"] * 1e5 / area_mm2)  # A/mm² to mA/cm²


def efficiency_against_density(drawn: Drawn) -> tuple[list[float], list[float]] | None:
    """Return current density (mA/cm²) and EQE (%) of a sweep; None where one is not known.

    The method gives EQE at the voltages of the first sweep; the density is the file's at the same
    voltage.
    """
    eqe = drawn.curve("eqe_percent")
    by_name = drawn.by_name
    density = density_ma_cm2(drawn)
    if eqe is None or density is None or "voltage" not in by_name:
        return None
    at: dict[float, float] = {}
    for voltage, value in zip(by_name["voltage"].tolist(), density.tolist(), strict=True):
        at.setdefault(voltage, abs(value))
    pairs = [
        (at[voltage], value)
        for voltage, value in zip(eqe["x"], eqe["y"], strict=True)
        if value is not None and at.get(voltage, 0) > 0
    ]
    return ([j for j, _ in pairs], [e for _, e in pairs]) if len(pairs) > 1 else None


WAYS = (
    Way("j-v", "J–V", current_against_voltage, log=True),
    Way("eqe-j", "EQE–J", efficiency_columns),
)
