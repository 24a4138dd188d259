"""Plans that were frozen before ratios and causes stood in them are still read."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from synthesis.chemistry.composition import Addition, weighed_composition

FILE = Path(__file__).resolve().parents[2] / "data" / "plan_frozen_by_algorithm_1.json"
PLAN = json.loads(FILE.read_text("utf-8"))  # CaI2·4H2O of 98 % and a stock of 0.150 ± 0.003 M
LEAD = 173.3 / 461.00894


def recorded(key, amount, unit="mg", **more):
    return Addition(key, Decimal(amount), unit, **more)


def test_an_old_plan_gives_the_ratios_that_it_reported():
    additions = [recorded("pbi2", "173.3"), recorded("cai2", "68.8")]
    found = weighed_composition(PLAN, [*additions, recorded("cs_oleate", "1", "mL")])
    expected = 68.8 * 0.98 / 365.94694 / LEAD
    assert float(found.effective["ratio_ca_pb"].value) == pytest.approx(expected, rel=1e-6)
    assert float(found.ratios["ratio_cs_pb"].value) == pytest.approx(0.150 / LEAD, rel=1e-6)
    caesium = found.effective["ratio_cs_pb"]
    # 2 % of the titre and 1 % of the volume
    relative = (0.02**2 + 0.01**2 + (0.1 / 173.3) ** 2) ** 0.5
    assert float(caesium.uncertainty / caesium.value) == pytest.approx(relative, rel=1e-4)
    assert set(found.waiting_for) == {"ratio_oa_pb", "ratio_ola_pb", "ratio_oa_ola"}


def test_a_bottle_emptied_in_an_old_plan_is_the_recipes_own_salt():
    emptied = recorded("cai2", "55.3", without_bottle=True)
    found = weighed_composition(PLAN, [recorded("pbi2", "173.3"), emptied])
    expected = 55.3 / 293.88694 / LEAD
    assert float(found.ratios["ratio_ca_pb"].value) == pytest.approx(expected, rel=1e-6)
