"""Logged depositions of layers by evaporation or sputtering."""

from analysis.drawing import Drawing
from analysis.technique import Axis, Sign, Technique
from analysis.techniques.deposition.drawing import columns, rate_and_thickness
from analysis.techniques.deposition.film import DEPOSITION_FIGURES, QUANTITIES, TOOLING
from analysis.techniques.deposition.readers.text import TEXT

DEPOSITION = Technique(
    name="deposition",
    title="Deposition log",
    noun="a log of a deposition",
    hint='Export time, rate and thickness as text with named columns ("Time (s)", "Rate (Å/s)", "Thickness (Å)").',
    axes=(Axis("time", "s", "a time", (0.0, 1e6), rivals=("min", "h", "ms")),),
    foreign=("absorbance", "transmittance", "luminance", "counts"),
    readers=(TEXT,),
    methods=(DEPOSITION_FIGURES,),
    scales=(TOOLING,),
    quantities=QUANTITIES,
    drawing=Drawing(figure=rate_and_thickness, columns=columns),
    in_name=Sign(r"deposition|evaporation|(^|[_\W])(evap|qcm|dep)([_\W]|\d|$)", turn=13),
    in_text=Sign(
        r"(rate|thick(ness)?)\s*[_(\[/ ]+k?(å|a|ang(strom)?|nm)(/(s|sec|min))?\s*[)\],;\t]", turn=11
    ),
)
