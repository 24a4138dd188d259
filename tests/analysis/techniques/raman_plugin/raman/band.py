"""The strongest Raman band: where the mean of its upper half lies."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.quantity import BATCH, Place, Quantity
from analysis.reading import Reading
from analysis.result import Figure, Method, NoResult, Result

BAND = Quantity(
    "raman_band_per_cm",
    "1/cm",
    "Strongest Raman band",
    "Raman band",
    low=-5000,
    high=5000,
    subjects=(BATCH,),
    place=Place.BATCH,
)


def run(reading: Reading, parameters: dict[str, Any]) -> Result:
    """Find the strongest band. Raises `NoResult` when nothing stands out."""
    shift, intensity = reading.x.values, reading.y.values
    above = intensity - np.median(intensity)
    noise = np.median(np.abs(above)) * 1.4826
    top = int(np.argmax(above))
    if above[top] < 6 * noise:
        raise NoResult("No band stands out of the noise. Measure longer, or with more light.")
    faint = np.flatnonzero(above < above[top] / 2)
    upper = slice(
        faint[faint < top].max(initial=-1) + 1, faint[faint > top].min(initial=len(shift))
    )
    place = float(np.average(shift[upper], weights=above[upper]))
    step = float(np.median(np.diff(shift)))
    figure = Figure(BAND.name, place, step / np.sqrt(12), BAND.unit, BAND.label)
    return Result((figure,), f"The strongest band lies at {place:.1f} 1/cm.")


RAMAN_BAND = Method("raman-band", "1", "raman", "Strongest Raman band", run)
