"""Transient absorption: a map of ΔA over wavelength and delay."""

import math

from analysis.drawing import Drawing
from analysis.technique import Axis, Sign, Technique
from analysis.techniques.shared.calibration import WAVELENGTH
from analysis.techniques.ta.drawing import bleach, columns
from analysis.techniques.ta.global_fit import QUANTITIES, TA_GLOBAL
from analysis.techniques.ta.readers.matrix import MATRIX
from analysis.techniques.ta.readers.ufs import UFS

ASKED = (math.inf, -math.inf)  # fs, ps and ns look alike: the unit is asked for

TA = Technique(
    name="ta",
    title="Transient absorption",
    noun="a map of ΔA",
    hint="Export the matrix of ΔA with the delays in the first row and the wavelengths in the first column, or the .ufs file.",
    axes=(Axis("time", "ps", "a delay", rivals=("fs", "ns", "us"), sure=ASKED),),
    readers=(UFS, MATRIX),
    methods=(TA_GLOBAL,),
    quantities=QUANTITIES,
    scales=(WAVELENGTH,),
    drawing=Drawing(figure=bleach, columns=columns, lines=("early model", "late model")),
    in_name=Sign(r"(^|[_\W])((fs|ps|ns|us)[-_ ]?tas?|tas)([_\W]|\d|$)|transient.?abs|pump.?probe|\.ufs$", turn=9,
                 faint=r"[_\W]ta([_\W]|$)"),
    in_text=Sign(r"version2[\s\S]{0,8}wavelength|time units?: ?[fpnµu]s|z axis title|transient absorption|wavelength[^\n]{0,12}delay", turn=9),
)  # fmt: skip
