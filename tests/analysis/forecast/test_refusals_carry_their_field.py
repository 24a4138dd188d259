"""A refusal of the forecast names the condition that it is about, whatever its sentence holds."""

import pytest

from analysis.forecast import Conditions, UnforecastableConditions


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ratio_ca_pb": "lots"}, "ratio_ca_pb"),
        ({"ratio_ca_pb": 0.5, "injection_temperature_c": 900}, "injection_temperature_c"),
        ({"ratio_ca_pb": 0.5, "purification_cycles": 1.5}, "purification_cycles"),
        ({"ratio_ca_pb": 0.5, "seed": "glass"}, "seed"),
        ({"ratio_ca_pb": 0.5, "moon": 1}, "moon"),
        ({"ratio_ca_pb": float("nan")}, "ratio_ca_pb"),
        ({}, "ratio_ca_pb"),
    ],
)
def test_the_field_comes_with_the_refusal(given, field):
    with pytest.raises(UnforecastableConditions) as refusal:
        Conditions.from_dict(given)
    assert refusal.value.field == field
