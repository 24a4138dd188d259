"""Particle sizes by electron microscopy."""

from analysis.confirmation import Witness
from analysis.drawing import Drawing
from analysis.technique import Axis, Sign, Technique
from analysis.techniques.tem.drawing import histogram, sizes
from analysis.techniques.tem.readers.digital_micrograph import DIGITAL_MICROGRAPH
from analysis.techniques.tem.readers.emd import EMD
from analysis.techniques.tem.readers.particle_list import PARTICLE_LIST
from analysis.techniques.tem.readers.pictures import JPEG, PNG, TIFF
from analysis.techniques.tem.report import COUNT, MAGNIFICATION, SPREAD
from analysis.techniques.tem.sizes import TEM_SIZES

TEM = Technique(
    name="tem",
    title="TEM sizes",
    noun="a list or an image of particles",
    hint="Export the results table with its heads (area, diameter, edge, Feret), or the image with its scale.",
    axes=(Axis("particle"),),
    readers=(DIGITAL_MICROGRAPH, EMD, TIFF, PNG, JPEG, PARTICLE_LIST),
    methods=(TEM_SIZES,),
    quantities=(SPREAD, COUNT),
    scales=(MAGNIFICATION,),
    drawing=Drawing(figure=sizes, columns=histogram),
    witness=Witness(
        ("seed", "shell"),
        "a micrograph",
        "A micrograph shows where a lattice or a contrast sits; what it is made of, the person says who looked.",
    ),
    in_name=Sign(r"(?<![a-z])(tem|stem|haadf|particles?|feret)(?![a-z])|\.(dm[34]|emd)$", turn=4),
    in_text=Sign(r"\A(ii|mm)\*|\bferet\b|\bparticle\b.{0,60}\b(area|diameter|edge)\b|\barea\b.{0,60}\b(circ|perim|min\b.max)"
                 r"|\b(edge length|diameter)\b.{0,6}\b(nm|px|pixels?)\b", turn=15),
)  # fmt: skip
