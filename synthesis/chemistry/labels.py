"""What the label of a chemical says, checked: CAS numbers, GHS codes, and the water in its name."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from .formulas import Formula
from .species import GROUPS, is_species

# UN GHS revision 10 (2023), annex 3 and chapter 1.4.
PICTOGRAMS: Mapping[str, str] = {
    "GHS01": "Explosive",
    "GHS02": "Flammable",
    "GHS03": "Oxidising",
    "GHS04": "Gas under pressure",
    "GHS05": "Corrosive",
    "GHS06": "Toxic",
    "GHS07": "Harmful or irritant",
    "GHS08": "Health hazard",
    "GHS09": "Dangerous to the environment",
}
_STATEMENT = re.compile(
    r"(?:H(?:2\d\d|3\d\d(?:[dDfFi]|F[Dd]|fd|Df)?|4\d\d)(?:\s?\+\s?H[234]\d\d)*|EUH\d{3}A?)"
)
_CAS = re.compile(r"(\d{2,7})-(\d\d)-(\d)")
_PREFIXES = (
    ("mono", "1"), ("di", "2"), ("tri", "3"), ("tetra", "4"), ("penta", "5"), ("hexa", "6"),
    ("hepta", "7"), ("octa", "8"), ("nona", "9"), ("deca", "10"), ("undeca", "11"), ("dodeca", "12"),
    ("hemi", "0.5"), ("sesqui", "1.5"),
)  # fmt: skip
_WATERS: Mapping[str, Decimal] = {prefix: Decimal(number) for prefix, number in _PREFIXES}
_HYDRATE = re.compile(
    rf"\b(?:(?P<prefix>{'|'.join(sorted(_WATERS, key=len, reverse=True))})|(?P<number>\d+(?:\.\d+)?)-)?"
    r"[ -]?hydrated?\b",
    re.IGNORECASE,
)
_ANHYDROUS = re.compile(r"\banhydrous\b|\bwater-?free\b", re.IGNORECASE)
_ANY_WATER = re.compile(
    rf"[,;]?\s*\(?(?:{_ANHYDROUS.pattern}|{_HYDRATE.pattern})\)?", re.IGNORECASE
)


class UnfitLabel(ValueError):
    """Something that a label cannot say; ``field`` is where it was typed."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


def checked_cas(text: str) -> str:
    """Return a CAS number whose check digit is right, empty for none.

    The last digit is the sum of the others, each times its place from the right, modulo 10.

    >>> checked_cas("10101-63-0")
    '10101-63-0'
    """
    number = re.sub(r"[‐‑–−]", "-", text.strip())
    if not number:
        return ""
    found = _CAS.fullmatch(number)
    if found is None:
        raise UnfitLabel(
            f"“{text.strip()}” is no CAS number. It is written like 10101-63-0; leave it empty when the "
            "label has none.",
            "cas",
        )
    digits = (found[1] + found[2])[::-1]
    check = sum(place * int(digit) for place, digit in enumerate(digits, start=1)) % 10
    if check != int(found[3]):
        raise UnfitLabel(
            f"The CAS number {number} ends in {found[3]}, but its other digits ask for {check}. Two digits "
            "may be swapped: read the label again.",
            "cas",
        )
    return number


def checked_pictograms(codes: Iterable[str]) -> list[str]:
    """Return GHS pictogram codes, each once, in order."""
    found = {code.strip().upper() for code in codes if code.strip()}
    for code in sorted(found):
        if code not in PICTOGRAMS:
            raise UnfitLabel(f"“{code}” is no pictogram. They are GHS01 to GHS09.", "pictograms")
    return sorted(found)


def checked_statements(codes: Iterable[str]) -> list[str]:
    """Return hazard statements (H and EUH codes), each once, in order."""
    found = {re.sub(r"\s", "", code) for code in codes if code.strip()}
    for code in sorted(found):
        if not _STATEMENT.fullmatch(code):
            raise UnfitLabel(
                f"“{code}” is no hazard statement. They are written like H302, H360FD or H300+H310.",
                "hazard_statements",
            )
    return sorted(found)


def checked_species(said: Mapping[str, object], formula: Formula | None) -> dict[str, str]:
    """Return the species that a chemical names itself, with their number per formula unit, as text."""
    kept: dict[str, str] = {}
    for name, value in said.items():
        if not is_species(name):
            raise UnfitLabel(
                f"“{name}” is no species. Write an element or one of {', '.join(GROUPS)}.",
                "species",
            )
        try:
            number = Decimal(str(value).strip().replace(",", "."))
        except ArithmeticError:
            number = Decimal(0)
        if not number.is_finite() or not 0 < number <= 1000:
            raise UnfitLabel(
                f"“{value}” {name} per formula unit cannot be: write a number above 0, such as 1.",
                "species",
            )
        _check_atoms(name, number, formula)
        kept[name] = f"{number.normalize():f}"
    return kept


def _check_atoms(name: str, number: Decimal, formula: Formula | None) -> None:
    """Refuse more atoms than the formula has; hydrogen may move (oleylamine is OLA less a proton)."""
    if formula is None:
        return
    atoms = GROUPS[name].counts if name in GROUPS else {name: Decimal(1)}
    for element, count in atoms.items():
        needed = (count * number).normalize()
        if element != "H" and needed > formula.count(element):
            raise UnfitLabel(
                f"{number.normalize():f} {name} needs {needed:f} {element}, but {formula.text} has "
                f"{formula.count(element):f}. Check the species or the formula.",
                "species",
            )


def hydrate_word(waters: Decimal) -> str:
    """Return what a name says of so many waters: ``tetrahydrate``, ``2.5-hydrate``, ``anhydrous``."""
    if not waters:
        return "anhydrous"
    prefix = next((prefix for prefix, number in _WATERS.items() if number == waters), "")
    return f"{prefix}hydrate" if prefix else f"{waters.normalize():f}-hydrate"


def checked_name(name: str, formula: Formula | None) -> str:
    """Return a name that says of its water what the formula says.

    A name that says nothing of the water of a hydrate gets the word; one that says otherwise is refused.

    >>> from synthesis.chemistry.formulas import read_formula
    >>> checked_name("Calcium iodide", read_formula("CaI2·4H2O"))
    'Calcium iodide tetrahydrate'
    """
    plain = " ".join(name.split())
    if formula is None:
        return plain
    said = _waters_in(plain)
    if said is not None and said != formula.waters:
        raise UnfitLabel(
            f"“{plain}” is {hydrate_word(said)} by its name, but {formula.text} holds {formula.waters:f} "
            f"water. Call it “{named_for(plain, formula)}”, or correct the formula.",
            "name",
        )
    if formula.waters and said is None and not _says_water(plain):
        return named_for(plain, formula)
    return plain


def named_for(name: str, formula: Formula) -> str:
    """Return the name of a chemical for what is really in the bottle: another hydrate says so.

    >>> from synthesis.chemistry.formulas import read_formula
    >>> named_for("Calcium iodide, anhydrous", read_formula("CaI2·4H2O"))
    'Calcium iodide tetrahydrate'
    """
    said = _waters_in(name)
    if said == formula.waters or (said is None and not formula.waters):
        return name
    bare = " ".join(_ANY_WATER.sub("", name).split()) or formula.text
    word = hydrate_word(formula.waters)
    return f"{bare}, {word}" if word == "anhydrous" else f"{bare} {word}"


def _waters_in(name: str) -> Decimal | None:
    """Return the waters that a name promises, None when it says nothing or no number."""
    if _ANHYDROUS.search(name):
        return Decimal(0)
    for found in _HYDRATE.finditer(name):
        if found["prefix"]:
            return _WATERS[found["prefix"].lower()]
        if found["number"]:
            return Decimal(found["number"])
    return None


def _says_water(name: str) -> bool:
    return _HYDRATE.search(name) is not None or "H2O" in name or "H₂O" in name
