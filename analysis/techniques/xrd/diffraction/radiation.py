"""X-ray wavelengths: which one a pattern was measured with, and how sure we are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.result import NoResult

# Kα1, Kα2 in Å: Bearden, Rev. Mod. Phys. 39 (1967) 78, on the present scale (International Tables C, 4.2.2).
_K_ALPHA_ANGSTROM = {
    "Cu": (1.540593, 1.544427),
    "Co": (1.788996, 1.792835),
    "Mo": (0.709317, 0.713607),
    "Fe": (1.936041, 1.939973),
    "Cr": (2.289726, 2.293651),
    "Ag": (0.559422, 0.563813),
}
_SHORTEST_ANGSTROM, _LONGEST_ANGSTROM = 0.1, 3.0
# A header names Kα1, the 2:1 mean or something rounded in between: all mean the same tube.
_SAME_TUBE = 0.0035


@dataclass(frozen=True, slots=True)
class Radiation:
    """A mean wavelength and the lines it is made of, as (wavelength_angstrom, weight)."""

    name: str
    mean_angstrom: float
    components: tuple[tuple[float, float], ...]


def tube(anode: str) -> Radiation:
    """Return the Kα doublet of a tube, 2:1."""
    first, second = _K_ALPHA_ANGSTROM[anode]
    mean = (2 * first + second) / 3
    return Radiation(f"{anode} Kα", mean, ((first, 2 / 3), (second, 1 / 3)))


COPPER = tube("Cu")


def other_tubes(known: Radiation) -> list[Radiation]:
    """Return the common tubes that are not ``known``."""
    return [r for r in map(tube, _K_ALPHA_ANGSTROM) if r.name != known.name]


def from_wavelength(wavelength_angstrom: float) -> Radiation:
    """Return the tube this wavelength belongs to, or a single line (a synchrotron)."""
    if not _SHORTEST_ANGSTROM <= wavelength_angstrom <= _LONGEST_ANGSTROM:
        raise NoResult(
            f"The wavelength {wavelength_angstrom:g} Å cannot be an X-ray diffraction wavelength: "
            f"give it in Å, between {_SHORTEST_ANGSTROM:g} and {_LONGEST_ANGSTROM:g} (Cu Kα is 1.5418)."
        )
    for anode in _K_ALPHA_ANGSTROM:
        candidate = tube(anode)
        if abs(wavelength_angstrom / candidate.mean_angstrom - 1) < _SAME_TUBE:
            return candidate
    return Radiation(
        f"{wavelength_angstrom:g} Å", wavelength_angstrom, ((wavelength_angstrom, 1.0),)
    )


def _of_file(metadata: dict[str, Any]) -> Radiation | None:
    wavelength = metadata.get("wavelength_angstrom")
    if isinstance(wavelength, int | float) and not isinstance(wavelength, bool) and wavelength > 0:
        return from_wavelength(float(wavelength))
    anode = str(metadata.get("anode") or "").strip().capitalize()
    anode = {"Copper": "Cu", "Cobalt": "Co", "Molybdenum": "Mo", "Iron": "Fe"}.get(anode, anode)
    return tube(anode) if anode in _K_ALPHA_ANGSTROM else None


def resolve(
    metadata: dict[str, Any], wavelength_angstrom: float | None
) -> tuple[Radiation, bool, tuple[str, ...]]:
    """Return the radiation, whether it was assumed, and warnings.

    A wavelength that the chemist sets wins over the file's; with neither, Cu Kα is assumed aloud.
    """
    of_file = _of_file(metadata)
    if wavelength_angstrom is not None:
        chosen = from_wavelength(wavelength_angstrom)
        if of_file is not None and abs(of_file.mean_angstrom / chosen.mean_angstrom - 1) > 1e-4:
            note = (
                f"The file says {of_file.name} ({of_file.mean_angstrom:.4f} Å); the wavelength that "
                f"was set, {chosen.mean_angstrom:.4f} Å, was used instead."
            )
            return chosen, False, (note,)
        return chosen, False, ()
    if of_file is not None:
        return of_file, False, ()
    warning = (
        "The file does not say its wavelength; Cu Kα (1.5418 Å) was assumed. "
        "Set it if that is wrong."
    )
    return COPPER, True, (warning,)
