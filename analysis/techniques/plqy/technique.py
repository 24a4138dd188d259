"""Absolute quantum yield of photoluminescence."""

from analysis.drawing import Drawing
from analysis.technique import LETTERS_OF_SPECTRA, Sign, Technique
from analysis.techniques.plqy.drawing import sphere
from analysis.techniques.plqy.readers.sphere import SPHERE
from analysis.techniques.plqy.yield_of import PLQY_DE_MELLO
from analysis.techniques.shared.light import LIGHT

PLQY = Technique(
    name="plqy",
    title="PLQY (sphere)",
    noun="a sphere measurement",
    hint="Export the spectra of empty sphere, sample beside and sample in the beam as one table (a, b, c) and upload that.",
    axes=LIGHT,
    ordinate="intensity",
    foreign=("transmittance", "reflectance", "voltage", "current_density", "eqe"),
    letters={**LETTERS_OF_SPECTRA, **dict.fromkeys("abc", "intensity")},
    readers=(SPHERE,),
    methods=(PLQY_DE_MELLO,),
    drawing=Drawing(figure=sphere, log=True),
    in_name=Sign(
        r"plqy|plqe|(^|[_\W])sphere|de_?mello|quantum.?yield|luqy|abs(olute)?[-_ ]?pl(?![a-z])",
        turn=10,
    ),
    in_text=Sign(r"\b(luqy|plqy|plqe) ?[(\[]?%", turn=18),
)
