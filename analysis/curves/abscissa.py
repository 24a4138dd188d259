"""Along what a curve is drawn: one abscissa in another unit, and what that does to an intensity.

A spectral density is "per unit of its axis": drawn against energy instead of wavelength, an emission is
I(E) = I(λ) |dλ/dE| = I(λ) λ²/hc (Mooney and Kambhampati, J. Phys. Chem. Lett. 2013, 4, 3316). An absorbance
is no density and keeps its values.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.drawing import Drawing, Drawn, Floats, Stored, numbers
from analysis.techniques.shared.spectrum import HC_EV_NM
from analysis.techniques.shared.times import NS_PER_UNIT

LIGHT = {"nm": "Wavelength", "eV": "Energy", "1/cm": "Wavenumber"}
NAMES = (
    "wavelength",
    "photon_energy",
    "wavenumber",
)  # of light; a binding energy has no wavelength
PER = {"nm": "nm", "eV": "eV", "1/cm": "cm⁻¹"}
OWN_AXIS = ("tauc", "tauc_line")


def other_units(axis: Stored) -> tuple[str, ...]:
    """Return the units between which an axis of light may be chosen; none for another axis.

    >>> other_units({"name": "wavelength", "unit": "nm"})
    ('nm', 'eV')
    >>> other_units({"name": "binding_energy", "unit": "eV"})
    ()
    """
    if axis["name"] not in NAMES or axis["unit"] not in LIGHT:
        return ()
    return ("nm", "eV") if axis["unit"] != "1/cm" else ("1/cm", "nm", "eV")


def moved(x: Floats, unit: str, to: str) -> Floats:
    """Return the same places in another unit; x, of any shape, comes back where the units are not told.

    >>> moved(np.array([1239.841984]), "nm", "eV").tolist()
    [1.0]
    """
    if unit == to or not unit:
        return x
    if unit in LIGHT and to in LIGHT:
        return _from_energy(_energy_ev(x, unit), to)
    if unit in NS_PER_UNIT and to in NS_PER_UNIT:
        return x * (NS_PER_UNIT[unit] / NS_PER_UNIT[to])
    return x


def stretch(x: Floats, unit: str, to: str) -> Floats:
    """Return |dx/dx'| at places x (in ``unit``): by what a density grows when it is counted per ``to``."""
    if unit == to or unit not in LIGHT or to not in LIGHT:
        return np.ones_like(x)
    return _per_energy(x, unit) / _per_energy(moved(x, unit, to), to)


def _energy_ev(x: Floats, unit: str) -> Floats:
    with np.errstate(divide="ignore"):
        return {"nm": HC_EV_NM / x, "eV": x, "1/cm": x * (HC_EV_NM * 1e-7)}[unit]


def _from_energy(energy_ev: Floats, to: str) -> Floats:
    with np.errstate(divide="ignore"):
        back = {"nm": HC_EV_NM / energy_ev, "eV": energy_ev, "1/cm": energy_ev / (HC_EV_NM * 1e-7)}
    return back[to]


def _per_energy(x: Floats, unit: str) -> Floats:
    """Return |dx/dE| at places x."""
    if unit == "nm":
        return x**2 / HC_EV_NM
    return np.full_like(x, 1.0 if unit == "eV" else 1 / (HC_EV_NM * 1e-7))


def along(drawn: Drawn, drawing: Drawing, unit: str = "") -> Drawn:
    """Return what is drawn against its axis in ``unit``, every curve with it; its own unit when none is said.

    The lines of a method come in the unit that the method counts in, and go along.
    """
    if len(drawn.channels) < 2:
        return drawn
    own = drawn.channels[0]["unit"]
    first, *others = drawn.channels
    to = unit if unit in other_units(first) else own
    x = numbers(first["values"])
    grown = stretch(x, own, to) if drawing.density else np.ones_like(x)
    channels = [{**first, "values": moved(x, own, to), "unit": to}]
    if unit and unit == to and first["name"] in NAMES:
        channels[0] |= {"name": "light", "label": LIGHT[to]}  # of one name, whatever the file has
    for one in others:
        channels.append({**one, "values": numbers(one["values"]) * grown})
    if to != own and drawing.density:
        channels[1] |= {"name": "density", "label": f"Intensity per {PER[to]}", "unit": ""}
    curves = [_curve(one, own, to, density=drawing.density) for one in drawn.curves]
    reading = {**drawn.reading, "channels": channels}
    ranges = tuple(tuple(sorted(moved(np.array(one), own, to).tolist())) for one in drawn.left_out)
    return replace(
        drawn, reading=reading, result={**drawn.result, "curves": curves}, left_out=ranges
    )


def _curve(curve: Stored, own: str, to: str, *, density: bool) -> Stored:
    """Return a line of a method against the axis; those that stand on an axis of their own stay."""
    unit = curve.get("x_unit") or own
    if curve["name"] in OWN_AXIS:
        return curve
    if unit == own == to:
        return curve
    x, y = numbers(curve["x"]), numbers(curve["y"])
    if density and not curve.get("unit"):
        y = y * stretch(moved(x, unit, own), own, to)
    return {**curve, "x": moved(x, unit, to), "y": y, "x_unit": ""}
