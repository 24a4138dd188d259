"""Absorbance."""

from analysis.technique import LETTERS_OF_SPECTRA, Sign, Technique
from analysis.techniques.absorbance.absorption import ABSORBANCE_EDGE
from analysis.techniques.absorbance.readers.text import JCAMP, PERKIN_ELMER_SP, TEXT
from analysis.techniques.shared.calibration import WAVELENGTH
from analysis.techniques.shared.light import LIGHT
from analysis.techniques.shared.readers.edinburgh import EDINBURGH

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
        "reflectance",
        "voltage",
        "current",
        "eqe",
    ),
    readers=(PERKIN_ELMER_SP, EDINBURGH, JCAMP, TEXT),
    methods=(ABSORBANCE_EDGE,),
    scales=(WAVELENGTH,),
    letters={**LETTERS_OF_SPECTRA, "t": "transmittance", "r": "reflectance"},
    in_name=Sign(r"abs(?!ence|ol|pl)|uv-?(vis|winlab)", turn=50),
    in_text=Sign(
        r"absorbance|\babs\b|yunits\s*=?\s*abs|transmittance|%t\b|\Ape uv\b|\Apepe2d", turn=40
    ),
)
