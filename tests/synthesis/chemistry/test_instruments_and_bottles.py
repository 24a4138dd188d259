"""Balances, pipettes and bottles as documents, and what instruments leave uncertain."""

from decimal import Decimal

import pytest

from synthesis.chemistry.planning import Balance, PlanRefused, Source
from tests.synthesis.chemistry.written import reads_well


def test_a_balance_and_its_pipette_are_kept_and_read_back():
    plain = Balance().as_dict()
    assert plain == {
        "resolution_mg": "0.1", "uncertainty_mg": "0.1", "volume_uncertainty_percent": "1",
    }  # fmt: skip
    assert Balance.from_dict(plain) == Balance()
    full = Balance(
        Decimal("0.01"), Decimal("0.02"), Decimal("0.5"), Decimal("0.03"), Decimal("0.004"), "B-1", "P-1"
    )  # fmt: skip
    assert full.as_dict() == {
        "resolution_mg": "0.01", "uncertainty_mg": "0.02", "volume_uncertainty_percent": "0.5",
        "uncertainty_percent": "0.03", "volume_uncertainty_ml": "0.004", "code": "B-1", "pipette": "P-1",
    }  # fmt: skip
    assert Balance.from_dict(full.as_dict()) == full


def test_what_is_the_same_for_every_amount_and_what_grows_with_it_count_in_quadrature():
    balance = Balance(
        uncertainty_mg=Decimal("0.03"), uncertainty_percent=Decimal("0.04"),
        volume_uncertainty_percent=Decimal("0.3"), volume_uncertainty_ml=Decimal("0.004"),
    )  # fmt: skip
    assert balance.mass_uncertainty(Decimal(100)) == Decimal("0.05")  # 0.03 and 0.04 mg
    assert balance.volume_uncertainty(Decimal(1)) == Decimal("0.005")  # 0.004 and 0.003 mL
    assert balance.relative_volume(Decimal(1)) == Decimal("0.005")
    assert balance.relative_volume(Decimal(0)) == 0
    assert Balance().mass_uncertainty(Decimal(100)) == Decimal("0.1")
    assert Balance().volume_uncertainty(Decimal(2)) == Decimal("0.02")


@pytest.mark.parametrize("value", ["-0.1", "nan", "inf"])
def test_an_instrument_that_cannot_be_is_refused(value):
    with pytest.raises(PlanRefused) as refusal:
        Balance(uncertainty_mg=Decimal(value))
    reads_well(str(refusal.value))
    assert "The balance's uncertainty_mg is" in str(refusal.value)


def test_a_bottle_is_kept_with_what_is_known_of_it():
    source = Source(
        "L-1", "PbI2", Decimal("0.990"), "titration", density_g_ml=Decimal("6.16"),
        composition={"Cs": (Decimal("0.10"), Decimal("0.01"))}, origin="weighed",
    )  # fmt: skip
    assert source.as_dict() == {
        "code": "L-1", "formula": "PbI2", "assay": "0.990", "assay_kind": "titration",
        "density_g_ml": "6.16", "origin": "weighed", "composition": {"Cs": ["0.10", "0.01"]},
    }  # fmt: skip
    assert "composition" not in Source("L-2").as_dict()
