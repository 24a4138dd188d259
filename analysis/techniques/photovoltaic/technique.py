"""External quantum efficiency of a solar cell. That of an LED is a figure of its J-V-L sweep."""

from analysis.technique import Sign, Technique
from analysis.techniques.shared.light import LIGHT
from analysis.techniques.shared.readers.two_columns import TWO_COLUMNS

PHOTOVOLTAIC_EQE = Technique(
    name="photovoltaic_eqe",
    title="EQE of a solar cell",
    noun="an EQE spectrum of a solar cell",
    hint="Export it as text with the columns wavelength (nm) and EQE (%) and upload that.",
    axes=LIGHT,
    ordinate="eqe",
    foreign=("counts", "intensity", "absorbance", "voltage"),
    readers=(TWO_COLUMNS,),
    in_text=Sign(r"(lambda|wavelength)[^\n]{0,20}\beqe\b|\bscan type = \"qe scan", turn=25),
)
