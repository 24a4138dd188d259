"""Raman spectroscopy."""

from analysis.drawing import Drawing
from analysis.technique import Axis, Sign, Technique
from raman.band import BAND, RAMAN_BAND
from raman.reader import WIRE_TEXT

RAMAN = Technique(
    name="raman",
    title="Raman",
    noun="a Raman spectrum",
    hint="Export the spectrum from WiRE as text (#Wave, #Intensity) and upload that.",
    axes=(Axis("raman_shift", "1/cm", "a Raman shift", (-5000, 5000)),),
    ordinate="intensity",
    readers=(WIRE_TEXT,),
    methods=(RAMAN_BAND,),
    quantities=(BAND,),
    drawing=Drawing(marked=BAND.name),
    in_name=Sign(r"raman"),
    in_text=Sign(r"#wave\s+#intensity"),
)
