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
from synthesis.chemistry.species import GROUPS

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


OLEIC_ACID = read_formula("C18H34O2")
TYPED = {  # what is typed: the field, and what the chemist reads
    "no CAS number": (
        lambda: checked_cas(" water "), "cas",
        "“water” is no CAS number. It is written like 10101-63-0; leave it empty when the label has none.",
    ),
    "two digits swapped": (  # 3·1 + 6·2 + 0·3 + 1·4 + 1·5 + 0·6 + 1·7 = 31
        lambda: checked_cas("10110–63–0"), "cas",
        "The CAS number 10110-63-0 ends in 0, but its other digits ask for 1. Two digits may be swapped: read the"
        " label again.",
    ),
    "no pictogram": (
        lambda: checked_pictograms(["GHS02", " skull "]), "pictograms",
        "“SKULL” is no pictogram. They are GHS01 to GHS09.",
    ),
    "no statement": (
        lambda: checked_statements(["H302", "toxic to fish"]), "hazard_statements",
        "“toxictofish” is no hazard statement. They are written like H302, H360FD or H300+H310.",
    ),
    "no species": (
        lambda: checked_species({"Xx": "1"}, None), "species",
        f"“Xx” is no species. Write an element or one of {', '.join(GROUPS)}.",
    ),
    "none of a species": (
        lambda: checked_species({"OA": "0"}, OLEIC_ACID), "species",
        "“0” OA per formula unit cannot be: write a number above 0, such as 1.",
    ),
    "a species in words": (
        lambda: checked_species({"OA": "one"}, OLEIC_ACID), "species",
        "“one” OA per formula unit cannot be: write a number above 0, such as 1.",
    ),
    "more than a thousand of a species": (
        lambda: checked_species({"Pb": "1000.1"}, None), "species",
        "“1000.1” Pb per formula unit cannot be: write a number above 0, such as 1.",
    ),
    "more of a group than the formula has": (
        lambda: checked_species({"OA": "2.0"}, OLEIC_ACID), "species",
        "2 OA needs 36 C, but C18H34O2 has 18. Check the species or the formula.",
    ),
    "an atom of a group that the formula has not": (  # its carbon is there, its nitrogen is not
        lambda: checked_species({"FA": "10"}, OLEIC_ACID), "species",
        "10 FA needs 20 N, but C18H34O2 has 0. Check the species or the formula.",
    ),
    "more of an element than the formula has": (
        lambda: checked_species({"Pb": "1.5"}, read_formula("PbI2")), "species",
        "1.5 Pb needs 1.5 Pb, but PbI2 has 1. Check the species or the formula.",
    ),
    "a dry name of a hydrate": (
        lambda: checked_name(" Calcium  iodide, anhydrous", read_formula("CaI2·4H2O")), "name",
        "“Calcium iodide, anhydrous” is anhydrous by its name, but CaI2·4H2O holds 4 water. Call it “Calcium iodide"
        " tetrahydrate”, or correct the formula.",
    ),
    "a hydrate's name of a dry salt": (
        lambda: checked_name("Calcium iodide 2.5-hydrate", read_formula("CaI2")), "name",
        "“Calcium iodide 2.5-hydrate” is 2.5-hydrate by its name, but CaI2 holds 0 water. Call it “Calcium iodide,"
        " anhydrous”, or correct the formula.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TYPED)
def test_what_a_label_cannot_say_is_refused_at_its_field(what):
    typed, field, sentence = TYPED[what]
    with pytest.raises(UnfitLabel) as refused:
        typed()
    assert (refused.value.field, str(refused.value)) == (field, sentence)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (" 1,5 ", "1.5"), (0.5, "0.5"), ("2.50", "2.5"), (100, "100"), ("1000", "1000"), ("0.001", "0.001"),
    ],
)  # fmt: skip
def test_the_number_of_a_species_is_kept_without_needless_noughts(said, kept):
    assert checked_species({"Pb": said}, None) == {"Pb": kept}


def test_a_label_may_name_all_that_its_formula_has_and_hydrogen_may_move():
    assert checked_species({"Pb": "1", "I": "2"}, read_formula("PbI2")) == {"Pb": "1", "I": "2"}
    # oleate is C18H33O2: one oleic acid gives it and a proton, oleylammonium C18H38N takes one up
    assert checked_species({"OLA": "1"}, read_formula("C18H37N")) == {"OLA": "1"}


def test_ghs_codes_of_blanks_are_no_codes():
    assert checked_pictograms([" ", "ghs07 "]) == ["GHS07"]
    assert checked_statements(["  ", " H302 "]) == ["H302"]


@pytest.mark.parametrize(
    ("name", "formula", "called"),
    [
        ("Calcium iodide tetrahydrate", "CaI2·4H2O", "Calcium iodide tetrahydrate"),
        ("Calcium iodide", "CaI2·4H2O", "Calcium iodide tetrahydrate"),
        ("Calcium iodide, water-free", "CaI2·4H2O", "Calcium iodide tetrahydrate"),
        ("Calcium  iodide; dihydrate, 99 %", "CaI2", "Calcium iodide, 99 %, anhydrous"),
        ("Tetrahydrate", "CaI2", "CaI2, anhydrous"),
        ("Anhydrous", "CaI2·6H2O", "CaI2·6H2O hexahydrate"),
        ("Copper sulfate 5-hydrate", "CuSO4·3H2O", "Copper sulfate trihydrate"),
    ],
)
def test_a_bottle_is_named_for_the_water_in_it(name, formula, called):
    assert named_for(name, read_formula(formula)) == called


@pytest.mark.parametrize(
    "name",
    ["Copper sulfate, hydrated", "CuSO4·H2O", "Copper sulfate × H₂O", "Copper sulfate hydrate"],
)
def test_a_name_that_says_water_without_a_number_is_left_as_it_is(name):
    assert checked_name(name, read_formula("CuSO4·5H2O")) == name


def test_the_word_with_a_number_counts_and_not_the_first_that_speaks_of_water():
    name = "Hydrated copper sulfate pentahydrate"
    assert checked_name(name, read_formula("CuSO4·5H2O")) == name
    with pytest.raises(UnfitLabel, match="is pentahydrate by its name"):
        checked_name(name, read_formula("CuSO4·3H2O"))
    assert checked_name("Hydrated copper sulfate 5-hydrate", read_formula("CuSO4·5H2O"))
