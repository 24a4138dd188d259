"""Absorbance."""

from analysis.technique import Sign, Technique
from analysis.techniques.absorbance.absorption import ABSORBANCE_EDGE
from analysis.techniques.shared.light import LIGHT
from analysis.techniques.shared.readers.edinburgh import EDINBURGH
from analysis.techniques.shared.readers.two_columns import TWO_COLUMNS

ABSORBANCE = Technique(
    name="absorbance",
    title="Absorbance",
    noun="an absorbance spectrum",
    hint="Export the spectrum as text (two columns) and upload that.",
    axes=LIGHT,
    ordinate="absorbance",
    foreign=(
        "counts",
        "intensity",
        "absorptance",
        "transmittance",
        "reflectance",
        "voltage",
        "current",
        "eqe",
    ),
    readers=(EDINBURGH, TWO_COLUMNS),
    methods=(ABSORBANCE_EDGE,),
    in_name=Sign(r"abs(?!ence)|uv-?(vis|winlab)", turn=50),
    in_text=Sign(r"absorbance|\babs\b|yunits\s*abs", turn=40),
)
