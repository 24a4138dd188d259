"""Ultraviolet photoelectron spectroscopy."""

from analysis.drawing import Drawing
from analysis.technique import Axis, Sign, Technique
from analysis.techniques.ups.drawing import corrected, edges
from analysis.techniques.ups.levels import UPS_LEVELS
from analysis.techniques.ups.readers.text import TEXT
from analysis.techniques.ups.readers.vamas import VAMAS

UPS = Technique(
    name="ups",
    title="UPS",
    noun="a UPS spectrum",
    hint="Export the spectrum as text (binding or kinetic energy, counts) or as VAMAS (.vms), and upload that.",
    axes=(
        Axis("binding_energy", "eV", "a binding energy"),
        Axis("kinetic_energy", "eV", "a kinetic energy"),
        Axis("energy", "eV", "an energy", (-60, 200)),
    ),
    ordinate="intensity",
    foreign=("absorbance", "transmittance", "voltage", "current", "current_density", "eqe"),
    readers=(VAMAS, TEXT),
    methods=(UPS_LEVELS,),
    drawing=Drawing(
        figure=edges, columns=corrected, lines=("cut-off line", "onset line"), log=True
    ),
    in_name=Sign(r"(^|[_\W])ups([_\W]|\d|$)|(^|[_\W])seco([_\W]|$)|he_?i([_\W]|$)", turn=11),
    in_text=Sign(r"\Avamas surface[\s\S]{0,3000}\nups\s*\n", turn=10),
)
