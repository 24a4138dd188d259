"""What a lab may rely on once its own labelled flasks are in the forecast."""

import json

import pytest

from analysis.forecast import (
    PHASES,
    Conditions,
    Labelled,
    LabModel,
    UnlearnableRow,
    UnreadableModel,
    curve_along_ratio,
    forecast_phase,
)
from analysis.forecast.backtest import backtest


def flasks(*pairs):
    return [
        Labelled(Conditions(ratio_ca_pb=ratio), phase, key=f"B-{i}")
        for i, (ratio, phase) in enumerate(pairs, 1)
    ]


LATE = flasks(
    (0.5, "alpha"),
    (0.6, "alpha"),
    (0.75, "gamma"),
    (0.55, "alpha"),
    (0.8, "gamma"),
    (0.65, "alpha"),
)
AGAINST = flasks(
    (0.0, "gamma"),
    (0.1, "delta"),
    (0.75, "alpha"),
    (0.6, "failed"),
    (0.05, "gamma"),
    (0.7, "delta"),
)


def gamma_at(ratio, model=None):
    return forecast_phase(Conditions(ratio_ca_pb=ratio), model=model).phase["gamma"].value


def test_without_flasks_it_is_the_paper():
    empty = LabModel.learn([])
    assert empty.summary()["n"] == 0
    assert gamma_at(0.5, empty) == gamma_at(0.5)
    assert backtest([]).as_dict()["n"] == 0


def test_a_threshold_further_up_is_learned():
    model = LabModel.learn(LATE)
    assert gamma_at(0.5) > 0.5
    assert gamma_at(0.5, model) < 0.25
    assert not model.summary()["prior_contradicted"]
    curve = curve_along_ratio(Conditions(ratio_ca_pb=0.5), [0.5, 0.8], model)
    assert curve[0].phase["gamma"].value == pytest.approx(gamma_at(0.5, model))


def test_a_lab_unlike_the_paper_is_told_and_forecast_with_little_certainty():
    model = LabModel.learn(AGAINST)
    forecast = forecast_phase(Conditions(ratio_ca_pb=0.7), model=model)
    assert model.summary()["prior_contradicted"]
    assert any("contradict the paper" in said for said in forecast.sentences)
    assert max(chance.value for chance in forecast.phase.values()) < 0.5


def test_nearest_flasks_stand_beside_the_papers_rows():
    rows = forecast_phase(Conditions(ratio_ca_pb=0.61), model=LabModel.learn(LATE)).evidence
    assert rows[0].batch == "B-2"
    assert [row.distance for row in rows] == sorted(row.distance for row in rows)
    assert sum(row.batch == "" for row in rows) == 6


def test_the_stored_bytes_give_the_same_forecast_and_never_differ():
    model = LabModel.learn(LATE)
    data = model.to_bytes()
    assert data == LabModel.learn(LATE).to_bytes()
    again = LabModel.from_bytes(data)
    asked = Conditions(ratio_ca_pb=0.45, precursor_appearance="clear")
    assert forecast_phase(asked, model=again).as_dict() == (
        forecast_phase(asked, model=model).as_dict()
    )
    assert again.to_bytes() == data
    assert json.loads(json.dumps(model.summary(), allow_nan=False)) == model.summary()


@pytest.mark.parametrize("data", [b"", b"nonsense", LabModel.learn(LATE).to_bytes()[:500]])
def test_bytes_that_are_no_model_are_refused(data):
    with pytest.raises(UnreadableModel):
        LabModel.from_bytes(data)


@pytest.mark.parametrize(
    "wrong", [{"phase": "beta"}, {"ratio_u": -1.0}, {"ratio_u": float("nan")}, {"confidence": 1.5}]
)
def test_a_label_that_makes_no_sense_is_refused_with_its_batch(wrong):
    with pytest.raises(UnlearnableRow, match="B-7"):
        Labelled(Conditions(0.5), **{"phase": "gamma", "key": "B-7", **wrong})


def test_the_backtest_scores_the_model_beside_simpler_ones():
    said = backtest(LATE).as_dict()
    assert said["n"] == len(LATE)
    assert said["model"]["log_loss"] < said["paper"]["log_loss"]
    assert {miss["key"] for miss in said["misses"]} <= {row.key for row in LATE}
    assert set(PHASES) >= {miss["said"] for miss in said["misses"]}
    assert json.loads(json.dumps(said, allow_nan=False)) == said
