"""Photoluminescence and electroluminescence spectra."""

from analysis.drawing import Drawing
from analysis.technique import Sign, Technique
from analysis.techniques.emission.biases import EL_BIASES, QUANTITIES
from analysis.techniques.emission.drawing import bands
from analysis.techniques.emission.emission import EL_SPECTRUM as EL_PEAK
from analysis.techniques.emission.emission import PL_PEAK
from analysis.techniques.emission.readers.text import TEXT
from analysis.techniques.shared.calibration import WAVELENGTH
from analysis.techniques.shared.light import LIGHT
from analysis.techniques.shared.readers.edinburgh import EDINBURGH, EDINBURGH_EXCITED
from analysis.techniques.shared.readers.jcamp import JCAMP
from analysis.techniques.shared.readers.perkin_elmer_sp import PERKIN_ELMER_SP
from analysis.techniques.shared.readers.two_columns import TWO_COLUMNS

HINT = "Export the spectrum as text (two columns) and upload that."
_OTHER = ("absorbance", "absorptance", "transmittance", "reflectance", "voltage", "current")

PL = Technique(
    name="pl",
    title="PL",
    noun="a PL spectrum",
    hint=HINT,
    axes=LIGHT,
    ordinate="intensity",
    foreign=(*_OTHER, "current_density", "eqe"),
    readers=(PERKIN_ELMER_SP, EDINBURGH_EXCITED, JCAMP, TEXT),
    methods=(PL_PEAK,),
    scales=(WAVELENGTH,),
    drawing=Drawing(
        marked="pl_peak_nm", marked_energy="pl_peak_ev", dark_around=True, density=True
    ),
    in_name=Sign(r"(^|[_\W])pl([_\W]|$)|emscan|emission|fluor|photolum", turn=60),
    # Its words stand in files of other spectra too, so it is asked last.
    in_text=Sign(r"emission|wavelength|fluoresc|excitation|intensity|nm", turn=60),
)

EL_SPECTRUM = Technique(
    name="el_spectrum",
    title="EL spectrum",
    noun="an EL spectrum",
    hint=HINT,
    axes=LIGHT,
    ordinate="intensity",
    foreign=(*_OTHER, "eqe"),
    readers=(PERKIN_ELMER_SP, EDINBURGH, JCAMP, TWO_COLUMNS),
    methods=(EL_PEAK, EL_BIASES),
    scales=(WAVELENGTH,),
    quantities=QUANTITIES,
    drawing=Drawing(
        figure=bands,
        marked="el_peak_nm",
        marked_energy="el_peak_ev",
        dark_around=True,
        density=True,
    ),
    in_name=Sign(r"(^|[_\W])el([_\W]|$)|spd|elspec|leds?[-_ \d].*spectr", turn=40),
    in_text=Sign(r"electrolum|radiance|w/sr|spectral power", turn=50),
)
