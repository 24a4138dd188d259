"""What an instrument's own scale adds to an uncertainty: of its record, else a stated default of the house.

One standard uncertainty each. A wavelength scale is checked against lines of a pencil lamp to a few tenths
of a nanometre (ASTM E275, E1866: 0.3 to 0.5 nm), a 2θ scale against a standard powder.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.reading import Reading
from analysis.technique import Scale

WAVELENGTH = Scale("wavelength_nm", "nm", 0.3, "Wavelength scale")
TWO_THETA = Scale("two_theta_deg", "°", 0.02, "2θ scale")
LEVEL = "standard uncertainty"


@dataclass(frozen=True, slots=True)
class Known:
    """What one scale adds: standard uncertainty in the unit of the scale, and the words for a note."""

    u: float
    said: str  # "wavelength scale 0.3 nm (default)"


def known(reading: Reading, scale: Scale) -> Known:
    """Return what a scale of the instrument of this reading adds."""
    record = reading.calibrated.get(scale.name)
    u, by = (record.u, record.by) if record else (scale.u, "default")
    return Known(u, f"{scale.in_a_sentence} {u:g} {scale.unit} ({by})")
