"""Formulas as chemists write them."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.chemistry.atomic_weights import ATOMIC_WEIGHTS
from synthesis.chemistry.formulas import (
    UnreadableFormula,
    element_counts,
    molar_mass,
    read_formula,
    split_hydrate,
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
    assert float(molar_mass(formula)) == pytest.approx(mass, rel=1e-4)


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
    ],
)
def test_every_way_of_writing_a_hydrate_is_the_same_hydrate(text):
    assert split_hydrate(text) == ("CaI2", 4)
    assert float(molar_mass(text)) == pytest.approx(365.947, rel=1e-5)


def test_a_dot_before_water_is_never_a_decimal_point():
    # a widely used parser reads I2.4 here and answers 362.66
    assert element_counts("CaI2.4H2O")["I"] == 2


def test_a_dot_elsewhere_is_a_decimal_point():
    counts = element_counts("CsPb0.9Ca0.1I3")
    assert (counts["Pb"], counts["Ca"]) == (Decimal("0.9"), Decimal("0.1"))
    assert split_hydrate("CsPb0.9Ca0.1I3") == ("CsPb0.9Ca0.1I3", 0)


def test_half_a_water_is_half_a_water():
    assert read_formula("CaSO4·0.5H2O").waters == Decimal("0.5")


def test_the_water_of_a_hydrate_is_part_of_its_mass():
    tetrahydrate = read_formula("CaI2·4H2O")
    assert float(tetrahydrate.water_mass_fraction) == pytest.approx(0.1969, abs=1e-4)
    assert tetrahydrate.anhydrous.molar_mass == molar_mass("CaI2")


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
@settings(max_examples=200, deadline=None)
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
@settings(max_examples=100, deadline=None)
def test_the_mass_is_the_sum_of_its_atoms_and_brackets_multiply(counts):
    text = "".join(f"{element}{count}" for element, count in counts.items())
    expected = sum(ATOMIC_WEIGHTS[element] * count for element, count in counts.items())
    assert molar_mass(text) == expected
    assert molar_mass(f"({text})3") == 3 * expected
