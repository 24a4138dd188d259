"""Composition by energy-dispersive X-ray spectroscopy."""

from analysis.confirmation import Witness
from analysis.drawing import Drawing
from analysis.technique import Axis, Sign, Technique
from analysis.techniques.eds.composition import EDS_RATIO, K_FACTORS, SHARE
from analysis.techniques.eds.drawing import bars, columns
from analysis.techniques.eds.readers.element_table import ELEMENT_TABLE

EDS = Technique(
    name="eds",
    title="EDS",
    noun="a table of elements",
    hint="Export the quantification as text: element, line, net counts, k factor, weight %, atomic %.",
    axes=(Axis("row"),),
    readers=(ELEMENT_TABLE,),
    methods=(EDS_RATIO,),
    quantities=(SHARE,),
    scales=(K_FACTORS,),
    drawing=Drawing(figure=bars, columns=columns),
    witness=Witness(
        ("seed", "shell"),
        "calcium",
        "EDS proves calcium where the beam was, not where it sits there: in a seed, in a shell, or beside the particles.",
        key="calcium_found",
    ),
    in_name=Sign(r"(?<![a-z])(eds|edx|edxs)(?![a-z])", turn=6),
    in_text=Sign(r"atomic ?%|at\. ?%|weight ?%|wt\.? ?%|k[- ]fact|\bel +an +series\b|\belement\b.{0,40}\b(line|series)\b", turn=12),
)  # fmt: skip
