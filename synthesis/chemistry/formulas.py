"""Read chemical formulas the way chemists write them, hydrates included.

A dot before water means water: ``CaI2.4H2O`` is the tetrahydrate, never I(2.4). Elsewhere a dot
is a decimal point, so ``CsPb0.9Ca0.1I3`` is an alloy.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from types import MappingProxyType

from .atomic_weights import ATOMIC_WEIGHTS

LONGEST_FORMULA = 200
DEEPEST_BRACKETS = 8
LARGEST_COUNT = Decimal(100_000)

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_ADDUCT_DOTS = re.compile(r"\s*[·•∙⋅‧・*]\s*")
_WATER_AFTER_A_POINT = re.compile(r"\.(?=(?:\d+(?:\.\d+)?)?\(?H2O\)?$)")
_UNKNOWN_WATER = re.compile(r"[.·]\(?[xn]\)?H2O$", re.IGNORECASE)
_TOKEN = re.compile(
    r"(?P<element>[A-Z][a-z]?)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<count>\d+(?:\.\d+)?|\.\d+)"
)
_PAIRS = {")": "(", "]": "[", "}": "{"}


class UnreadableFormula(ValueError):
    """A formula that cannot be read; the message says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A read formula: ``counts`` per element, ``molar_mass`` in g/mol, ``waters`` of crystallisation."""

    text: str
    counts: Mapping[str, Decimal]
    molar_mass: Decimal
    anhydrous_text: str
    waters: Decimal

    @property
    def anhydrous(self) -> "Formula":
        """The same salt without its water of crystallisation."""
        return read_formula(self.anhydrous_text)

    @property
    def water_mass_fraction(self) -> Decimal:
        """Share of the mass that is water of crystallisation, 0 to 1."""
        return self.waters * read_formula("H2O").molar_mass / self.molar_mass

    def count(self, element: str) -> Decimal:
        """Atoms of one element per formula unit, 0 when absent."""
        return self.counts.get(element, Decimal(0))


def element_counts(text: str) -> Mapping[str, Decimal]:
    """Return atoms per formula unit, by element symbol."""
    return read_formula(text).counts


def molar_mass(text: str) -> Decimal:
    """Return the molar mass in g/mol.

    >>> molar_mass("PbI2")
    Decimal('461.00894')
    """
    return read_formula(text).molar_mass


def split_hydrate(text: str) -> tuple[str, Decimal]:
    """Return the anhydrous formula and the number of waters.

    >>> split_hydrate("CaI2.4H2O")
    ('CaI2', Decimal('4'))
    """
    formula = read_formula(text)
    return formula.anhydrous_text, formula.waters


def normalise_formula(text: str) -> str:
    """Return the formula with plain digits and ``·`` before each adduct."""
    plain = _ADDUCT_DOTS.sub("·", text.strip().translate(_SUBSCRIPTS))
    plain = re.sub(r"\s+", "", plain)
    # once a real dot marks the adduct, a point is a decimal point: CaSO4·0.5H2O
    return plain if "·" in plain else _WATER_AFTER_A_POINT.sub("·", plain, count=1)


def read_formula(text: str) -> Formula:
    """Read a formula such as ``Zn(CH3COO)2·2H2O`` or ``CsPb0.9Ca0.1I3``.

    Raises UnreadableFormula with a sentence for anything else.
    """
    if not isinstance(text, str):
        raise UnreadableFormula(f"A formula is written as text such as PbI2, not {text!r}.")
    if len(text) > LONGEST_FORMULA:
        raise UnreadableFormula(
            f"This formula is {len(text)} characters long; at most {LONGEST_FORMULA} are read. "
            "Write the simplest formula of the compound."
        )
    return _read_formula(text)


@lru_cache(maxsize=2048)
def _read_formula(text: str) -> Formula:
    with localcontext() as context:
        context.prec = 40
        plain = normalise_formula(text)
        if not plain:
            raise UnreadableFormula("The formula is empty. Write it like PbI2 or CaI2·4H2O.")
        if _UNKNOWN_WATER.search(plain):
            raise UnreadableFormula(
                f"“{text}” does not say how many waters it holds. Write the number, for example "
                "CaI2·4H2O; measure it (Karl Fischer or TGA) when the bottle does not say."
            )
        counts: dict[str, Decimal] = {}
        waters = Decimal(0)
        salts: list[str] = []
        for position, part in enumerate(plain.split("·")):
            factor, body = _split_factor(part, text, first=position == 0)
            inner = _read_part(body, text)
            for element, count in inner.items():
                counts[element] = counts.get(element, Decimal(0)) + factor * count
            if position and inner == {"H": Decimal(2), "O": Decimal(1)}:
                waters += factor
            else:
                salts.append(part)
        mass = sum((ATOMIC_WEIGHTS[e] * n for e, n in counts.items()), Decimal(0))
        return Formula(
            text=plain,
            counts=MappingProxyType(counts),
            molar_mass=mass,
            anhydrous_text="·".join(salts),
            waters=waters,
        )


def _split_factor(part: str, whole: str, *, first: bool) -> tuple[Decimal, str]:
    found = re.match(r"\d+(?:\.\d+)?", part)
    if found is None:
        return Decimal(1), part
    if first:
        raise UnreadableFormula(
            f"“{whole}” starts with the number {found.group()}. Write the formula of one unit, "
            "and give the amount in the amount field."
        )
    return _count(found.group(), whole), part[found.end() :]


def _count(digits: str, whole: str) -> Decimal:
    count = Decimal(digits)
    if not 0 < count <= LARGEST_COUNT:
        raise UnreadableFormula(
            f"“{whole}” holds the count {digits}. A count lies above 0 and at most {LARGEST_COUNT}; "
            "leave out an element that is not there, and write · before water."
        )
    return count


def _read_part(body: str, whole: str) -> dict[str, Decimal]:
    """Read one part without adducts. A stack of element counts, one level per open bracket."""
    if not body:
        raise UnreadableFormula(
            f"“{whole}” has nothing on one side of a dot. Write it like CaI2·4H2O."
        )
    levels: list[dict[str, Decimal]] = [{}]
    brackets: list[str] = []
    last: dict[str, Decimal] | None = None  # what a count right after it multiplies
    position = 0
    while position < len(body):
        token = _TOKEN.match(body, position)
        if token is None:
            raise UnreadableFormula(_unreadable_sign(body[position], whole))
        kind, sign = str(token.lastgroup), token.group()
        position = token.end()
        if kind == "count":
            if last is None:
                raise UnreadableFormula(f"In “{whole}” the number {sign} follows nothing to count.")
            _add(levels[-1], last, _count(sign, whole) - 1)
            last = None
        elif kind == "open":
            if len(brackets) >= DEEPEST_BRACKETS:
                raise UnreadableFormula(f"“{whole}” nests more than {DEEPEST_BRACKETS} brackets.")
            brackets.append(sign)
            levels.append({})
            last = None
        elif kind == "close":
            if not brackets or brackets.pop() != _PAIRS[sign]:
                raise UnreadableFormula(
                    f"In “{whole}” the bracket {sign} closes nothing that was opened."
                )
            last = levels.pop()
            if not last:
                raise UnreadableFormula(f"“{whole}” has an empty bracket.")
            _add(levels[-1], last, Decimal(1))
        else:
            last = _element(sign, whole)
            _add(levels[-1], last, Decimal(1))
    if brackets:
        raise UnreadableFormula(f"In “{whole}” the bracket {brackets[-1]} is never closed.")
    return levels[0]


def _add(into: dict[str, Decimal], what: Mapping[str, Decimal], times: Decimal) -> None:
    for element, count in what.items():
        into[element] = into.get(element, Decimal(0)) + count * times


def _element(symbol: str, whole: str) -> dict[str, Decimal]:
    if symbol not in ATOMIC_WEIGHTS:
        raise UnreadableFormula(
            f"“{symbol}” in “{whole}” is no element with a standard atomic weight. "
            "Symbols start with a capital letter, as in PbI2."
        )
    return {symbol: Decimal(1)}


def _unreadable_sign(sign: str, whole: str) -> str:
    if sign.islower():
        return (
            f"In “{whole}” the letter “{sign}” starts no element. "
            "Symbols start with a capital letter, as in PbI2."
        )
    if sign in "+-−^":
        return (
            f"“{whole}” carries a charge or sign “{sign}”. Write the neutral formula, as in Cs2CO3."
        )
    return f"“{sign}” in “{whole}” cannot be read. Write elements, numbers, brackets and · before water."
