"""Where nobody has been: the gap of a recipe minus what the lab's own batches measured."""

from __future__ import annotations

import pytest
from django.test import Client

from synthesis.models import Batch, BatchQuantity
from synthesis.services.gaps import open_gaps_of
from tests.analysis.history.factories import assign
from tests.factories import Api, make_batch, make_project, owner_of, shipped_recipe


def weighed(project, value: float, phase: str = "gamma") -> Batch:
    batch = make_batch(project, ratio="0.4")
    BatchQuantity.objects.create(
        batch=batch, key="ratio_ca_pb", basis="weighed", value=value, uncertainty=0.003,
        origin="a test", name="Ca/Pb", position=0,
    )  # fmt: skip
    if phase:
        assign(batch, phase)
    return batch


@pytest.fixture
def lab(db):
    project = make_project()
    return project, owner_of(project)


def gaps_of(user) -> list[tuple[float, float]]:
    found = open_gaps_of(user, shipped_recipe().current.read())["ratio_ca_pb"]
    return [(float(gap.low), float(gap.high)) for gap in found]


def test_the_labs_own_batches_close_a_gap(lab):
    project, mira = lab
    assert gaps_of(mira) == [(0.25, 0.5)]
    weighed(project, 0.375)
    assert gaps_of(mira) == [(0.25, 0.375), (0.375, 0.5)]
    for number in range(1, 25):
        weighed(project, 0.25 + number / 100)
    assert gaps_of(mira) == []


@pytest.mark.parametrize("phase", ["", "failed"])
def test_a_flask_without_a_phase_leaves_it_open(lab, phase):
    project, mira = lab
    weighed(project, 0.375, phase)
    assert gaps_of(mira) == [(0.25, 0.5)]


def test_other_peoples_batches_are_not_known(lab):
    weighed(make_project(), 0.375)
    assert gaps_of(lab[1]) == [(0.25, 0.5)]


def cautions(user, ratio: float) -> list[str]:
    body = Api(user).post(
        "recipes/cspbi3-seed-core-shell/plan/", {"ratio_ca_pb": ratio, "lead_mmol": 0.376}
    )
    return [w["message"] for w in body.json()["warnings"] if w["code"] == "unmeasured_gap"]


def test_plan_today_forecast_and_history_say_the_same(lab):
    project, mira = lab
    visitor = Client()
    visitor.force_login(mira)
    make_batch(project)
    assert "0.25 and 0.5" in cautions(mira, 0.3)[0]
    assert "0.25 and 0.5" in visitor.get("/").content.decode()
    asked = {"ratio_ca_pb": "0.3"}
    assert "between 0.25 and 0.5" in visitor.get("/forecast/", asked).content.decode()
    weighed(project, 0.31)
    assert "0.25 and 0.31" in cautions(mira, 0.3)[0]
    assert "0.31 and 0.5" in cautions(mira, 0.4)[0]
    assert "0.31 and 0.5" in visitor.get("/").content.decode()
    assert "between 0.25 and 0.31" in visitor.get("/forecast/", asked).content.decode()
    for number in range(1, 25):
        weighed(project, 0.25 + number / 100)
    assert cautions(mira, 0.3) == []
    today = visitor.get("/").content.decode()
    assert "Where nobody has been" not in today
    told = visitor.get("/forecast/", asked).content.decode()
    assert "Nobody has measured" not in told
    assert "your own batches did" in told
    assert "gapfill" not in visitor.get("/history/").content.decode()
