"""What the instruments add to every figure of a sweep: by their record, else the stated defaults of the house.

One standard uncertainty each: 5 % of a luminance (a luminance meter or a silicon diode against a standard
lamp) and 3 % of an emitting area (a mask, edges of some 10 µm).
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.reading import Reading
from analysis.technique import Scale
from analysis.techniques.shared.calibration import known

LUMINANCE = Scale("luminance_percent", "%", 5.0, "Luminance")
AREA = Scale("area_percent", "%", 3.0, "Area")
IRRADIANCE = Scale("irradiance_percent", "%", 3.0, "Irradiance")  # of a solar simulator
LEVEL = "standard uncertainty"


@dataclass(frozen=True, slots=True)
class Meters:
    """Relative standard uncertainties of luminance and area, and the words for them."""

    luminance_u: float
    area_u: float
    of_luminance: str  # "luminance 5 % (default)"
    of_area: str

    @property
    def said(self) -> str:
        """Both, for a figure that both count in."""
        return f"calibration: {self.of_luminance}, {self.of_area}"


def meters_of(reading: Reading) -> Meters:
    """Return what is known of the instruments of this reading."""
    light, area = known(reading, LUMINANCE), known(reading, AREA)
    return Meters(light.u / 100, area.u / 100, light.said, area.said)
