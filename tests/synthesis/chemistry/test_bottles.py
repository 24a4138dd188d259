"""What is left in a bottle, and how it is said."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.chemistry.bottles import Moved, converted, readable, what_is_left


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


def test_without_a_density_it_says_so_instead_of_a_wrong_number():
    left = what_is_left(
        "L-1", "mg", [Moved("mg", Decimal(25000)), Moved("ml", Decimal("-2.5"))], None
    )
    assert left.value is None
    assert "density" in left.note
    assert "L-1 is counted in mg and was drawn in mL" in left.note


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
    ],
)
def test_amounts_are_written_as_people_read_them(value, unit, words):
    assert readable(Decimal(value), unit) == words
