"""X-ray lines of the elements that perovskites and their grids bring, and which of them lie on each other.

Energies in keV from the X-ray Data Booklet (LBNL, 2009), table 1-2. An energy-dispersive detector has a full
width at half maximum of about 0.13 keV at Mn Kα.
"""

from __future__ import annotations

from typing import NamedTuple

# element -> shell -> strong lines (keV)
LINES: dict[str, dict[str, tuple[float, ...]]] = {
    "F": {"K": (0.677,)},
    "Na": {"K": (1.041,)},
    "Al": {"K": (1.487,)},
    "Si": {"K": (1.740,)},
    "P": {"K": (2.014,)},
    "S": {"K": (2.308,)},
    "Cl": {"K": (2.622, 2.816)},
    "K": {"K": (3.314, 3.590)},
    "Ca": {"K": (3.692, 4.013)},
    "Sc": {"K": (4.091, 4.461)},
    "Ti": {"K": (4.511, 4.932)},
    "Mn": {"K": (5.899, 6.490)},
    "Cu": {"K": (8.048, 8.905)},
    "Zn": {"K": (8.639, 9.572)},
    "As": {"K": (10.544, 11.726), "L": (1.282,)},
    "Se": {"K": (11.222, 12.496), "L": (1.379,)},
    "Br": {"K": (11.924, 13.291), "L": (1.480,)},
    "Rb": {"K": (13.395,), "L": (1.694,)},
    "Sr": {"K": (14.165,), "L": (1.807,)},
    "Mo": {"K": (17.479,), "L": (2.293, 2.395)},
    "Ag": {"L": (2.984, 3.151)},
    "In": {"L": (3.287, 3.487)},
    "Sn": {"L": (3.444, 3.663, 3.905)},
    "Sb": {"L": (3.605, 3.844)},
    "I": {"L": (3.938, 4.221, 4.508)},
    "Cs": {"L": (4.287, 4.620, 4.936)},
    "Ba": {"L": (4.466, 4.828)},
    "Au": {"M": (2.123,), "L": (9.713, 11.442)},
    "Hg": {"M": (2.195,), "L": (9.989, 11.823)},
    "Tl": {"M": (2.271,), "L": (10.269, 12.213)},
    "Pb": {"M": (2.346, 2.443), "L": (10.552, 12.614)},
    "Bi": {"M": (2.423, 2.526), "L": (10.839, 13.024)},
}
SAME_KEV = 0.13  # closer than the width of the detector: the fit has to divide one peak
NEAR_KEV = 0.26  # closer than two widths: the foot of the stronger line lies under the other


class Overlap(NamedTuple):
    """A line of an element that was used, and a line of another element beside it."""

    line: str
    other: str
    distance_kev: float

    @property
    def same(self) -> bool:
        """Whether both are one peak to the detector."""
        return self.distance_kev < SAME_KEV


def overlaps(element: str, shell: str, others: list[str]) -> list[Overlap]:
    """Return the nearest line of each other element beside the strongest line of a shell ("" for any shell)."""
    found = []
    for name, lines in LINES.get(element, {}).items():
        if shell and name != shell:
            continue
        for other in others:
            beside = [
                Overlap(f"{element} {name}", f"{other} {kind}", abs(energy - lines[0]))
                for kind, energies in LINES.get(other, {}).items()
                for energy in energies
            ]
            nearest = min(beside, key=lambda one: one.distance_kev, default=None)
            if nearest and other != element and nearest.distance_kev < NEAR_KEV:
                found.append(nearest)
    return found
