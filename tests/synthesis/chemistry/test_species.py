"""What a balance counts: elements, and groups however a formula spells them."""

import re
from collections import Counter
from decimal import Decimal

import pytest

from synthesis.chemistry.formulas import read_formula
from synthesis.chemistry.species import (
    GROUPS,
    charge_of,
    expanded,
    is_species,
    species_words,
    with_said,
)


def each(spellings, species):
    """Give every spelling the same species."""
    return dict.fromkeys(spellings, species)


# formula -> species, written down from the structure of each compound
SPECIES = {
    **each(
        ("FAI", "CH5N2I", "CH5IN2", "HC(NH2)2I", "CH(NH2)2I", "NH2CHNH2I", "HN=CHNH3I", "CH4N2·HI"),
        {"FA": 1, "I": 1},
    ),
    **each(
        ("MABr", "CH6NBr", "CH6BrN", "CH3NH3Br", "CH3NH2·HBr", "CH5N·HBr", "HBr·CH3NH2"),
        {"MA": 1, "Br": 1},
    ),
    **each(("GACl", "CH6N3Cl", "C(NH2)3Cl", "CH6ClN3"), {"GA": 1, "Cl": 1}),
    **each(("FAOAc", "CH5N2CH3COO", "HN=CHNH2·CH3COOH", "CH(NH2)2CH3CO2"), {"FA": 1, "OAc": 1}),
    **each(("CH5N2PbI3", "FAPbI3", "HC(NH2)2PbI3", "CH5I3N2Pb"), {"FA": 1, "Pb": 1, "I": 3}),
    **each(("CH3NH3PbBr3", "MAPbBr3", "CH6NPbBr3"), {"MA": 1, "Pb": 1, "Br": 3}),
    "FA0.9Cs0.1PbI3": {"FA": "0.9", "Cs": "0.1", "Pb": 1, "I": 3},
    "Cs0.05(FA0.83MA0.17)0.95Pb(I0.83Br0.17)3": {
        **{"Cs": "0.05", "FA": "0.7885", "MA": "0.1615", "Pb": 1, "I": "2.49", "Br": "0.51"}
    },
    **each(
        ("Zn(OAc)2", "Zn(CH3COO)2", "Zn(CH3CO2)2·2H2O", "C4H6O4Zn", "Zn(Ac)2", "(AcO)2Zn"),
        {"Zn": 1, "OAc": 2},
    ),
    **each(("Pb(NO3)2", "N2O6Pb"), {"Pb": 1, "NO3": 2}),
    **each(("NaOH", "HNaO", "NaOH·H2O"), {"Na": 1, "OH": 1}),
    **each(("Cs2CO3", "CCs2O3"), {"Cs": 2, "CO3": 1}),
    **each(("Pb(C18H33O2)2", "Pb(OA)2", "(C17H33COO)2Pb"), {"Pb": 1, "OA": 2}),
    **each(("PEA2PbI4", "(C6H5C2H4NH3)2PbI4"), {"PEA": 2, "Pb": 1, "I": 4}),
    **each(("BABr", "C4H9NH3Br", "CH3(CH2)3NH3Br"), {"BA": 1, "Br": 1}),
    **each(("OLABr", "C18H35NH3Br"), {"OLA": 1, "Br": 1}),
    **each(("NH4Cl", "H4ClN"), {"NH4": 1, "Cl": 1}),
    **each(("DDABr", "(CH3)2N(C12H25)2Br"), {"DDA": 1, "Br": 1}),
    **each(("TOABr", "(C8H17)4NBr"), {"TOA": 1, "Br": 1}),
    **each(("KSCN", "CKNS"), {"K": 1, "SCN": 1}),
    "C8H17NH3Br": {"OctA": 1, "Br": 1},
    "(CH3)2NH2PbI3": {"DMA": 1, "Pb": 1, "I": 3},
    "CaI2·4H2O": {"Ca": 1, "I": 2},
    "Ca(H2O)4I2": {"Ca": 1, "I": 2},
    "CsPbI3": {"Cs": 1, "Pb": 1, "I": 3},
    "PbI2·C2H6OS": {"Pb": 1, "I": 2, "C": 2, "H": 6, "O": 1, "S": 1},
    # molecules: their OH, COO and NH2 are no ions
    "C2H5OH": {"C": 2, "H": 6, "O": 1},
    "CH3COOC2H5": {"C": 4, "H": 8, "O": 2},
    "EtOAc": {"C": 4, "H": 8, "O": 2},
    "C6H5COCl": {"C": 7, "H": 5, "O": 1, "Cl": 1},
    "C3H8ClNO2": {"C": 3, "H": 8, "Cl": 1, "N": 1, "O": 2},  # alanine hydrochloride
    "CH6ClNO": {"C": 1, "H": 6, "Cl": 1, "N": 1, "O": 1},  # N-methylhydroxylamine hydrochloride
    "B(OH)3": {"B": 1, "O": 3, "H": 3},
    "Si(OH)4": {"Si": 1, "O": 4, "H": 4},
    "Cu(NH3)4SO4": {"Cu": 1, "N": 4, "H": 12, "SO4": 1},
    "NH2OH": {"N": 1, "H": 3, "O": 1},
    "C2H3ClO2": {"C": 2, "H": 3, "O": 2, "Cl": 1},
    "C18H34O2": {"C": 18, "H": 34, "O": 2},
    "CH3CN": {"C": 2, "H": 3, "N": 1},
    "C4H12IN": {"C": 4, "H": 12, "I": 1, "N": 1},  # butyl-, diethyl- or tetramethylammonium
    "H2O": {"H": 2, "O": 1},
    "CH3NH2·NaCl": {"C": 1, "H": 5, "N": 1, "Na": 1, "Cl": 1},  # no acid, so no salt of the amine
}


@pytest.mark.parametrize(("text", "species"), SPECIES.items())
def test_species_are_counted_as_the_structure_has_them(text, species):
    assert dict(read_formula(text).species) == {k: Decimal(v) for k, v in species.items()}


@pytest.mark.parametrize("text", [text for text in SPECIES if "H2O" not in text])
def test_no_atom_is_lost_or_counted_twice(text):
    formula = read_formula(text)
    if "·H" in text or "H·" in text or "HBr·" in text:  # base and acid: the proton has moved
        return
    assert expanded(formula.species) == dict(formula.counts)


@pytest.mark.parametrize(
    ("key", "name", "charge", "mass"),
    [  # g/mol of the ion, from suppliers' pages of its salts minus the partner
        ("FA", "formamidinium", 1, 45.065),
        ("MA", "methylammonium", 1, 32.066),
        ("GA", "guanidinium", 1, 60.080),
        ("EA", "ethylammonium", 1, 46.093),
        ("DMA", "dimethylammonium", 1, 46.093),
        ("BA", "butylammonium", 1, 74.147),
        ("PEA", "phenethylammonium", 1, 122.191),
        ("OctA", "octylammonium", 1, 130.255),
        ("OLA", "oleylammonium", 1, 268.509),
        ("TBA", "tetrabutylammonium", 1, 242.471),
        ("TOA", "tetraoctylammonium", 1, 466.903),
        ("DDA", "didodecyldimethylammonium", 1, 382.741),
        ("NH4", "ammonium", 1, 18.039),
        ("OH", "hydroxide", -1, 17.007),
        ("OAc", "acetate", -1, 59.044),
        ("OA", "oleate", -1, 281.460),
        ("HCOO", "formate", -1, 45.017),
        ("TFA", "trifluoroacetate", -1, 113.015),
        ("NO3", "nitrate", -1, 62.004),
        ("CO3", "carbonate", -2, 60.008),
        ("HCO3", "hydrogen carbonate", -1, 61.016),
        ("C2O4", "oxalate", -2, 88.018),
        ("SO4", "sulfate", -2, 96.056),
        ("PO4", "phosphate", -3, 94.970),
        ("ClO4", "perchlorate", -1, 99.446),
        ("SCN", "thiocyanate", -1, 58.078),
        ("CN", "cyanide", -1, 26.018),
        ("BF4", "tetrafluoroborate", -1, 86.804),
        ("PF6", "hexafluorophosphate", -1, 144.964),
        ("OTf", "triflate", -1, 149.063),
        ("TFSI", "bis(triflyl)imide", -1, 280.135),
        ("acac", "acetylacetonate", -1, 99.109),
    ],
)
def test_each_group_has_its_name_charge_and_mass(key, name, charge, mass):
    assert (species_words(key), charge_of(key)) == (name, charge)
    found = read_formula(f"({GROUPS[key].atoms})", ask=False).molar_mass
    assert float(found) == pytest.approx(mass, abs=2e-3)


def test_every_group_is_in_that_table():
    assert len(GROUPS) == 32


def atoms_in(text):
    """Count atoms with brackets, by another way than the notebook's: multiply the text out."""
    for short, long in {
        "Me": "CH3",
        "Et": "C2H5",
        "Bu": "C4H9",
        "Ph": "C6H5",
        "Ac": "C2H3O",
    }.items():
        text = text.replace(short, f"({long})")
    while bracket := re.search(r"[(\[]([^()\[\]]*)[)\]](\d*)", text):
        text = text.replace(bracket[0], bracket[1] * int(bracket[2] or 1), 1)
    counts = Counter()
    for element, number in re.findall(r"([A-Z][a-z]?)(\d*)", text):
        counts[element] += int(number or 1)
    return dict(counts)


@pytest.mark.parametrize("key", GROUPS)
def test_every_spelling_of_a_group_has_its_atoms(key):
    group = GROUPS[key]
    for text in (group.atoms, *group.spellings):
        assert atoms_in(text) == dict(group.counts), text


def test_a_ratio_may_name_an_element_or_a_group_and_nothing_else():
    assert all(is_species(name) for name in ("Pb", "D", "FA", "OA", "OctA"))
    assert not any(is_species(name) for name in ("Xx", "lead", "Et", ""))
    assert (species_words("Pb"), charge_of("Pb")) == ("Pb", None)


def test_what_a_chemical_says_itself_replaces_its_bare_atoms():
    oleic_acid = read_formula("C18H34O2").species
    assert with_said(oleic_acid, {"OA": Decimal(1)}) == {"OA": 1}
    assert with_said({"Cl": Decimal(1), "C": Decimal(7)}, {"Bz": Decimal(1)}) == {"Cl": 1, "Bz": 1}
    assert with_said(oleic_acid, {}) == dict(oleic_acid)
