"""X-ray diffraction."""

from analysis.drawing import Drawing
from analysis.technique import Axis, Sign, Technique
from analysis.techniques.shared.calibration import TWO_THETA
from analysis.techniques.xrd.diffraction import XRD_PHASE
from analysis.techniques.xrd.drawing import STICK_COLOURS, pattern, wavelength_angstrom
from analysis.techniques.xrd.readers.brml import BRML
from analysis.techniques.xrd.readers.bruker_raw import BRUKER_RAW
from analysis.techniques.xrd.readers.powder_cif import POWDER_CIF
from analysis.techniques.xrd.readers.rigaku import RAS, RASX
from analysis.techniques.xrd.readers.text import TEXT
from analysis.techniques.xrd.readers.uxd import UXD
from analysis.techniques.xrd.readers.xrdml import XRDML

XRD = Technique(
    name="xrd",
    title="XRD",
    noun="an XRD pattern",
    hint="Export the pattern as .xy text (2theta, intensity) or as .xrdml and upload that.",
    axes=(
        Axis(
            "two_theta",
            "deg",
            "2theta",
            (-180, 180),
            impossible="cannot be 2theta in degrees. Check the technique: this may be a spectrum over"
            " wavelength.",
            often_unnamed=True,
        ),
        Axis("theta", "deg", stands_for="two_theta"),
        Axis("q"),
    ),
    ordinate="intensity",
    foreign=("absorbance", "transmittance", "voltage", "current", "current_density", "eqe"),
    third_is_uncertainty=True,
    readers=(XRDML, BRML, RASX, BRUKER_RAW, UXD, RAS, POWDER_CIF, TEXT),
    methods=(XRD_PHASE,),
    scales=(TWO_THETA,),
    drawing=Drawing(
        figure=pattern, stick_colours=STICK_COLOURS, wavelength_angstrom=wavelength_angstrom
    ),
    in_name=Sign(r"xrd|2theta|\.(xy|xye|xrdml|uxd|ras|rasx|raw|brml|chi)(\.gz|\.bz2)?$", turn=10),
    in_text=Sign(
        r"2\s?-?theta|two ?theta|xrdmeasurement|_2thetacounts|k-?alpha|\*ras_|^raw([14]\.0|2[\x01-\x08])|_pd_(meas|proc)_",
        turn=10,
    ),
)
