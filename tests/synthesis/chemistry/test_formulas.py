"""Formulas as chemists write them."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.chemistry.atomic_weights import ATOMIC_WEIGHTS
from synthesis.chemistry.formulas import (
    UnreadableFormula,
    read_formula,
)

# g/mol, from two public programs that agree within 3e-5 (science notes, section 2)
PUBLISHED = {
    "Cs2CO3": 325.819,
    "PbI2": 461.009,
    "CaI2": 293.887,
    "CaI2·4H2O": 365.947,
    "CaI2·6H2O": 401.977,
    "Zn(CH3COO)2": 183.468,
    "Zn(CH3COO)2·2H2O": 219.498,
    "NaOH": 39.997,
    "C18H34O2": 282.468,
    "C18H37N": 267.501,
    "C18H36": 252.486,
    "CsPbI3": 720.819,
}


@pytest.mark.parametrize(("formula", "mass"), PUBLISHED.items())
def test_molar_masses_agree_with_the_published_ones_within_a_hundredth_of_a_percent(formula, mass):
    assert float(read_formula(formula).molar_mass) == pytest.approx(mass, rel=1e-4)


@pytest.mark.parametrize(
    "text",
    [
        "CaI2·4H2O",
        "CaI2.4H2O",
        "CaI2*4H2O",
        "CaI₂·4H₂O",
        "CaI2 · 4 H2O",
        "CaI2•4H2O",
        "CaI2.4(H2O)",
        "CaI2×4H2O",
        "CaI2 x 4H2O",
        "CaI2 * 4 H2O",
        "CaI2 · 4(H2O)",
    ],
)
def test_every_way_of_writing_a_hydrate_is_the_same_hydrate(text):
    formula = read_formula(text)
    assert (formula.anhydrous_text, formula.waters) == ("CaI2", 4)
    assert float(read_formula(text).molar_mass) == pytest.approx(365.947, rel=1e-5)


def test_a_dot_before_water_is_never_a_decimal_point():
    # a widely used parser reads I2.4 here and answers 362.66
    assert read_formula("CaI2.4H2O").counts["I"] == 2


def test_a_dot_elsewhere_is_a_decimal_point():
    counts = read_formula("CsPb0.9Ca0.1I3").counts
    assert (counts["Pb"], counts["Ca"]) == (Decimal("0.9"), Decimal("0.1"))
    formula = read_formula("CsPb0.9Ca0.1I3")
    assert (formula.anhydrous_text, formula.waters) == ("CsPb0.9Ca0.1I3", 0)


@pytest.mark.parametrize(
    ("text", "waters"),
    [
        ("CaSO4·0.5H2O", "0.5"),
        ("CaSO4·½H2O", "0.5"),
        ("CaSO4·1/2H2O", "0.5"),
        ("CaSO4·0,5H2O", "0.5"),
        ("CaSO4·1½H2O", "1.5"),
        ("CdCl2.2.5H2O", "2.5"),
        ("LiOH·¼H2O", "0.25"),
        ("CaI2 H2O", "1"),
    ],
)
def test_shares_of_water_are_read_as_printed(text, waters):
    assert read_formula(text).waters == Decimal(waters)


@pytest.mark.parametrize(
    ("text", "salt", "waters", "mass"),
    [  # masses: sums of the IUPAC 2021 weights by hand
        ("Ca(H2O)4I2", "CaI2", 4, 365.947),
        ("[Ca(H2O)6]I2", "CaI2", 6, 401.977),
        ("[Cr(H2O)4Cl2]Cl·2H2O", "CrCl3", 6, 266.436),
        ("Mg(OH2)6Cl2", "MgCl2", 6, 203.295),
        ("CaI2·4D2O", "CaI2", 4, 373.996),
        ("Ca(D2O)4I2", "CaI2", 4, 373.996),
        ("Ca((H2O)(D2O))2I2", "CaI2", 4, 369.971),
        ("Ca[{(H2O)2}2]I2", "CaI2", 4, 365.947),
        ("Ca([(H2O)]4)I2", "CaI2", 4, 365.947),
    ],
)
def test_water_in_brackets_is_water(text, salt, waters, mass):
    formula = read_formula(text)
    assert formula.waters == waters
    assert dict(formula.anhydrous.counts) == dict(read_formula(salt).counts)
    assert float(formula.molar_mass) == pytest.approx(mass, abs=1e-3)
    assert formula.anhydrous.molar_mass == read_formula(salt).molar_mass


@pytest.mark.parametrize("text", ["H2O", "(H2O)", "D2O"])
def test_water_alone_is_no_hydrate(text):
    formula = read_formula(text)
    assert (formula.waters, formula.anhydrous.molar_mass) == (0, formula.molar_mass)


@pytest.mark.parametrize(
    ("text", "mass"),
    [  # g/mol: 2 D of 2.01410178 and O; the rest from suppliers' pages, two decimals
        ("D2O", 20.027),
        ("CDCl3", 120.38),
        ("Zn(OAc)2·2H2O", 219.50),
        ("Zn(Ac)2·2H2O", 219.50),
        ("HOAc", 60.05),
        ("HAc", 60.05),
        ("AcOH", 60.05),
        ("AcONa", 82.03),
        ("Ac2O", 102.09),
        ("EtOH", 46.07),
        ("EtOAc", 88.11),
        ("Et3N", 101.19),
        ("PhMe", 92.14),
        ("PPh3", 262.29),
        ("Ti(OiPr)4", 284.22),
        ("(TMS)2S", 178.44),
        ("LiTFSI", 287.08),
        ("Al(acac)3", 324.31),
        ("BzCl", 140.57),
        ("BnBr", 171.04),
        ("Fe(Cp)2", 186.03),
        ("CH3(CH2)7CH=CH(CH2)7COOH", 282.47),
        ("Cs 2 CO 3", 325.82),
        ("MgCl2 * 6 H2O", 203.30),
    ],
)
def test_what_chemists_write_is_read(text, mass):
    assert float(read_formula(text).molar_mass) == pytest.approx(mass, abs=0.012)


def test_a_decimal_comma_is_a_decimal_point():
    assert dict(read_formula("CsPb0,9Ca0,1I3").counts) == dict(
        read_formula("CsPb0.9Ca0.1I3").counts
    )


def test_the_water_of_a_hydrate_is_part_of_its_mass():
    tetrahydrate = read_formula("CaI2·4H2O")
    salt = tetrahydrate.anhydrous.molar_mass
    assert salt == read_formula("CaI2").molar_mass
    assert float(1 - salt / tetrahydrate.molar_mass) == pytest.approx(0.1969, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("pbi2", "capital"),
        ("Xx2", "no element"),
        ("Pb(I2", "never closed"),
        ("PbI2)", "closes nothing"),
        ("Pb(I2]", "closes nothing"),
        ("Pb()2", "empty bracket"),
        ("Pb2+", "charge"),
        ("2PbI2", "starts with the number"),
        ("CaI2·xH2O", "how many waters"),
        ("CaI2xH2O", "how many waters"),
        ("CaI2 n H2O", "how many waters"),
        ("CaI2-4H2O", "· before water"),
        ("FA", "formamidinium .CH5N2., which carries a charge"),
        ("Pbl2", "Did you mean PbI2"),
        ("nacl", "Did you mean NaCl"),
        ("AI2O3", "Did you mean Al2O3"),
        ("CaI2··4H2O", "one side of a dot"),
        ("PbI0", "count 0"),
        ("Cs0.5H2O", "count 0"),
        ("Pb I2 🙂", "cannot be read"),
        ("(" * 50 + "H" + ")" * 50, "nests"),
        ("H" * 500, "characters"),
        ("Pb999999999", "count"),
    ],
)
def test_nonsense_is_refused_in_words(text, word):
    with pytest.raises(UnreadableFormula, match=word):
        read_formula(text)


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_any_text_is_read_or_refused_but_never_crashes(text):
    try:
        formula = read_formula(text)
    except UnreadableFormula:
        return
    assert formula.molar_mass > 0


@given(
    st.dictionaries(
        st.sampled_from(sorted(ATOMIC_WEIGHTS)), st.integers(1, 50), min_size=1, max_size=5
    )
)
@settings(max_examples=100)
def test_the_mass_is_the_sum_of_its_atoms_and_brackets_multiply(counts):
    # each symbol in brackets: Na3Cl17 would rightly be asked about
    text = "".join(f"({element}){count}" for element, count in counts.items())
    expected = sum(ATOMIC_WEIGHTS[element] * count for element, count in counts.items())
    assert read_formula(f"({text})").molar_mass == expected
    assert read_formula(f"({text})3").molar_mass == 3 * expected


@given(
    st.dictionaries(
        st.sampled_from(sorted(ATOMIC_WEIGHTS)), st.integers(1, 50), min_size=1, max_size=5
    )
)
@settings(max_examples=100)
def test_taken_as_written_the_mass_is_the_sum_of_its_atoms(counts):
    text = "".join(f"{element}{count}" for element, count in counts.items())
    expected = sum(ATOMIC_WEIGHTS[element] * count for element, count in counts.items())
    assert read_formula(text, ask=False).molar_mass == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("CaI2", "CaI2·4H2O", True),
        ("CaI2·6H2O", "CaI2·4H2O", True),
        ("CaI2", "CaBr2", False),
        ("Zn(CH3COO)2·2H2O", "Zn(OAc)2", True),
        ("Ca(OH)2", "CaO·H2O", False),  # the same atoms, but only one is written with water
    ],
)
def test_water_of_crystallisation_makes_no_other_salt(one, other, same):
    assert read_formula(one).is_same_salt(read_formula(other)) is same
    assert read_formula(other).is_same_salt(read_formula(one)) is same


def test_atoms_are_counted_by_element_and_absent_ones_are_none():
    formula = read_formula("CaI2·4H2O")
    assert [formula.count(one) for one in ("Ca", "I", "H", "O", "Pb")] == [1, 2, 8, 4, 0]
