"""Geometry of perovskites: tolerance and octahedral factors, molar surface of a cube.

Goldschmidt, Naturwissenschaften 1926, 14, 477: t = (r_A + r_X) / √2 (r_B + r_X). Radii after Shannon,
Acta Cryst. A 1976, 32, 751. A factor says nothing without its radii: CsPbI3 has t = 0.807 with Cs⁺ in
six-fold and 0.851 in twelve-fold coordination, so the set is part of every answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Å; coordination in the key where Shannon's radius depends on it
SHANNON_ANGSTROM: dict[str, float] = {
    "Cs+ VI": 1.67, "Cs+ XII": 1.88, "Rb+ VI": 1.52, "Rb+ XII": 1.72,
    "Pb2+ VI": 1.19, "Ca2+ VI": 1.00, "Sn2+ VI": 1.18, "Sr2+ VI": 1.18,
    "I- VI": 2.20, "Br- VI": 1.96, "Cl- VI": 1.81,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Factors:
    """Tolerance factor t and octahedral factor μ with the radii they were computed from (Å)."""

    tolerance: float
    octahedral: float
    radii_angstrom: dict[str, float]


def perovskite_factors(a_ion: str, b_ion: str, x_ion: str) -> Factors:
    """Return t and μ of ABX3 for ions named as in `SHANNON_ANGSTROM`; `ValueError` for another.

    >>> round(perovskite_factors("Cs+ VI", "Pb2+ VI", "I- VI").tolerance, 3)
    0.807
    """
    missing = [ion for ion in (a_ion, b_ion, x_ion) if ion not in SHANNON_ANGSTROM]
    if missing:
        known = ", ".join(SHANNON_ANGSTROM)
        raise ValueError(f"No radius is stored for {', '.join(missing)}; known: {known}.")
    a, b, x = (SHANNON_ANGSTROM[ion] for ion in (a_ion, b_ion, x_ion))
    return Factors((a + x) / (math.sqrt(2) * (b + x)), b / x, {a_ion: a, b_ion: b, x_ion: x})


def molar_surface_m2_per_mol(edge_nm: float, molar_volume_cm3: float) -> float:
    """Surface of one mole of cubes, 6 V_m / L (m²/mol), for edges ``edge_nm``; > 0 or `ValueError`."""
    if edge_nm <= 0 or molar_volume_cm3 <= 0:
        raise ValueError("Edge length and molar volume must be positive.")
    return 6 * molar_volume_cm3 * 1e-6 / (edge_nm * 1e-9)
