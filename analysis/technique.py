"""What a technique of measurement is: its words and axes, how its files look, its readers, methods, drawing.

Pure: no Django, no database. Which techniques there are is known to `analysis.techniques.registry`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from analysis.confirmation import Witness
from analysis.drawing import Drawing
from analysis.quantity import Quantity
from analysis.reading import Reading, UnreadableFile
from analysis.result import Method, Parameter

X_UNIT, Y_UNIT, COLUMNS = (
    "x_unit",
    "y_unit",
    "columns",
)  # the settings by which a person says what a file leaves out
ONLY_IF_UNSAID = "Where the file does not say it itself."

# What a column head of one letter (or a word that only one technique uses) means, "" where it could be anything.
LETTERS_OF_SPECTRA = {"a": "absorbance", "i": "intensity", **dict.fromkeys("levuj", "")}


@dataclass(frozen=True, slots=True)
class Axis:
    """What may stand on the abscissa of a technique.

    ``unit`` is meant where a file names none. A column without a name is taken for this axis when its
    numbers lie within ``span``; without a span the axis must be named. ``impossible`` says what numbers
    beyond the span cannot be, for an axis that has none there even when it is named.
    ``rivals`` are units in which the same quantity is also exported; where the highest number leaves
    ``sure``, the file must name its unit, or the person who analyses it.
    """

    name: str  # as in `Channel.name`
    unit: str = ""
    words: str = ""  # "a wavelength"
    span: tuple[float, float] | None = None
    impossible: str = ""
    often_unnamed: bool = False  # files rarely name it: taken without a word
    stands_for: str = ""  # another axis that instruments mean by it
    rivals: tuple[str, ...] = ()
    sure: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale of an instrument whose calibration counts in every figure read off it.

    ``u`` is the standard uncertainty, in ``unit``, that is meant while the instrument has no record.
    """

    name: str  # ends in its unit: "wavelength_nm"
    unit: str
    u: float
    title: str  # "Wavelength scale"

    @property
    def in_a_sentence(self) -> str:
        """Its title within a sentence: ``wavelength scale``."""
        return self.title[:1].lower() + self.title[1:]


@dataclass(frozen=True, slots=True)
class Sign:
    """What tells a technique: a pattern of lower-case text. Of several that fit, the lowest turn wins.

    ``faint`` is one that means much else too, as "ta" does tantalum: it counts where no sign fits.
    """

    pattern: str
    turn: int = 0
    faint: str = ""


@dataclass(frozen=True, slots=True)
class InstrumentFile:
    """The bytes of a file and its name; ``lines`` once they were found to be text.

    ``told`` is what a person says of it where it says nothing itself: ``x_unit`` and ``y_unit``.
    """

    content: bytes
    name: str
    lines: list[str] = field(default_factory=list)
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """One format. ``what`` says in words what a file of it is, for who took it for something else.

    ``knows`` looks for what only this format has; without it the reader takes any text that no other
    knows. A ``binary`` reader is asked before the file is taken for text.
    """

    what: str
    read: Callable[[InstrumentFile, Technique], Reading]  # raises UnreadableFile
    knows: Callable[[InstrumentFile], bool] | None = None
    binary: bool = False


@dataclass(frozen=True, slots=True)
class Technique:
    """One kind of measurement. The first of its methods is run by itself after an upload."""

    name: str  # "xrd": in the database, the API and file names
    title: str  # "XRD"
    noun: str  # "an XRD pattern"
    hint: str  # how to export a file that can be read
    axes: tuple[Axis, ...]  # the first that a file names counts
    readers: tuple[Reader, ...]
    methods: tuple[Method, ...] = ()
    scales: tuple[Scale, ...] = ()  # of the instrument, that its calibration is known of
    quantities: tuple[Quantity, ...] = ()  # that its methods find and `analysis.quantities` has not
    drawing: Drawing = field(default_factory=Drawing)
    witness: Witness | None = None  # of the parts of a particle
    y_units: tuple[
        str, ...
    ] = ()  # that a person may say of what is measured, where the file does not
    ordinate: str = ""  # what is measured along the axis; "" where every column must be named
    foreign: tuple[str, ...] = ()  # ordinates that tell a file of another kind
    # Said of columns without names when no axis has a span.
    names_needed: str = "The columns of this file have no names. Put a line with their names and units above the numbers."
    third_is_uncertainty: bool = False  # of three columns without names (.xye)
    letters: Mapping[str, str] = field(default_factory=LETTERS_OF_SPECTRA.copy)
    in_name: Sign | None = None
    in_text: Sign | None = None

    @property
    def is_read(self) -> bool:
        """Whether its files are read; one that has no reader is only kept."""
        return bool(self.readers)

    @property
    def told(self) -> tuple[Parameter, ...]:
        """The settings by which a person says what a file leaves out: units, heads of the columns."""
        x_units = [unit for axis in self.axes for unit in (axis.unit, *axis.rivals) if unit]
        asked = (
            (X_UNIT, "Unit of the axis", x_units if len(x_units) > 1 else []),
            (Y_UNIT, "Unit of the current", self.y_units),
        )
        said = [
            Parameter(name, label, default="", choices=tuple(units), help=ONLY_IF_UNSAID)
            for name, label, units in asked
            if units
        ]
        if any(reader.knows is None for reader in self.readers):
            said.append(Parameter(COLUMNS, "Heads of the columns", default="", text=True))
        return tuple(said)

    def axis(self, name: str) -> Axis | None:
        """Return the axis called ``name``, None when it is none of this technique's."""
        return next((axis for axis in self.axes if axis.name == name), None)

    def refusal(self, what: str) -> UnreadableFile:
        """Return the refusal of a file of another kind: what it is, and how to mend it."""
        return UnreadableFile(f"This is {what}, not {self.noun}. {self.hint}")
