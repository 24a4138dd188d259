"""Nonsense is refused in words."""

import math
from decimal import Decimal

import numpy as np
import pytest

from analysis.forecast import Conditions, UnforecastableConditions


def test_the_contract_call_is_read():
    asked = Conditions.from_dict(
        {
            "ratio_ca_pb": 0.5,
            "injection_temperature_c": 170,
            "seed": "CaIx",
            "purification_cycles": 1,
        }
    )
    assert asked == Conditions(ratio_ca_pb=0.5)


def test_conditions_survive_a_round_trip():
    asked = Conditions(ratio_ca_pb=0.3, oa_to_pb=6.0, precursor_appearance="turbid", lead_mmol=0.2)
    assert Conditions.from_dict(asked.as_dict()) == asked


@pytest.mark.parametrize("typed", [Decimal("0.50"), np.float64(0.5), np.float32(0.5)])
def test_any_kind_of_real_number_is_taken(typed):
    assert Conditions(ratio_ca_pb=typed) == Conditions(ratio_ca_pb=0.5)


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("ratio_ca_pb", math.nan, "finite number"),
        ("ratio_ca_pb", math.inf, "finite number"),
        ("ratio_ca_pb", Decimal("NaN"), "finite number"),
        ("ratio_ca_pb", Decimal("sNaN"), "finite number"),
        ("ratio_ca_pb", -0.1, "0 to 10"),
        ("ratio_ca_pb", 50, "0 to 10"),
        ("ratio_ca_pb", True, "must be a number"),
        ("ratio_ca_pb", "half", "must be a number"),
        ("ratio_ca_pb", [0.5], "must be a number, not a list"),
        ("injection_temperature_c", 443.15, "20 to 320 °C"),
        ("injection_temperature_c", None, "must be a number"),
        ("purification_cycles", 1.5, "whole washes"),
        ("purification_cycles", -1, "0 to 20"),
        ("reaction_seconds", 0, "0.1 to 86400 s"),
        ("cs_to_pb", 0, "0.01 to 100"),
        ("oa_to_pb", -1, "0.01 to 1000"),
        ("ola_to_pb", math.nan, "finite number"),
        ("humidity_percent", 101, "0 to 100 %"),
        ("lead_mmol", -0.4, "mmol"),
        ("seed", "CaI2", "CaIx, PbS, none"),
        ("seed", None, "CaIx, PbS, none"),
        ("seed", ["CaIx"], "CaIx, PbS, none"),
        ("precursor_appearance", "pink", "clear, colloidal, turbid, precipitate"),
    ],
)
def test_an_impossible_condition_is_refused_in_words(name, typed, words):
    with pytest.raises(UnforecastableConditions) as refusal:
        Conditions.from_dict({"ratio_ca_pb": 0.5, name: typed})
    assert name in str(refusal.value)
    assert words in str(refusal.value)


@pytest.mark.parametrize("given", [{}, {"ratio_ca_pb": None}, {"seed": "PbS"}])
def test_a_missing_ratio_is_asked_for(given):
    with pytest.raises(UnforecastableConditions, match="Give ratio_ca_pb"):
        Conditions.from_dict(given)


def test_an_unknown_key_is_named_and_the_known_ones_listed():
    with pytest.raises(UnforecastableConditions, match=r"does not know ratio\b.*ratio_ca_pb"):
        Conditions.from_dict({"ratio_ca_pb": 0.5, "ratio": 0.5})


@pytest.mark.parametrize("given", [None, [], "0.5", 0.5])
def test_something_that_is_no_mapping_is_refused(given):
    with pytest.raises(UnforecastableConditions, match="names and values"):
        Conditions.from_dict(given)


@pytest.mark.parametrize("digits", [50, 5000])
def test_a_number_too_long_to_print_is_refused_in_words(digits):
    for typed in (10**digits, -(10**digits)):
        with pytest.raises(UnforecastableConditions, match="ratio_ca_pb must be"):
            Conditions.from_dict({"ratio_ca_pb": typed})
    with pytest.raises(UnforecastableConditions, match="must be a number, not a list"):
        Conditions.from_dict({"ratio_ca_pb": [10**digits]})


def test_a_long_text_is_cut_in_the_refusal():
    with pytest.raises(UnforecastableConditions) as refusal:
        Conditions.from_dict({"ratio_ca_pb": 0.5, "seed": "x" * 10_000})
    assert len(str(refusal.value)) < 200
