"""Lifetime traces: luminance, photocurrent or maximum power of a device against time of operation."""

import math

from analysis.drawing import Drawing
from analysis.technique import LETTERS_OF_SPECTRA, Axis, Sign, Technique
from analysis.techniques.lifetime.cycling import CYCLING
from analysis.techniques.lifetime.drawing import trace
from analysis.techniques.lifetime.lifetime import LIFETIME as LIFETIME_FIGURES
from analysis.techniques.lifetime.readers.text import TEXT

NO_NUMBER = (math.inf, -math.inf)  # hours, minutes and seconds look alike: the unit is asked for

LIFETIME = Technique(
    name="lifetime",
    title="Lifetime trace",
    noun="a lifetime trace",
    hint="Export time and signal as text with named columns (time in h or s, luminance...) and upload that.",
    axes=(
        Axis(
            "time",
            "h",
            "a time",
            (-math.inf, math.inf),
            rivals=("s", "min", "d", "ms"),
            sure=NO_NUMBER,
        ),
        Axis("cycle", "", "a number of cycles"),
    ),
    foreign=("absorbance", "transmittance"),
    letters={
        **LETTERS_OF_SPECTRA,
        **dict.fromkeys(("cycle", "cycles", "cycle number"), "cycle"),
        "l": "luminance",
        "t": "time",
        "v": "voltage",
    },
    readers=(TEXT,),
    methods=(LIFETIME_FIGURES, CYCLING),
    drawing=Drawing(figure=trace),
    in_name=Sign(
        r"mpp|[lt]_?t?(50|80|90)(?!\d)|stability|ag(e)?ing|burn.?in|on.?off|cycling|operational",
        turn=12,
    ),
    in_text=Sign(
        r"perturbation|time[^\n]{0,14}\b(min|h|hr|hours?|days?|d)\b[^\n]*(lumin|bright|cd/m|pce|power|eqe|photo)"
        r"|cycle[^\n]*(lumin|bright|cd/m)",
        turn=15,
    ),
)
