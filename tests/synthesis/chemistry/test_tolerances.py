"""How far off the plan is still as planned, and what is asked about."""

from decimal import Decimal

import pytest

from synthesis.chemistry.tolerances import Tolerance, of_amount


@pytest.mark.parametrize(
    ("unit", "weighed", "severity"),
    [
        # 2 % of 55.3 mg is 1.106 mg; five times that, 5.53 mg
        ("mg", "56.406", ""),
        ("mg", "56.407", "minor"),
        ("mg", "54.194", ""),
        ("mg", "54.193", "minor"),
        ("mg", "60.83", "minor"),
        ("mg", "60.84", "major"),
        ("mg", "49.76", "major"),
        ("mg", "0", "major"),
        # 5 % of 55.3 mL is 2.765 mL; five times that, 13.825 mL
        ("ml", "58.065", ""),
        ("ml", "58.066", "minor"),
        ("ml", "69.125", "minor"),
        ("ml", "69.126", "major"),
    ],
)
def test_an_amount_is_off_from_its_tolerance_on_and_far_off_from_five_times_it(
    unit, weighed, severity
):
    assert of_amount(Decimal("55.3"), unit).severity(Decimal(weighed)) == severity


def test_nothing_planned_leaves_no_room():
    assert of_amount(Decimal(0), "mg").severity(Decimal("0.1")) == "major"
    assert of_amount(Decimal(0), "mg").severity(Decimal(0)) == ""


@pytest.mark.parametrize(
    ("planned", "typed", "words"),
    [
        ("55.3", "553", "10 times"),
        ("55.3", "5530", "100 times"),
        ("55.3", "5.53", "1/10 of"),
        ("170", "1.7", "1/100 of"),
        ("55.3", "526", "10 times"),  # 9.51 times: the point slipped, and a little more was weighed
        ("55.3", "520", ""),  # 9.40 times
        ("55.3", "55.3", ""),
        ("55.3", "110.6", ""),
        ("0", "5", ""),
        ("55.3", "0", ""),
        ("-78", "-780", ""),  # a temperature has no tenfold
    ],
)
def test_a_slipped_decimal_point_is_known_by_its_power_of_ten(planned, typed, words):
    assert Tolerance(Decimal(planned), Decimal(1)).slip(Decimal(typed)) == words


def test_said_as_planned_may_lie_anywhere_within_the_tolerance():
    # a rectangle of half width a has the standard uncertainty a / sqrt(3) (GUM 4.3.7): 0.05 mL / 1.732
    assert of_amount(Decimal("1.00"), "ml").as_planned_uncertainty == pytest.approx(
        Decimal("0.028868"), rel=Decimal("1e-4")
    )
