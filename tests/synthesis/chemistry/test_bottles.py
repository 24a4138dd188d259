"""What is left in a bottle, and how it is said."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.chemistry.bottles import Left, Moved, converted, readable, what_is_left


def test_what_was_weighed_comes_off_in_the_bottles_own_unit():
    left = what_is_left(
        "L-1", "mg", [Moved("mg", Decimal(1000) - Decimal("173.9"), Decimal("0.01"))], None
    )
    assert (left.value, left.unit, left.uncertainty) == (Decimal("826.1"), "mg", Decimal("0.1"))


def test_oil_bought_by_mass_and_drawn_by_volume_goes_through_its_density():
    # 25 g of oleic acid (0.89 g/mL), 2.5 mL drawn to 1 %: 25000 − 2225 mg, u 0.025 · 890 = 22.25 mg
    moved = [Moved("mg", Decimal(25000)), Moved("ml", Decimal("-2.5"), Decimal("0.025") ** 2)]
    left = what_is_left("L-1", "mg", moved, Decimal("0.89"))
    assert (left.value, left.uncertainty) == (Decimal(22775), Decimal("22.25"))
    assert left.text == "22.8 g"


WITHOUT = "without a density nobody can say what is left. Give the density of this lot."


@pytest.mark.parametrize(
    ("unit", "other", "said"),
    [
        ("mg", "ml", f"L-1 is counted in mg and was drawn in mL: {WITHOUT}"),
        ("ml", "mg", f"L-1 is counted in mL and was drawn in mg: {WITHOUT}"),
    ],
)
def test_without_a_density_it_says_so_instead_of_a_wrong_number(unit, other, said):
    moved = [Moved(unit, Decimal(25000)), Moved(other, Decimal("-2.5"))]
    left = what_is_left("L-1", unit, moved, None)
    assert left == Left(None, unit, None, said)
    assert (left.text, left.spread) == ("", "")


def test_all_that_came_and_went_is_added_up_whatever_its_unit():
    # 1000 − 0.5 · 1.2 · 1000 + 50 − 100 = 350 mg; u² = 3² + (0.01 · 1200)² + 4² = 9 + 144 + 16 = 13²
    moved = [
        Moved("mg", Decimal(1000), Decimal(9)),
        Moved("ml", Decimal("-0.5"), Decimal("0.0001")),
        Moved("mg", Decimal(50), Decimal(16)),
        Moved("mg", Decimal(-100)),
    ]
    left = what_is_left("L-1", "mg", moved, Decimal("1.2"))
    assert (left.value, left.uncertainty, left.note) == (350, 13, "")
    assert (left.text, left.spread) == ("350 mg", "13 mg")


def test_the_doubt_of_a_weighing_is_a_doubt_of_the_volume():
    # 8.9 mg of a liquid of 0.89 g/mL are 0.010 mL
    moved = [Moved("ml", Decimal(100)), Moved("mg", Decimal(-890), Decimal("8.9") ** 2)]
    left = what_is_left("L-1", "ml", moved, Decimal("0.89"))
    assert (float(left.value), float(left.uncertainty)) == pytest.approx((99, 0.01))


def test_a_bottle_that_nothing_came_into_holds_nothing():
    left = what_is_left("L-1", "ml", [], None)
    assert (left.value, left.uncertainty, left.text) == (0, 0, "0 mL")


def test_what_is_weighed_from_a_bottle_of_volume_is_a_volume():
    left = what_is_left(
        "L-1", "ml", [Moved("ml", Decimal(100)), Moved("mg", Decimal(-890))], Decimal("0.89")
    )
    assert left.value == Decimal(99)


@given(st.decimals("0.001", "100000", places=3), st.decimals("0.1", "20", places=2))
def test_to_volume_and_back_is_the_same_amount(amount, density):
    there_and_back = converted(converted(amount, "mg", density), "ml", density)
    assert float(there_and_back) == pytest.approx(float(amount), rel=1e-12)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("22919.9", "mg", "22.9 g"),
        ("826.1", "mg", "826.1 mg"),
        ("999.96", "mg", "1000 mg"),
        ("1000", "mg", "1 g"),
        ("-1234.5", "mg", "−1.23 g"),
        ("2500000", "mg", "2.5 kg"),
        ("-15.1", "mg", "−15.1 mg"),
        ("29", "ml", "29 mL"),
        ("0.05", "ml", "0.05 mL"),
        ("1500", "ml", "1.5 L"),
        ("0", "mg", "0 mg"),
        ("0E+5", "mg", "0 mg"),
        ("-0.00001", "mg", "0 mg"),
        ("1000000", "mg", "1 kg"),
        ("999999", "mg", "1000 g"),
        ("1000", "ml", "1 L"),
        ("999.9", "ml", "999.9 mL"),
        ("12345", "ml", "12.3 L"),
        ("0.00012", "ml", "0.0001 mL"),
        ("0.12346", "mg", "0.1235 mg"),
        ("100", "mg", "100 mg"),
    ],
)
def test_amounts_are_written_as_people_read_them(value, unit, words):
    assert readable(Decimal(value), unit) == words


@pytest.mark.parametrize(
    ("u", "unit", "words"),
    [
        ("123.4", "mg", "120 mg"),
        ("22.25", "mg", "22 mg"),
        ("0.5678", "ml", "0.57 mL"),
        ("1234", "mg", "1.2 g"),
        ("987654", "mg", "990 g"),
        ("0.1", "mg", "0.1 mg"),
    ],
)
def test_an_uncertainty_is_written_with_two_digits(u, unit, words):
    assert Left(Decimal(1), unit, Decimal(u)).spread == words
