"""An amount of a bottle: typed with its unit, or beside the unit that is chosen."""

from decimal import Decimal

import pytest

from synthesis.forms import StockForm


@pytest.mark.parametrize(
    ("typed", "chosen", "amount", "unit"),
    [
        ("1e3", "ml", "1000", "ml"),  # the e of a power of ten is no unit
        ("1 x 10^2", "ml", "100", "ml"),
        ("2,5", "mg", "2.5", "mg"),
        ("30 mL", "mg", "30", "ml"),
        ("1e-2 L", "mg", "10", "ml"),
        ("1e3 µg", "ml", "1", "mg"),
    ],
)
def test_a_typed_unit_decides_and_a_power_of_ten_is_none(typed, chosen, amount, unit):
    form = StockForm({"amount_received": typed, "amount_unit": chosen})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["amount_received"] == Decimal(amount)
    assert form.cleaned_data["amount_unit"] == unit


def test_what_is_no_number_is_refused_in_words():
    form = StockForm({"amount_received": "a bit", "amount_unit": "ml"})
    assert "does not start with a number" in form.errors["amount_received"][0]
