"""Can the charges of a formula balance, and can its atoms be one molecule?

Used only to notice typing errors: a formula that cannot balance while a look-alike of it can is
asked about. States are the common ones of Greenwood and Earnshaw, Chemistry of the Elements, 2nd
edition 1997; electronegativities are Pauling's, and 1.5 stands for every metal.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from .species import GROUPS

_STATES_TEXT = """
H -1 1; D -1 1; Li 1; Na 1; K 1; Rb 1; Cs 1; Be 2; Mg 2; Ca 2; Sr 2; Ba 2; B 3; Al 3; Ga 1 3;
In 1 3; Tl 1 3; C -4 4; Si -4 4; Ge 2 4; Sn 2 4; Pb 2 4; N -3 3 5; P -3 3 5; As -3 3 5;
Sb -3 3 5; Bi 3 5; O -2; S -2 2 4 6; Se -2 2 4 6; Te -2 2 4 6; F -1; Cl -1 1 3 5 7; Br -1 1 3 5 7;
I -1 1 3 5 7; Sc 3; Ti 2 3 4; V 2 3 4 5; Cr 2 3 6; Mn 2 3 4 6 7; Fe 2 3 6; Co 2 3 4; Ni 2 3 4;
Cu 1 2 3; Zn 2; Y 3; Zr 4; Nb 2 3 4 5; Mo 2 3 4 5 6; Ru 2 3 4 6 8; Rh 1 2 3; Pd 2 4; Ag 1 2 3; Cd 2;
La 3; Ce 3 4; Pr 3 4; Nd 3; Sm 2 3; Eu 2 3; Gd 3; Tb 3 4; Dy 3; Ho 3; Er 3; Tm 2 3; Yb 2 3; Lu 3;
Hf 4; Ta 4 5; W 2 3 4 5 6; Re 3 4 6 7; Os 2 3 4 6 8; Ir 1 3 4; Pt 2 4 6; Au 1 3; Hg 1 2; Th 4;
U 3 4 5 6; Xe 2 4 6; Kr 2
"""
STATES: dict[str, tuple[Decimal, ...]] = {
    words[0]: tuple(Decimal(word) for word in words[1:])
    for words in (entry.split() for entry in _STATES_TEXT.split(";"))
}
_METAL = 1.5
ELECTRONEGATIVITY: dict[str, float] = {
    **{"F": 3.98, "O": 3.44, "Cl": 3.16, "N": 3.04, "Br": 2.96, "I": 2.66, "S": 2.58, "Se": 2.56},
    **{"C": 2.55, "H": 2.20, "D": 2.20, "P": 2.19, "As": 2.18, "Te": 2.10, "Sb": 2.05, "B": 2.04},
    **{"Bi": 2.02, "Ge": 2.01, "Si": 1.90, "Xe": 2.6, "Kr": 3.0},
}
NON_METALS = frozenset(
    {"H", "D", "B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "As", "Se", "Br", "Te", "I"}
)
HALOGENS = frozenset({"F", "Cl", "Br", "I"})
_ALKALI = frozenset({"Li", "Na", "K", "Rb", "Cs"})
_PEROXIDE_METALS = _ALKALI | {"H", "D", "Mg", "Ca", "Sr", "Ba", "Zn"}
# Elements that are molecules: any other count of one element alone is no bottle.
_MOLECULES = {
    **{"H": (2,), "D": (2,), "N": (2,), "O": (2, 3), "F": (2,), "Cl": (2,), "Br": (2,), "I": (2,)},
    **{"S": (8,), "Se": (8,), "P": (4,), "As": (4,), "C": (60, 70, 76, 84)},
}
ROUNDED = Decimal("0.05")  # of the positive charge: counts of an alloy are rounded numbers


def is_metal(name: str) -> bool:
    """Whether an element gives cations."""
    return name in STATES and name not in NON_METALS and name not in {"Xe", "Kr"}


def is_cation(name: str) -> bool:
    """Whether a species is a metal or a positive group."""
    return is_metal(name) or (name in GROUPS and GROUPS[name].charge > 0)


def is_anion(name: str) -> bool:
    """Whether a species is a halogen or a negative group."""
    return name in HALOGENS or (name in GROUPS and GROUPS[name].charge < 0)


def is_salt(species: Mapping[str, Decimal]) -> bool:
    """Whether it consists of cations and halides, oxide or anions only, so that it has to balance."""
    if not any(is_cation(name) for name in species):
        return False
    return any(is_anion(name) or name == "O" for name in species) and all(
        is_cation(name) or is_anion(name) or name == "O" for name in species
    )


def is_possible(species: Mapping[str, Decimal]) -> bool:
    """Whether a compound of this composition is likely: its charges balance, or it is a molecule."""
    if len(species) == 1 and next(iter(species)) not in GROUPS:
        ((name, count),) = species.items()
        return count in _MOLECULES.get(name, ()) or (
            count == 1 and name not in _MOLECULES.keys() - {"C", "S", "Se", "P", "As"}
        )
    if "C" not in species:
        return balances(species)
    metals = [name for name in species if is_metal(name)]
    if species.keys() & {"H", "D"} or not metals:
        return _is_molecule(species)
    return set(species) == {"C", *metals} and balances(species)


def _is_molecule(species: Mapping[str, Decimal]) -> bool:
    """Whether the valences of an organic molecule or salt can be met."""
    if any(count != count.to_integral_value() for count in species.values()):
        return False
    number = {name: int(count) for name, count in species.items()}
    metals = sum(count for name, count in number.items() if is_metal(name) and name not in _ALKALI)
    single = sum(n for name, n in number.items() if name in HALOGENS | _ALKALI | {"H", "D"})
    single += sum(n for name, n in number.items() if name in GROUPS and GROUPS[name].charge > 0)
    carbon = number["C"]
    room = 2 + 2 * carbon + 3 * number.get("N", 0) + 3 * number.get("P", 0) + 6 * metals
    room += 2 * number.get("Si", 0) + number.get("B", 0)
    if single > room or (carbon >= 8 and single * 8 < carbon):
        return False
    odd = single + sum(number.get(element, 0) for element in ("N", "P", "B"))
    odd += sum(n for name, n in number.items() if name in GROUPS and GROUPS[name].charge == -1)
    return bool(metals) or odd % 2 == 0


def balances(species: Mapping[str, Decimal]) -> bool:
    """Whether common oxidation states can add up to zero.

    Elements are cut in two by electronegativity: those above the cut take negative states, those
    below positive ones. Groups keep their charge.
    """
    return any(low <= slack and high >= -slack for low, high, slack in _sums(species))


def _sums(species: Mapping[str, Decimal]) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
    """Yield the lowest and highest total charge of each way to share it out, and what rounding allows."""
    fixed = sum(
        (GROUPS[name].charge * n for name, n in species.items() if name in GROUPS), Decimal(0)
    )
    elements = {name: n for name, n in species.items() if name not in GROUPS}
    ranks = sorted({_negativity(name) for name in elements})
    rounded = any(n != n.to_integral_value() for n in species.values())
    for cut in (*ranks, 9.0):
        positive = [name for name in elements if _negativity(name) < cut]
        negative = {name for name in elements if _negativity(name) >= cut}
        totals = [(fixed, fixed)]
        for name, number in elements.items():
            options = _charges(name, number, negative, species)
            totals = [(low + a, high + b) for low, high in totals for a, b in options]
            totals = totals[:5000]
        most = sum(
            (elements[name] * max(STATES.get(name, (Decimal(0),))) for name in positive), Decimal(0)
        )
        slack = ROUNDED * most if rounded else Decimal(0)
        yield from ((low, high, slack) for low, high in totals)


def _negativity(name: str) -> float:
    return ELECTRONEGATIVITY.get(name, _METAL)


def _charges(
    name: str, number: Decimal, negative: set[str], species: Mapping[str, Decimal]
) -> list[tuple[Decimal, Decimal]]:
    """Return the charges that ``number`` atoms of an element can carry: ranges when they are several."""
    states = [s for s in STATES.get(name, ()) if (s < 0) == (name in negative)]
    if name in negative:
        states += _unusual_negative(name, number, species)
    elif name in HALOGENS | {"S", "Se"} and not _may_be_positive(name, negative, species):
        states = []
    elif name in {"S", "Se"} and number > 1:
        states.append(Decimal(1))  # S2Cl2
    if not states:
        return []
    if number == 1:
        return [(state, state) for state in states]
    return [(min(states) * number, max(states) * number)]


def _unusual_negative(name: str, number: Decimal, species: Mapping[str, Decimal]) -> list[Decimal]:
    """Return states below the common ones: peroxides, disulfides, carbides, polyhalides."""
    others = species.keys() - {name}
    if name == "O" and number % 2 == 0 and others <= _PEROXIDE_METALS:
        return [Decimal("-0.5") if others <= _ALKALI else Decimal(-1)]
    if name in {"S", "Se"} and number >= 2:
        return [Decimal(-1)]
    if name in {"N", "P", "As"} and number >= 2:
        return [Decimal(-1)]
    if name == "C" and number % 2 == 0:
        return [Decimal(-1)]
    lonely = len(others) == 1 and all(
        o in _ALKALI or (o in GROUPS and GROUPS[o].charge == 1) for o in others
    )
    if name in {"I", "Br"} and number % 3 == 0 and lonely:
        return [Decimal(-1) / 3]
    return []


def _may_be_positive(name: str, negative: set[str], species: Mapping[str, Decimal]) -> bool:
    if name in HALOGENS:
        return negative <= {"O", "F"} or species.keys() <= HALOGENS
    return bool(negative & {"O", "F", "Cl", "Br", "N"})
