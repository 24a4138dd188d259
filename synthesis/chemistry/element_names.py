"""What elements and named groups are called in keys and sentences: Pb is lead, I in a flask is iodide."""

from collections.abc import Iterable

from .species import GROUPS

_TABLE = """
H hydrogen  D deuterium  He helium  Li lithium  Be beryllium  B boron  C carbon  N nitrogen
O oxygen  F fluoride  Ne neon  Na sodium  Mg magnesium  Al aluminium  Si silicon  P phosphorus
S sulfide  Cl chloride  Ar argon  K potassium  Ca calcium  Sc scandium  Ti titanium  V vanadium
Cr chromium  Mn manganese  Fe iron  Co cobalt  Ni nickel  Cu copper  Zn zinc  Ga gallium
Ge germanium  As arsenic  Se selenide  Br bromide  Kr krypton  Rb rubidium  Sr strontium
Y yttrium  Zr zirconium  Nb niobium  Mo molybdenum  Ru ruthenium  Rh rhodium  Pd palladium
Ag silver  Cd cadmium  In indium  Sn tin  Sb antimony  Te telluride  I iodide  Xe xenon
Cs caesium  Ba barium  La lanthanum  Ce cerium  Pr praseodymium  Nd neodymium  Sm samarium
Eu europium  Gd gadolinium  Tb terbium  Dy dysprosium  Ho holmium  Er erbium  Tm thulium
Yb ytterbium  Lu lutetium  Hf hafnium  Ta tantalum  W tungsten  Re rhenium  Os osmium
Ir iridium  Pt platinum  Au gold  Hg mercury  Tl thallium  Pb lead  Bi bismuth  Th thorium
Pa protactinium  U uranium
"""
_WORDS = _TABLE.split()
ELEMENT_NAMES: dict[str, str] = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))


def species_key(species: str) -> str:
    """Return a species as the first part of a key: ``lead`` of ``lead_mol_l``; a group by its letters.

    >>> species_key("Pb"), species_key("FA")
    ('lead', 'fa')
    """
    return ELEMENT_NAMES.get(species, species.lower())


def named(species: str) -> str:
    """Return a species as a sentence names it: ``Pb``; a group with its name, ``FA (formamidinium)``."""
    return f"{species} ({GROUPS[species].name})" if species in GROUPS else species


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them: ``Cs, Pb and Br``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
