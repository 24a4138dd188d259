"""Kinematic powder diffraction: where the lines of a structure lie and how strong they are.

Intensity of a line = multiplicity · |F|² · Lorentz-polarisation / V², that is per unit of scattering
volume, so that fitted amounts are volumes. Scattering factors, dispersion corrections, symmetry and the
list of reflections come from gemmi.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import gemmi
import numpy as np
from numpy.typing import NDArray

from analysis.techniques.xrd.diffraction.radiation import Radiation
from analysis.techniques.xrd.diffraction.structures import Structure

Floats = NDArray[np.float64]
_EV_ANGSTROM = 12398.4198


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Reflections of one structure, longest spacing first.

    ``hkl`` has shape (n, 3); ``d_angstrom`` and ``strength`` have shape (n,). ``strength`` is
    multiplicity · |F|² / V² without the Lorentz-polarisation factor, in electrons² per Å⁶.
    """

    key: str
    hkl: NDArray[np.int64]
    d_angstrom: Floats
    strength: Floats


def _sites_in_cell(structure: Structure) -> tuple[list[str], Floats, Floats]:
    """Expand the asymmetric unit: elements, positions (n, 3), B in Å² (n,)."""
    group = gemmi.find_spacegroup_by_name(structure.space_group)
    if group is None:
        raise ValueError(f"{structure.name}: unknown space group {structure.space_group!r}")
    elements: list[str] = []
    positions: list[Floats] = []
    b_values: list[float] = []
    for atom in structure.atoms:
        orbit: list[Floats] = []
        for operation in group.operations():
            moved = np.asarray(operation.apply_to_xyz([atom.x, atom.y, atom.z])) % 1.0
            apart = [np.abs((moved - seen + 0.5) % 1.0 - 0.5).max() for seen in orbit]
            if all(distance > 1e-4 for distance in apart):
                orbit.append(moved)
        elements += [atom.element] * len(orbit)
        positions += orbit
        b_values += [atom.b_angstrom2] * len(orbit)
    return elements, np.array(positions), np.array(b_values)


def _reflections(structure: Structure, d_min: float) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Unique reflections that are not absent by symmetry: hkl, d in Å, multiplicity."""
    cell = gemmi.UnitCell(*structure.cell)
    group = gemmi.find_spacegroup_by_name(structure.space_group)
    assert group is not None
    operations = group.operations()
    hkls = [
        hkl
        for hkl in gemmi.make_miller_array(cell, group, d_min, 1e3).tolist()
        if not operations.is_systematically_absent(hkl)
    ]
    spacing = np.array([cell.calculate_d(hkl) for hkl in hkls])
    order = np.argsort(-spacing, kind="stable")
    multiplicity, names = [], []
    for hkl in hkls:
        images = [tuple(op.apply_to_hkl(hkl)) for op in operations.sym_ops]
        family = {*images, *(tuple(-i for i in image) for image in images)}
        multiplicity.append(len(family))
        # Chemists write (100), not (010): most indices not negative, then the largest first.
        names.append(max(family, key=lambda image: (sum(i >= 0 for i in image), image)))
    hkl_table = np.array(names, np.int64).reshape(-1, 3)
    return hkl_table[order], spacing[order], np.array(multiplicity, float)[order]


def _scattering_factor(
    element: str, s2: Floats, wavelength_angstrom: float
) -> NDArray[np.complex128]:
    """Atomic form factor (International Tables C 6.1.1.4) with Cromer-Liberman dispersion."""
    symbol = gemmi.Element(element)
    real, imaginary = gemmi.cromer_liberman(
        z=symbol.atomic_number, energy=_EV_ANGSTROM / wavelength_angstrom
    )
    form = np.array([symbol.it92.calculate_sf(stol2=float(value)) for value in s2])
    return form + complex(real, imaginary)


@lru_cache(maxsize=128)
def lines(structure: Structure, wavelength_angstrom: float, d_min_angstrom: float) -> Lines:
    """Return every reflection with a spacing of at least ``d_min_angstrom``."""
    hkl, spacing, multiplicity = _reflections(structure, d_min_angstrom)
    elements, positions, b_values = _sites_in_cell(structure)
    s2 = 1.0 / (4.0 * spacing**2)
    factors = {e: _scattering_factor(e, s2, wavelength_angstrom) for e in set(elements)}
    per_atom = np.array([factors[element] for element in elements]).T
    phase = np.exp(2j * np.pi * (hkl @ positions.T) - np.outer(s2, b_values))
    amplitude = np.sum(per_atom * phase, axis=1)
    volume = gemmi.UnitCell(*structure.cell).volume
    strength = multiplicity * np.abs(amplitude) ** 2 / volume**2
    return Lines(structure.key, hkl, spacing, strength)


def two_theta_deg(d_angstrom: Floats, wavelength_angstrom: float) -> Floats:
    """Bragg angle 2θ in degrees; NaN where the line cannot be reached."""
    sine = wavelength_angstrom / (2.0 * np.asarray(d_angstrom, float))
    return np.degrees(2.0 * np.arcsin(np.where(sine < 1.0, sine, np.nan)))


def lorentz_polarisation(theta_rad: Floats) -> Floats:
    """Lorentz-polarisation factor of a powder, unpolarised beam, no monochromator."""
    factor: Floats = (1 + np.cos(2 * theta_rad) ** 2) / (np.sin(theta_rad) ** 2 * np.cos(theta_rad))
    return factor


def sticks(
    structure: Structure, radiation: Radiation, from_deg: float, to_deg: float
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Lines of a random powder between two angles: hkl, 2θ in degrees, per cent of the strongest.

    Reflections with one spacing (such as 102 and 10-2 of a trigonal crystal) are one line.
    """
    wavelength = radiation.mean_angstrom
    d_min = wavelength / (2 * np.sin(np.radians(min(to_deg, 179.0) / 2)))
    found = lines(structure, wavelength, round(d_min, 4))
    angle = two_theta_deg(found.d_angstrom, wavelength)
    strength = found.strength * lorentz_polarisation(np.radians(angle / 2))
    inside = (angle >= from_deg) & (angle <= to_deg)
    hkl, angle, strength = found.hkl[inside], angle[inside], strength[inside]
    if not angle.size:
        return hkl, angle, strength
    starts = np.flatnonzero(np.diff(angle, prepend=-1.0) > 1e-6)
    summed = np.add.reduceat(strength, starts)
    return hkl[starts], angle[starts], 100.0 * summed / summed.max()
