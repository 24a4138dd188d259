"""Angular emission of an LED."""

from analysis.drawing import Drawing
from analysis.technique import LETTERS_OF_SPECTRA, Axis, Sign, Technique
from analysis.techniques.angular.drawing import columns, pattern
from analysis.techniques.angular.pattern import ANGULAR_FIGURES, QUANTITIES
from analysis.techniques.shared.readers.two_columns import TWO_COLUMNS

_WORDS = (
    "angle",
    "viewing angle",
    "emission angle",
    "polar angle",
    "theta",
    "θ",
    "angle theta",
    "winkel",
)

ANGULAR = Technique(
    name="angular",
    title="Angular emission",
    noun="an angular emission pattern",
    hint='Export it as text with the columns "Angle (deg)" and "Intensity" and upload that.',
    axes=(Axis("angle", "deg", "an angle", (-180.0, 180.0)),),
    ordinate="intensity",
    foreign=("absorbance", "transmittance", "voltage", "eqe"),
    letters={**LETTERS_OF_SPECTRA, **dict.fromkeys(_WORDS, "angle"), "l": "luminance"},
    readers=(TWO_COLUMNS,),
    methods=(ANGULAR_FIGURES,),
    quantities=QUANTITIES,
    drawing=Drawing(figure=pattern, columns=columns, lines=("Lambertian",)),
    in_name=Sign(r"angular|goniomet|lambert|far.?field", turn=11),
    in_text=Sign(
        r"(viewing|emission|polar) angle[^\n]*(intens|lumin|radian)|angle ?[(\[/][^\n]{0,8}(deg|°)[^\n]*(lumin|radian|el\b)",
        turn=12,
    ),
)
