"""The size of particles by electron microscopy, from a list of particles or from an image with its scale.

The number mean of what was counted (ISO 13322-1), with the edge or the diameter said.
"""

from __future__ import annotations

from typing import Any

from analysis.reading import Reading
from analysis.result import Method, Parameter, Result
from analysis.techniques.shared.calibration import known
from analysis.techniques.shared.settings import settings_for
from analysis.techniques.tem.imaged import imaged_sizes
from analysis.techniques.tem.listed import COLUMNS, UNITS, listed_sizes
from analysis.techniques.tem.report import MAGNIFICATION, result_of

PARAMETERS = (
    Parameter("nm_per_pixel", "One pixel is", "nm", None, 1e-4, 1e5,
              help="Where the file does not say it: nm of the scale bar divided by its pixels."),
    Parameter("unit", "Unit of the list", default="", choices=UNITS,
              help="Where the list does not say it."),
    Parameter("what", "Edge or diameter", default="", choices=("edge", "diameter"),
              help="Of a square, or of a circle, of the same area."),
    Parameter("column", "Column of the list", default="", choices=COLUMNS),
    Parameter("particles", "Particles are", default="", choices=("dark", "bright"),
              help="On their background; else what stands out more."),
    Parameter("from_nm", "Sizes from", "nm", None, 0, 1e6),
    Parameter("to_nm", "Sizes to", "nm", None, 0, 1e6),
)  # fmt: skip


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Return mean size and spread; raise `NoResult` where scale or unit is not known, or too few were counted."""
    settings = settings_for(PARAMETERS, given)
    scale = known(reading, MAGNIFICATION)
    if reading.image is not None:
        return result_of(imaged_sizes(reading, reading.image, settings), settings, scale)
    return result_of(listed_sizes(reading, settings), settings, scale)


TEM_SIZES = Method("tem-sizes", "1", "tem", "Particle sizes", run, PARAMETERS)
