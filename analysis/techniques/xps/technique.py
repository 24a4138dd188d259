"""X-ray photoelectron spectroscopy."""

from analysis.confirmation import Witness
from analysis.technique import Axis, Sign, Technique
from analysis.techniques.xps.presence import AREA, METAL, SURFACE, XPS_PRESENCE
from analysis.techniques.xps.readers.text import TEXT
from analysis.techniques.xps.readers.vamas import VAMAS

XPS = Technique(
    name="xps",
    title="XPS",
    noun="a photoelectron spectrum",
    hint="Export the region as text (binding energy in eV, counts) or as VAMAS (.vms), and upload that.",
    axes=(Axis("binding_energy", "eV"),),
    ordinate="counts",
    readers=(VAMAS, TEXT),
    methods=(XPS_PRESENCE,),
    quantities=(METAL, SURFACE, AREA),
    witness=Witness(
        ("shell",),
        "Ca 2p",
        "Ca 2p proves calcium in the outermost nanometres of what was measured, not where it sits there: in a shell, "
        "in the core, or beside the particles.",
        key="calcium",
    ),
    in_name=Sign(r"(?<![a-z])xps(?![a-z])|(pb ?_?4f|ca ?_?2p|c ?_?1s)(?![a-z0-9])", turn=7),
    in_text=Sign(r"vamas surface|binding energy|\bb\.e\.", turn=11),
)
