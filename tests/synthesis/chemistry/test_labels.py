"""What a label can say: CAS numbers, GHS codes, species, and the water in a name."""

from decimal import Decimal

import pytest

from synthesis.chemistry.formulas import read_formula
from synthesis.chemistry.labels import (
    UnfitLabel,
    checked_cas,
    checked_name,
    checked_pictograms,
    checked_species,
    checked_statements,
    hydrate_word,
    named_for,
)
from synthesis.chemistry.recipe import load_shipped_chemicals

# CAS numbers as the registry prints them
REAL_CAS = ("7732-18-5", "10101-63-0", "64-17-5", "50-00-0", "13446-34-9", "58328-31-7")


@pytest.mark.parametrize("number", REAL_CAS)
def test_a_real_cas_number_is_taken_and_each_wrong_check_digit_refused(number):
    assert checked_cas(f" {number} ") == number
    for digit in set("0123456789") - {number[-1]}:
        with pytest.raises(UnfitLabel, match=f"ask for {number[-1]}") as refused:
            checked_cas(number[:-1] + digit)
        assert refused.value.field == "cas"


def test_two_digits_that_are_swapped_are_noticed():
    with pytest.raises(UnfitLabel, match="swapped"):
        checked_cas("10110-63-0")


@pytest.mark.parametrize("text", ["1-18-5", "7732-185", "water", "7732-18-55", "12345678-12-1"])
def test_what_is_no_cas_number_is_refused(text):
    with pytest.raises(UnfitLabel, match="is no CAS number"):
        checked_cas(text)


def test_printed_dashes_are_dashes_and_nothing_is_nothing():
    assert checked_cas("7732–18–5") == "7732-18-5"
    assert checked_cas("  ") == ""


def test_ghs_codes_are_kept_once_and_in_order():
    assert checked_pictograms(["ghs08", "GHS02", "GHS08", ""]) == ["GHS02", "GHS08"]
    codes = ["H302", "EUH066", "H360Df", "H300 + H310", "H302"]
    assert checked_statements(codes) == ["EUH066", "H300+H310", "H302", "H360Df"]


@pytest.mark.parametrize("code", ["GHS10", "GHS00", "skull"])
def test_other_pictograms_are_refused(code):
    with pytest.raises(UnfitLabel, match="is no pictogram") as refused:
        checked_pictograms([code])
    assert refused.value.field == "pictograms"


@pytest.mark.parametrize("code", ["H1", "H502", "P280", "toxic", "H302H312", "H30"])
def test_other_statements_are_refused(code):
    with pytest.raises(UnfitLabel, match="is no hazard statement") as refused:
        checked_statements([code])
    assert refused.value.field == "hazard_statements"


@pytest.mark.parametrize(
    ("waters", "word"),
    [
        ("0", "anhydrous"),
        ("0.5", "hemihydrate"),
        ("1", "monohydrate"),
        ("1.5", "sesquihydrate"),
        ("2", "dihydrate"),
        ("2.5", "2.5-hydrate"),
        ("3", "trihydrate"),
        ("4", "tetrahydrate"),
        ("5", "pentahydrate"),
        ("6", "hexahydrate"),
        ("7", "heptahydrate"),
        ("8", "octahydrate"),
        ("9", "nonahydrate"),
        ("10", "decahydrate"),
        ("11", "undecahydrate"),
        ("12", "dodecahydrate"),
        ("18", "18-hydrate"),
    ],
)
def test_each_number_of_waters_has_its_word_and_is_found_in_a_name(waters, word):
    assert hydrate_word(Decimal(waters)) == word
    salt = "CaI2" if waters == "0" else f"CaI2·{waters}H2O"
    assert checked_name(f"Calcium iodide, {word.upper()}", read_formula(salt))
    other = read_formula("CaI2·17H2O")
    with pytest.raises(UnfitLabel, match=word):
        checked_name(f"Calcium iodide {word}", other)


@pytest.mark.parametrize(
    ("name", "formula", "kept"),
    [
        ("Calcium  iodide", "CaI2·4H2O", "Calcium iodide tetrahydrate"),
        ("Calcium iodide", "CaI2", "Calcium iodide"),
        ("read Ca(H2O)4I2", "Ca(H2O)4I2", "read Ca(H2O)4I2"),
        ("Magnesium chloride, hydrated", "MgCl2·6H2O", "Magnesium chloride, hydrated"),
        ("Chloral hydrate", "C2H3Cl3O2", "Chloral hydrate"),
        ("CaSO4 0.5-hydrate", "CaSO4·½H2O", "CaSO4 0.5-hydrate"),
        ("Water, deionised", "H2O", "Water, deionised"),
    ],
)
def test_the_name_of_a_hydrate_says_so(name, formula, kept):
    assert checked_name(name, read_formula(formula)) == kept


@pytest.mark.parametrize(
    ("name", "formula", "better"),
    [
        ("Calcium iodide, anhydrous", "CaI2·4H2O", "Calcium iodide tetrahydrate"),
        ("Calcium iodide (anhydrous)", "CaI2·6H2O", "Calcium iodide hexahydrate"),
        ("Calcium iodide tetrahydrate", "CaI2", "Calcium iodide, anhydrous"),
        ("Calcium iodide tetrahydrate", "CaI2·6H2O", "Calcium iodide hexahydrate"),
    ],
)
def test_a_name_that_contradicts_the_formula_is_refused_with_the_right_one(name, formula, better):
    with pytest.raises(UnfitLabel) as refused:
        checked_name(name, read_formula(formula))
    assert better in str(refused.value)
    assert refused.value.field == "name"
    assert named_for(name, read_formula(formula)) == better


def test_a_chemical_without_a_formula_is_called_as_typed():
    assert checked_name(" Poly-TPD, anhydrous ", None) == "Poly-TPD, anhydrous"


def test_the_name_of_a_bottle_that_needs_no_change_keeps_its_letters():
    assert named_for("calcium iodide", read_formula("CaI2")) == "calcium iodide"
    assert named_for("Hydrate", read_formula("CaI2·4H2O")) == "CaI2·4H2O tetrahydrate"


def test_species_that_a_label_names_are_checked_against_its_formula():
    oleic_acid = read_formula("C18H34O2")
    assert checked_species({"OA": "1.0"}, oleic_acid) == {"OA": "1"}
    # one proton less in oleylamine than in oleylammonium
    assert checked_species({"OLA": 1}, read_formula("C18H37N")) == {"OLA": "1"}
    assert checked_species({"Pb": "0,5"}, None) == {"Pb": "0.5"}
    for said, word in (
        ({"FA": 1}, "needs 2 N"),
        ({"OA": 2}, "needs 36 C"),
        ({"Xx": 1}, "no species"),
        ({"OA": 0}, "above 0"),
        ({"OA": "one"}, "above 0"),
        ({"OA": "nan"}, "above 0"),
    ):
        with pytest.raises(UnfitLabel, match=word) as refused:
            checked_species(said, oleic_acid)
        assert refused.value.field == "species"


@pytest.mark.parametrize("chemical", load_shipped_chemicals().values(), ids=lambda c: c.slug)
def test_every_chemical_that_ships_says_what_a_label_can_say(chemical):
    formula = read_formula(chemical.formula) if chemical.formula else None
    assert checked_name(chemical.name, formula) == chemical.name
    assert checked_cas(chemical.cas) == chemical.cas
    assert checked_statements(chemical.hazard_statements) == sorted(chemical.hazard_statements)
    assert checked_pictograms(chemical.pictograms) == sorted(chemical.pictograms)
    assert set(checked_species(chemical.species, formula)) == set(chemical.species)
    assert bool(chemical.density_g_ml) == bool(chemical.density_source)
    assert bool(chemical.hazard_statements) == bool(chemical.pictograms)
