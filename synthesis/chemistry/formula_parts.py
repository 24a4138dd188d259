"""Read one part of a formula, between two adduct dots: brackets, counts, groups, bound water."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .atomic_weights import ATOMIC_WEIGHTS
from .charges import balances, is_anion, is_cation, is_metal
from .species import ABBREVIATED, FRAGMENTS, GROUPS, ORGANIC_ELEMENTS, Group, expanded, flat_counts

DEEPEST_BRACKETS = 8
LARGEST_COUNT = Decimal(100_000)
WATERS: Mapping[str, str] = {"H2O": "H2O", "OH2": "H2O", "D2O": "D2O"}


class UnreadableFormula(ValueError):
    """A formula that cannot be read; the message says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class FormulaPart:
    """``species`` of one part without its water, ``waters`` by kind, and its text without water."""

    species: Mapping[str, Decimal]
    waters: Mapping[str, Decimal]
    text: str

    @property
    def counts(self) -> dict[str, Decimal]:
        """Atoms by element, water included."""
        counts = expanded(self.species)
        for water, number in self.waters.items():
            _add(counts, flat_counts(water), number)
        return counts


_SPELLINGS = {
    text: group.key
    for group in GROUPS.values()
    for text in (*group.spellings, *([group.atoms] if group.unique else []))
}
_SPELLED = "|".join(map(re.escape, sorted(_SPELLINGS, key=len, reverse=True)))
_ABBREVIATIONS = sorted(ABBREVIATED | FRAGMENTS.keys(), key=len, reverse=True)
TOKEN = re.compile(
    r"(?P<water>\((?:H2O|OH2|D2O)\))"
    # the last symbol must not go on, nor carry another count: OH is no part of OH2 or OHg
    + rf"|(?P<spelled>(?:{_SPELLED})(?![a-z\d]|\.\d))"
    + rf"|(?P<short>(?:{'|'.join(_ABBREVIATIONS)})(?![a-z]))"
    + r"|(?P<element>[A-Z](?:(?!iPr|tBu|acac)[a-z])?)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<count>\d+(?:\.\d+)?|\.\d+)"
)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def read_part(body: str, whole: str) -> FormulaPart:
    """Read one part of ``whole``. Raises UnreadableFormula."""
    if not body:
        raise UnreadableFormula(
            f"“{whole}” has nothing on one side of a dot. Write it like CaI2·4H2O."
        )
    if body in WATERS:
        return FormulaPart({}, {WATERS[body]: Decimal(1)}, "")
    found, typed, text = _walk(body, whole)
    waters = {water: found.pop(water) for water in {*WATERS.values()} & found.keys()}
    return FormulaPart(_species(found, typed, whole), waters, text)


def _walk(body: str, whole: str) -> tuple[dict[str, Decimal], set[str], str]:
    """Return what was read by name, which names were typed short, and the text without bound water."""
    typed: set[str] = set()
    levels: list[dict[str, Decimal]] = [{}]
    brackets: list[str] = []
    last: dict[str, Decimal] | None = None  # what a count right after it multiplies
    kept: list[str] = []
    position = 0
    while position < len(body):
        token = TOKEN.match(body, position)
        if token is None:
            raise UnreadableFormula(_unreadable_sign(body[position], whole))
        kind, sign = str(token.lastgroup), token.group()
        position = token.end()
        if kind == "count":
            if last is None:
                raise UnreadableFormula(f"In “{whole}” the number {sign} follows nothing to count.")
            _add(levels[-1], last, count_of(sign, whole) - 1)
            if last.keys() <= {"H2O", "D2O"}:
                sign = ""
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
            last = {_name(kind, sign, whole): Decimal(1)}
            if kind == "short":
                typed.add(sign)
            _add(levels[-1], last, Decimal(1))
            sign = "" if kind == "water" else sign
        kept.append(sign)
    if brackets:
        raise UnreadableFormula(f"In “{whole}” the bracket {brackets[-1]} is never closed.")
    return levels[0], typed, _without_empty_brackets("".join(kept))


def _without_empty_brackets(text: str) -> str:
    """Return the text without the brackets that held only water."""
    shorter = re.sub(r"\(\)|\[\]|\{\}", "", text)
    return text if shorter == text else _without_empty_brackets(shorter)


def _name(kind: str, sign: str, whole: str) -> str:
    if kind == "water":
        return WATERS[sign[1:-1]]
    if kind == "spelled":
        return _SPELLINGS[sign]
    if kind == "element" and sign not in ATOMIC_WEIGHTS:
        raise UnreadableFormula(
            f"“{sign}” in “{whole}” is no element with a standard atomic weight. "
            "Symbols start with a capital letter, as in PbI2."
        )
    return sign


def _species(found: Mapping[str, Decimal], typed: set[str], whole: str) -> dict[str, Decimal]:
    """Return species: fragments taken apart, and groups too where they are part of a molecule."""
    species: dict[str, Decimal] = {}
    for name, number in found.items():
        if name == "Ac" and _means_acetate(found):
            _add(species, {"OAc": Decimal(1)}, number)
        elif name in FRAGMENTS:
            _add(species, flat_counts(FRAGMENTS[name]), number)
        else:
            _add(species, {name: Decimal(1)}, number)
    groups = species.keys() & GROUPS.keys()
    if not groups:
        return _named_by_atoms(species)
    if len(species) == 1:
        (name,) = groups
        if name in typed:
            raise UnreadableFormula(
                f"“{whole}” is {GROUPS[name].name} ({GROUPS[name].atoms}), which carries a charge. "
                "Write the neutral formula, as in FAI or Zn(OAc)2."
            )
        return expanded(species)
    bare = species.keys() - groups
    if any(GROUPS[name].charge > 0 for name in groups & typed):
        return species  # FA and its like are cations, whatever stands beside them
    if bare & {"C", "B", "Si"}:
        return expanded(species)  # an ester, an alcohol or boric acid holds no anion
    # nor is chloroacetic acid, C2H3O2Cl, an acetate: without a metal the charges have to balance
    if not groups & typed and not any(map(is_metal, bare)) and not balances(species):
        return expanded(species)
    return species


def _means_acetate(found: Mapping[str, Decimal]) -> bool:
    """Whether Ac stands for acetate, as beside a metal or a lone hydrogen (Zn(Ac)2, HAc)."""
    others = found.keys() - {"Ac"}
    return others == {"H"} or any(is_cation(name) for name in others)


def _named_by_atoms(species: dict[str, Decimal]) -> dict[str, Decimal]:
    """Find the one group whose atoms these are when nothing spells it: CH5IN2, C4H6O4Zn."""
    for group in GROUPS.values():
        named = _with_group(species, group) if group.unique else None
        if named is not None:
            return named
    return species


def _with_group(species: Mapping[str, Decimal], group: Group) -> dict[str, Decimal] | None:
    atoms = group.counts
    first = next(iter(atoms))
    if first not in species:
        return None
    number = species[first] / atoms[first]
    if any(species.get(e) != n * number for e, n in atoms.items()):
        return None
    rest = {name: n for name, n in species.items() if name not in atoms}
    named = {group.key: number, **rest}
    partner = is_cation if group.charge < 0 else is_anion
    if rest.keys() & ORGANIC_ELEMENTS or not any(map(partner, rest)) or not balances(named):
        return None
    return named


def count_of(digits: str, whole: str) -> Decimal:
    """Read a count; zero and a million are refused."""
    count = Decimal(digits)
    if not 0 < count <= LARGEST_COUNT:
        raise UnreadableFormula(
            f"“{whole}” holds the count {digits}. A count lies above 0 and at most {LARGEST_COUNT}; "
            "leave out an element that is not there, and write · before water."
        )
    return count


def _add(into: dict[str, Decimal], what: Mapping[str, Decimal], times: Decimal) -> None:
    for name, count in what.items():
        into[name] = into.get(name, Decimal(0)) + count * times


def _unreadable_sign(sign: str, whole: str) -> str:
    if sign.islower():
        return (
            f"In “{whole}” the letter “{sign}” starts no element. "
            "Symbols start with a capital letter, as in PbI2."
        )
    if sign in "+-−–^⁺⁻":
        return (
            f"“{whole}” carries a charge or sign “{sign}”. Write the neutral formula, as in Cs2CO3, "
            "and · before water."
        )
    return f"“{sign}” in “{whole}” cannot be read. Write elements, numbers, brackets and · before water."
