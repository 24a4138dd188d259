"""Bromide in place of iodide: a lattice too small for CsPbI3 alone, and the share it would mean.

Vegard's rule between the pseudo-cubic edges of γ-CsPbI3 and of orthorhombic CsPbBr3, both at room temperature.
"""

from __future__ import annotations

from analysis.techniques.xrd.diffraction.structures import pseudo_cubic_angstrom

# a 8.207, b 8.255, c 11.759 Å: Rodová et al., J. Therm. Anal. Calorim. 71 (2003) 667.
BROMIDE_ANGSTROM = (8.207 * 8.255 * 11.759 / 4) ** (1 / 3)
# Below this pseudo-cubic edge CsPbI3 would be smaller than any published, and a tenth of bromide explains it.
PURE_IODIDE_ANGSTROM = 6.165
_EDGE_U_ANGSTROM = (
    0.03  # strain, zero error, specimen displacement: what moves an edge beside bromide
)


def is_mixed_halide(edge_angstrom: float) -> bool:
    """Whether CsPb(I,Br)3 must be named beside CsPbI3 for this pseudo-cubic edge."""
    return BROMIDE_ANGSTROM < edge_angstrom < PURE_IODIDE_ANGSTROM


def bromide_percent(edge_angstrom: float) -> tuple[float, float]:
    """Share of bromide among the halides and its standard uncertainty, per cent."""
    span = pseudo_cubic_angstrom() - BROMIDE_ANGSTROM
    share = (pseudo_cubic_angstrom() - edge_angstrom) / span
    return 100 * share, 100 * _EDGE_U_ANGSTROM / span


def bromide_in_words(edge_angstrom: float) -> str:
    """Name the mixed halide with its share of bromide."""
    share, u = bromide_percent(edge_angstrom)
    return f"CsPb(I,Br)3 with {share:.0f} ± {u:.0f} % bromide (Vegard)"
