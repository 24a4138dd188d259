"""Species: what a balance counts. An element, or a group of atoms that stays together and has a name.

A formula spells a group by its abbreviation (``FAI``), by its structure (``HC(NH2)2I``) or by its
atoms (``CH5N2I``, in any order where no other ion has those atoms). An atom inside a group is not
counted again as an element.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from .atomic_weights import ATOMIC_WEIGHTS

# Every solvent and ligand holds these: alone they tell nothing about what a flask was given.
ORGANIC_ELEMENTS = frozenset({"C", "H", "D", "N", "O"})


@dataclass(frozen=True, slots=True)
class Group:
    """A named group: its atoms, its charge in a salt, and how else chemists spell it.

    ``unique`` says that no other ion in use has these atoms, so that a formula in Hill's order
    (``CH5IN2``) names it too.
    """

    key: str
    name: str
    atoms: str
    charge: int
    spellings: tuple[str, ...] = ()
    unique: bool = False

    @property
    def counts(self) -> Mapping[str, Decimal]:
        """Atoms of one group, by element."""
        return flat_counts(self.atoms)


def flat_counts(atoms: str) -> Mapping[str, Decimal]:
    """Count the atoms of a formula without brackets.

    >>> dict(flat_counts("CH5N2"))
    {'C': Decimal('1'), 'H': Decimal('5'), 'N': Decimal('2')}
    """
    counts: dict[str, Decimal] = {}
    for element, digits in re.findall(r"([A-Z][a-z]?)(\d*)", atoms):
        counts[element] = counts.get(element, Decimal(0)) + Decimal(digits or 1)
    return counts


_ALL = (
    Group(
        "FA",
        "formamidinium",
        "CH5N2",
        1,
        ("HC(NH2)2", "CH(NH2)2", "(NH2)2CH", "NH2CHNH2", "H2NCHNH2", "HNCHNH3", "CN2H5"),
        unique=True,
    ),
    Group(
        "MA",
        "methylammonium",
        "CH6N",
        1,
        ("CH3NH3", "H3CNH3", "NH3CH3", "CNH6", "MeNH3"),
        unique=True,
    ),
    Group("GA", "guanidinium", "CH6N3", 1, ("C(NH2)3", "(NH2)3C", "CN3H6"), unique=True),
    Group("EA", "ethylammonium", "C2H8N", 1, ("C2H5NH3", "CH3CH2NH3", "EtNH3")),
    Group("DMA", "dimethylammonium", "C2H8N", 1, ("(CH3)2NH2", "NH2(CH3)2", "Me2NH2")),
    Group(
        "BA",
        "butylammonium",
        "C4H12N",
        1,
        ("C4H9NH3", "CH3(CH2)3NH3", "CH3CH2CH2CH2NH3", "BuNH3"),
    ),
    Group(
        "PEA",
        "phenethylammonium",
        "C8H12N",
        1,
        (
            "C6H5C2H4NH3",
            "C6H5(CH2)2NH3",
            "C6H5CH2CH2NH3",
            "PhC2H4NH3",
            "Ph(CH2)2NH3",
            "PhCH2CH2NH3",
        ),
    ),
    Group("OctA", "octylammonium", "C8H20N", 1, ("C8H17NH3", "CH3(CH2)7NH3")),
    Group("OLA", "oleylammonium", "C18H38N", 1, ("C18H35NH3", "C18H38N")),
    Group(
        "TBA",
        "tetrabutylammonium",
        "C16H36N",
        1,
        ("(C4H9)4N", "N(C4H9)4", "[CH3(CH2)3]4N", "(CH3CH2CH2CH2)4N", "Bu4N"),
    ),
    Group("TOA", "tetraoctylammonium", "C32H68N", 1, ("(C8H17)4N", "N(C8H17)4", "[CH3(CH2)7]4N")),
    Group(
        "DDA",
        "didodecyldimethylammonium",
        "C26H56N",
        1,
        ("(C12H25)2N(CH3)2", "(CH3)2N(C12H25)2", "[CH3(CH2)11]2N(CH3)2"),
    ),
    Group("NH4", "ammonium", "H4N", 1, ("NH4",), unique=True),
    Group("OH", "hydroxide", "OH", -1, ("OH",), unique=True),
    Group(
        "OAc",
        "acetate",
        "C2H3O2",
        -1,
        ("CH3COO", "CH3CO2", "OOCCH3", "O2CCH3", "OCOCH3", "C2H3O2", "AcO", "MeCOO", "MeCO2"),
        unique=True,
    ),
    Group(
        "OA",
        "oleate",
        "C18H33O2",
        -1,
        ("C18H33O2", "C17H33COO", "C17H33CO2", "OOCC17H33", "O2CC17H33"),
    ),
    Group("HCOO", "formate", "CHO2", -1, ("HCOO", "HCO2", "CHO2", "OOCH"), unique=True),
    Group("TFA", "trifluoroacetate", "C2F3O2", -1, ("CF3COO", "CF3CO2"), unique=True),
    Group("NO3", "nitrate", "NO3", -1, ("NO3",), unique=True),
    Group("CO3", "carbonate", "CO3", -2, ("CO3",), unique=True),
    Group("HCO3", "hydrogen carbonate", "CHO3", -1, ("HCO3",), unique=True),
    Group("C2O4", "oxalate", "C2O4", -2, ("C2O4",), unique=True),
    Group("SO4", "sulfate", "SO4", -2, ("SO4",), unique=True),
    Group("PO4", "phosphate", "PO4", -3, ("PO4",), unique=True),
    Group("ClO4", "perchlorate", "ClO4", -1, ("ClO4",), unique=True),
    Group("SCN", "thiocyanate", "CNS", -1, ("SCN", "NCS"), unique=True),
    Group("CN", "cyanide", "CN", -1, ("CN",), unique=True),
    Group("BF4", "tetrafluoroborate", "BF4", -1, ("BF4",), unique=True),
    Group("PF6", "hexafluorophosphate", "F6P", -1, ("PF6",), unique=True),
    Group("OTf", "triflate", "CF3O3S", -1, ("CF3SO3", "SO3CF3", "O3SCF3")),
    Group("TFSI", "bis(triflyl)imide", "C2F6NO4S2", -1, ("(CF3SO2)2N", "N(SO2CF3)2")),
    Group("acac", "acetylacetonate", "C5H7O2", -1, ("C5H7O2", "CH3COCHCOCH3")),
)
GROUPS: Mapping[str, Group] = MappingProxyType({group.key: group for group in _ALL})
# These are typed for themselves; the others are only ever seen spelled out (OH, NO3, SCN ...).
ABBREVIATED = frozenset(
    {"FA", "MA", "GA", "EA", "DMA", "BA", "PEA", "OctA", "OLA", "TBA", "TOA", "DDA"}
    | {"OAc", "OA", "TFA", "OTf", "TFSI", "acac"}
)
# Parts of molecules: read for their atoms, never counted for themselves.
FRAGMENTS: Mapping[str, str] = MappingProxyType(
    {
        "Me": "CH3",
        "Et": "C2H5",
        "iPr": "C3H7",
        "Bu": "C4H9",
        "tBu": "C4H9",
        "Ph": "C6H5",
        "Bn": "C7H7",
        "Bz": "C7H5O",
        "Ac": "C2H3O",
        "Cp": "C5H5",
        "TMS": "C3H9Si",
    }
)


def is_species(name: str) -> bool:
    """Whether a ratio may name it: an element with a standard weight, or a group."""
    return name in GROUPS or name in ATOMIC_WEIGHTS


def species_words(name: str) -> str:
    """Return how a sentence calls a species: ``formamidinium``, ``Pb``."""
    return GROUPS[name].name if name in GROUPS else name


def charge_of(name: str) -> int | None:
    """Return the charge of a group, None for an element."""
    return GROUPS[name].charge if name in GROUPS else None


def expanded(species: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return atoms by element, groups taken apart."""
    counts: dict[str, Decimal] = {}
    for name, number in species.items():
        inside = GROUPS[name].counts if name in GROUPS else {name: Decimal(1)}
        for element, count in inside.items():
            counts[element] = counts.get(element, Decimal(0)) + count * number
    return counts


def with_said(species: Mapping[str, Decimal], said: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return the species of a chemical that names some itself (oleic acid: one OA).

    What its label says stands beside what its formula spells; bare C, H, N and O then belong to it.

    >>> with_said({"C": Decimal(18), "H": Decimal(34), "O": Decimal(2)}, {"OA": Decimal(1)})
    {'OA': Decimal('1')}
    """
    if not said:
        return dict(species)
    return {name: n for name, n in species.items() if name not in ORGANIC_ELEMENTS} | dict(said)
