"""Read chemical formulas the way chemists write them, hydrates included.

A dot before water means water: ``CaI2.4H2O`` is the tetrahydrate, never I(2.4). Elsewhere a dot
is a decimal point, so ``CsPb0.9Ca0.1I3`` is an alloy. ``*``, ``×`` and ``x`` are dots too, and water
in brackets is water: ``Ca(H2O)4I2``. What can be read in two ways is asked about (formula_doubts).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from types import MappingProxyType

from .atomic_weights import ATOMIC_WEIGHTS
from .charges import is_anion
from .formula_doubts import DoubtfulFormula, ask_about, ask_about_zeros, hint_for
from .formula_parts import FormulaPart, UnreadableFormula, count_of, read_part
from .species import GROUPS, expanded, flat_counts

__all__ = [
    "DoubtfulFormula",
    "Formula",
    "UnreadableFormula",
    "normalise_formula",
    "read_formula",
]

LONGEST_FORMULA = 200

_PLAIN_SIGNS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789", "=≡\u200b")
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333333", "⅔": "0.666667", "1/2": "0.5"}
_FRACTION = re.compile(rf"(\d?)({'|'.join(_FRACTIONS)})")
_ADDUCT_DOTS = re.compile(r"\s*[·•∙⋅‧・*×✕]\s*")
_WATER = r"\(?(?:H2O|D2O)\)?"
_ADDUCT_X = re.compile(rf"\s*(?<!X)[xX]\s*(?=\d+(?:[.,]\d+)?\s*{_WATER}$)")
_UNKNOWN_WATER = re.compile(rf"(?:[.·\s]\(?[xny]\)?|x)\s*{_WATER}$", re.IGNORECASE)
_WATER_AFTER_A_SPACE = re.compile(rf"([A-Za-z)\]]\d*)\s+(?={_WATER}$)")
_WATER_AFTER_A_POINT = re.compile(rf"\.(?=(?:\d+(?:\.\d+)?)?{_WATER}$)")
_WATER_AFTER_A_COMMA = re.compile(rf",(?=\d+{_WATER}$)")
_SPACED_NUMBER = re.compile(r"(?P<left>\d)\s+\d|(?P<symbol>[^\s·])\s+\d+(?:[.,]\d+)?(?=[A-Z(\[{])")


@dataclass(frozen=True, slots=True)
class Formula:
    """A read formula.

    ``counts`` are atoms by element, ``species`` what a balance counts (groups by name, water left
    out), ``molar_mass`` g/mol, ``waters`` of crystallisation; all per formula unit.
    """

    text: str
    counts: Mapping[str, Decimal]
    species: Mapping[str, Decimal]
    molar_mass: Decimal
    anhydrous_text: str
    waters: Decimal

    @property
    def anhydrous(self) -> "Formula":
        """The same salt without its water of crystallisation."""
        return read_formula(self.anhydrous_text, ask=False)

    def is_same_salt(self, other: "Formula") -> bool:
        """Whether both are of the same atoms, whatever water crystallised with them."""
        return dict(self.anhydrous.counts) == dict(other.anhydrous.counts)

    def count(self, element: str) -> Decimal:
        """Atoms of one element per formula unit, 0 when absent."""
        return self.counts.get(element, Decimal(0))


def normalise_formula(text: str) -> str:
    """Return the formula with plain digits and ``·`` before each adduct; asks about loose spaces."""
    plain = text.strip().translate(_PLAIN_SIGNS)
    plain = _FRACTION.sub(_decimal, plain)
    plain = _ADDUCT_DOTS.sub("·", plain)
    if _UNKNOWN_WATER.search(plain):
        raise UnreadableFormula(
            f"“{text}” does not say how many waters it holds. Write the number, for example "
            "CaI2·4H2O; measure it (Karl Fischer or TGA) when the bottle does not say."
        )
    plain = _WATER_AFTER_A_SPACE.sub(r"\1·", _ADDUCT_X.sub("·", plain))
    if spaced := _SPACED_NUMBER.search(plain):
        raise _loose_space(text, plain, spaced)
    plain = re.sub(r"\s+", "", plain)
    if "·" not in plain and _WATER_AFTER_A_COMMA.search(plain):
        dotted = _WATER_AFTER_A_COMMA.sub("·", plain)
        raise DoubtfulFormula(
            f"“{text}” has a comma before a number: water beside it, or a decimal sign? Write {dotted} "
            "for water, or a point in a share such as CsPb0.9Ca0.1I3.",
            (dotted,),
        )
    plain = re.sub(r"(?<=\d),(?=\d)", ".", plain)
    # once a real dot marks the adduct, a point is a decimal point: CaSO4·0.5H2O
    return plain if "·" in plain else _WATER_AFTER_A_POINT.sub("·", plain, count=1)


def _decimal(printed: re.Match[str]) -> str:
    """Return 1½ as 1.5."""
    return f"{Decimal(printed[1] or 0) + Decimal(_FRACTIONS[printed[2]])}"


def _loose_space(text: str, plain: str, spaced: re.Match[str]) -> DoubtfulFormula:
    beside = re.sub(r"\s+", "", f"{plain[: spaced.start() + 1]}·{plain[spaced.start() + 1 :]}")
    closed = re.sub(r"\s+", "", plain)
    return DoubtfulFormula(
        f"“{text}” has a space before a number, which can be read in two ways. Write {beside} for water "
        f"or another molecule beside it, or {closed} without the space when the number is a count.",
        (beside, closed),
    )


def read_formula(text: str, *, ask: bool = True) -> Formula:
    """Read a formula such as ``Zn(OAc)2·2H2O``, ``FAI`` or ``CsPb0.9Ca0.1I3``.

    Raises UnreadableFormula with a sentence for anything else, and DoubtfulFormula, which names the
    readings, for what can be read in two ways. ``ask=False`` takes what can be read as it stands.
    """
    if not isinstance(text, str):
        raise UnreadableFormula(f"A formula is written as text such as PbI2, not {text!r}.")
    if len(text) > LONGEST_FORMULA:
        raise UnreadableFormula(
            f"This formula is {len(text)} characters long; at most {LONGEST_FORMULA} are read. "
            "Write the simplest formula of the compound."
        )
    return _read_formula(text, ask)


@lru_cache(maxsize=2048)
def _read_formula(text: str, ask: bool) -> Formula:
    with localcontext() as context:
        context.prec = 40
        plain = normalise_formula(text)
        if not plain:
            raise UnreadableFormula("The formula is empty. Write it like PbI2 or CaI2·4H2O.")
        parts: list[tuple[Decimal, FormulaPart]] = []
        salts: list[str] = []
        for position, piece in enumerate(plain.split("·")):
            factor, body = _split_factor(piece, text, first=position == 0)
            part = _part(body, text, ask=ask)
            parts.append((factor, part))
            if part.species:
                salts.append(f"{piece.removesuffix(body)}{part.text}")
        counts = _sum((factor, part.counts) for factor, part in parts)
        waters = sum((factor * sum(part.waters.values()) for factor, part in parts), Decimal(0))
        species = _joined(parts)
        if not salts:  # water itself, no water of something
            salts, species, waters = [plain], counts, Decimal(0)
        return Formula(
            text=plain,
            counts=MappingProxyType(counts),
            species=MappingProxyType(species),
            molar_mass=sum((ATOMIC_WEIGHTS[e] * n for e, n in counts.items()), Decimal(0)),
            anhydrous_text="·".join(salts),
            waters=waters,
        )


def _part(body: str, whole: str, *, ask: bool) -> FormulaPart:
    if ask:
        ask_about_zeros(body, whole)
    try:
        part = read_part(body, whole)
    except UnreadableFormula as refusal:
        raise UnreadableFormula(f"{refusal}{hint_for(body, whole)}") from refusal
    if ask:
        ask_about(body, part, whole)
    return part


def _split_factor(part: str, whole: str, *, first: bool) -> tuple[Decimal, str]:
    found = re.match(r"\d+(?:\.\d+)?", part)
    if found is None:
        return Decimal(1), part
    if first:
        raise UnreadableFormula(
            f"“{whole}” starts with the number {found.group()}. Write the formula of one unit, "
            "and give the amount in the amount field."
        )
    return count_of(found.group(), whole), part[found.end() :]


def _sum(terms: Iterable[tuple[Decimal, Mapping[str, Decimal]]]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for factor, counts in terms:
        for name, number in counts.items():
            total[name] = total.get(name, Decimal(0)) + factor * number
    return total


def _joined(parts: list[tuple[Decimal, FormulaPart]]) -> dict[str, Decimal]:
    """Return the species of all parts; a base beside an acid is its salt: CH3NH2·HCl is MA and Cl."""
    species = _sum((factor, part.species) for factor, part in parts)
    dry = [part for _, part in parts if part.species]
    if len(dry) != 2 or any(factor != 1 for factor, part in parts if part.species):
        return species
    for base, acid in (dry, dry[::-1]):
        anions = [name for name in acid.species if is_anion(name)]
        if dict(acid.species) == {"H": 1, **dict.fromkeys(anions, 1)} and len(anions) == 1:
            protonated = _sum(
                [(Decimal(1), expanded(base.species)), (Decimal(1), flat_counts("H"))]
            )
            for group in GROUPS.values():
                if group.unique and group.charge == 1 and dict(group.counts) == protonated:
                    return {group.key: Decimal(1), anions[0]: Decimal(1)}
    return species
