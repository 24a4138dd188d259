"""Every way in which a formula is refused or asked about: the whole sentence, and the readings to choose from."""

import pytest

from synthesis.chemistry.formulas import DoubtfulFormula, UnreadableFormula, read_formula

BALANCE = "the charges cannot balance: no common oxidation states of"
ZERO = "a count starts with 1 to 9, a share is written 0.5, and an element that is not there is left out."
# typed -> the sentence, and how to write each reading. Masses in g/mol are sums of IUPAC weights:
# P 30.974, B 10.81, I 126.904, Pb 207.2, Cl 35.45, C 12.011, O 15.999, Co 58.933
ASKED = {
    "PBI2": (
        "“PBI2” can be read in two ways: PBI2 of P and B and I (295.6 g/mol), or PbI2 of Pb and I (461.0 g/mol). "
        "Write PbI2, or (PBI2) in brackets if it is meant as it stands.",
        ("PbI2", "(PBI2)"),
    ),
    "PBI₂": (
        "“PBI₂” can be read in two ways: PBI2 of P and B and I (295.6 g/mol), or PbI2 of Pb and I (461.0 g/mol). "
        "Write PbI2, or (PBI2) in brackets if it is meant as it stands.",
        ("PbI2", "(PBI2)"),
    ),
    "COCl2": (
        "“COCl2” can be read in two ways: COCl2 of C and O and Cl (98.9 g/mol), or CoCl2 of Co and Cl (129.8 g/mol). "
        "Write CoCl2, or (COCl2) in brackets if it is meant as it stands.",
        ("CoCl2", "(COCl2)"),
    ),
    "PBCl2·2H2O": (
        "“PBCl2·2H2O” can be read in two ways: PBCl2 of P and B and Cl (112.7 g/mol), or PbCl2 of Pb and Cl "
        "(278.1 g/mol). Write PbCl2·2H2O, or (PBCl2)·2H2O in brackets if it is meant as it stands.",
        ("PbCl2", "(PBCl2)"),
    ),
    "PbI3": (
        f"In “PbI3” {BALANCE} Pb, I add up to zero with these counts. Write PbI2 if it is meant, "
        "or write (PbI3) in brackets if it is meant as it stands.",
        ("PbI2", "(PbI3)"),
    ),
    "PbI3·PbI3": (
        f"In “PbI3·PbI3” {BALANCE} Pb, I add up to zero with these counts. Write PbI2·PbI2 if it is meant, "
        "or write (PbI3)·(PbI3) in brackets if it is meant as it stands.",
        ("PbI2", "(PbI3)"),
    ),
    "NaCl2·H2O": (
        f"In “NaCl2·H2O” {BALANCE} Na, Cl add up to zero with these counts. Write NaCl·H2O if it is meant, "
        "or write (NaCl2)·H2O in brackets if it is meant as it stands.",
        ("NaCl", "(NaCl2)"),
    ),
    "CaI2Br7": (
        f"In “CaI2Br7” {BALANCE} Ca, I, Br add up to zero with these counts. Check the counts, "
        "or write (CaI2Br7) in brackets if it is meant as it stands.",
        ("(CaI2Br7)",),
    ),
    "Sn02": (
        f"“Sn02” holds the count 02: is the letter O of oxygen meant? Write SnO2 if so; {ZERO}",
        ("SnO2",),
    ),
    "PbI0": (
        f"“PbI0” holds the count 0: is the letter O of oxygen meant? Write O for oxygen; {ZERO}",
        (),
    ),
    "ZnS04·7H2O": (
        f"“ZnS04·7H2O” holds the count 04: is the letter O of oxygen meant? Write ZnSO4·7H2O if so; {ZERO}",
        ("ZnSO4",),
    ),
    "CaI2,4H2O": (
        "“CaI2,4H2O” has a comma before a number: water beside it, or a decimal sign? Write CaI2·4H2O "
        "for water, or a point in a share such as CsPb0.9Ca0.1I3.",
        ("CaI2·4H2O",),
    ),
    "CaI2 4 H2O": (
        "“CaI2 4 H2O” has a space before a number, which can be read in two ways. Write CaI2·4H2O for water "
        "or another molecule beside it, or CaI24H2O without the space when the number is a count.",
        ("CaI2·4H2O", "CaI24H2O"),
    ),
    "Cs 2CO3": (
        "“Cs 2CO3” has a space before a number, which can be read in two ways. Write Cs·2CO3 for water "
        "or another molecule beside it, or Cs2CO3 without the space when the number is a count.",
        ("Cs·2CO3", "Cs2CO3"),
    ),
}


@pytest.mark.parametrize("typed", ASKED)
def test_what_can_be_read_in_two_ways_is_asked_about_with_both(typed):
    sentence, readings = ASKED[typed]
    with pytest.raises(DoubtfulFormula) as asked:
        read_formula(typed)
    assert str(asked.value) == sentence
    assert asked.value.readings == readings


CAPITAL = "Symbols start with a capital letter, as in PbI2."
NEUTRAL = "Write the neutral formula, as in Cs2CO3, and · before water."
COUNT = (
    "A count lies above 0 and at most 100000; leave out an element that is not there, and write · "
    "before water."
)
WATERS = (
    "does not say how many waters it holds. Write the number, for example CaI2·4H2O; measure it "
    "(Karl Fischer or TGA) when the bottle does not say."
)
REFUSED = {
    "": "The formula is empty. Write it like PbI2 or CaI2·4H2O.",
    "CaI2·": "“CaI2·” has nothing on one side of a dot. Write it like CaI2·4H2O.",
    "·4H2O": "“·4H2O” has nothing on one side of a dot. Write it like CaI2·4H2O.",
    "CaI2·xH2O": f"“CaI2·xH2O” {WATERS}",
    "CaI2·(n)H2O": f"“CaI2·(n)H2O” {WATERS}",
    "2PbI2": "“2PbI2” starts with the number 2. Write the formula of one unit, and give the amount in the "
    "amount field.",
    "(2PbI2)": "In “(2PbI2)” the number 2 follows nothing to count.",
    ".5PbI2": "In “.5PbI2” the number .5 follows nothing to count.",
    "Pb(2I)": "In “Pb(2I)” the number 2 follows nothing to count.",
    "Pb((2)I)": "In “Pb((2)I)” the number 2 follows nothing to count.",
    "Pb(I2)2.5.5": "In “Pb(I2)2.5.5” the number .5 follows nothing to count.",
    "Pb(I2": "In “Pb(I2” the bracket ( is never closed.",
    "[Pb(I2)": "In “[Pb(I2)” the bracket [ is never closed.",
    "PbI2)": "In “PbI2)” the bracket ) closes nothing that was opened.",
    "Pb(I2]": "In “Pb(I2]” the bracket ] closes nothing that was opened.",
    "Pb{}I": "“Pb{}I” has an empty bracket.",
    "Xx2": f"“Xx” in “Xx2” is no element with a standard atomic weight. {CAPITAL}",
    "Tc2O7": f"“Tc” in “Tc2O7” is no element with a standard atomic weight. {CAPITAL}",
    "Pbq": f"In “Pbq” the letter “q” starts no element. {CAPITAL}",
    "Pb2+": f"“Pb2+” carries a charge or sign “+”. {NEUTRAL}",
    "Pb²⁺": "“²” in “Pb²⁺” cannot be read. Write elements, numbers, brackets and · before water.",
    "CaI2-4H2O": f"“CaI2-4H2O” carries a charge or sign “-”. {NEUTRAL}",
    "CaI2–4H2O": f"“CaI2–4H2O” carries a charge or sign “–”. {NEUTRAL}",
    "Cl^-": f"“Cl^-” carries a charge or sign “^”. {NEUTRAL}",
    "PbI2!": "“!” in “PbI2!” cannot be read. Write elements, numbers, brackets and · before water.",
    "Pb999999999": f"“Pb999999999” holds the count 999999999. {COUNT}",
    "PbI2·100001H2O": f"“PbI2·100001H2O” holds the count 100001. {COUNT}",
    "CaI2·0H2O": f"“CaI2·0H2O” holds the count 0. {COUNT}",
    "FA": "“FA” is formamidinium (CH5N2), which carries a charge. Write the neutral formula, as in FAI or "
    "Zn(OAc)2.",
    "OAc2": "“OAc2” is acetate (C2H3O2), which carries a charge. Write the neutral formula, as in FAI or "
    "Zn(OAc)2.",
    "Pbl2": f"In “Pbl2” the letter “l” starts no element. {CAPITAL} Did you mean PbI2?",
    "Cal2·4H2O": f"In “Cal2·4H2O” the letter “l” starts no element. {CAPITAL} Did you mean CaI2·4H2O?",
    "AI2O3": f"“A” in “AI2O3” is no element with a standard atomic weight. {CAPITAL} Did you mean Al2O3?",
    "FECl3": f"“E” in “FECl3” is no element with a standard atomic weight. {CAPITAL} Did you mean FeCl3?",
    "pbi2": f"In “pbi2” the letter “p” starts no element. {CAPITAL} Did you mean PbI2?",
    "H"
    * 201: "This formula is 201 characters long; at most 200 are read. Write the simplest formula of the "
    "compound.",
}


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_no_formula_is_refused_with_what_would_be_one(typed):
    with pytest.raises(UnreadableFormula) as refusal:
        read_formula(typed)
    assert not isinstance(refusal.value, DoubtfulFormula)
    assert str(refusal.value) == REFUSED[typed]


def test_brackets_nest_eight_deep_and_no_deeper():
    assert read_formula("(" * 8 + "Pb" + ")" * 8).counts == {"Pb": 1}
    typed = "(" * 9 + "Pb" + ")" * 9
    with pytest.raises(UnreadableFormula) as refusal:
        read_formula(typed)
    assert str(refusal.value) == f"“{typed}” nests more than 8 brackets."


@pytest.mark.parametrize("typed", [5, None, b"PbI2"])
def test_what_is_no_text_is_no_formula(typed):
    with pytest.raises(UnreadableFormula) as refusal:
        read_formula(typed)
    assert str(refusal.value) == f"A formula is written as text such as PbI2, not {typed!r}."


def test_a_formula_at_its_limits_is_read():
    assert read_formula("(" + "H" * 198 + ")").counts == {"H": 198}
    assert read_formula("(Pb)100000").counts == {"Pb": 100000}
