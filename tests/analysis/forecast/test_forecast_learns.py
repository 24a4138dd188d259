"""What a lab may rely on once its own labelled flasks are in the forecast."""

import json

import numpy as np
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
from analysis.forecast.labelled import counted
from analysis.forecast.predict import published


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


def test_the_uncertainty_of_r_is_integrated_over():
    # ours widens a logistic; here the forecasts along R are averaged
    u = 0.15
    near = forecast_phase(Conditions(ratio_ca_pb=0.2, ratio_ca_pb_u=u))
    steps = 0.2 + u * np.linspace(-3, 3, 41)
    share = np.exp(-0.5 * ((steps - 0.2) / u) ** 2)
    there = curve_along_ratio(Conditions(0.2), np.maximum(steps, 0).tolist())
    for phase in PHASES:
        mean = np.average([point.phase[phase].value for point in there], weights=share)
        assert near.phase[phase].value == pytest.approx(mean, abs=0.015)
    assert near.phase["gamma"].value > gamma_at(0.2) + 0.03


def test_a_label_without_confidence_teaches_nothing():
    doubted = [Labelled(row.conditions, row.phase, confidence=0.0) for row in LATE]
    other = [Labelled(row.conditions, "delta", confidence=0.0) for row in LATE]
    assert gamma_at(0.5, LabModel.learn(doubted)) == pytest.approx(
        gamma_at(0.5, LabModel.learn(other)), abs=1e-6
    )
    sure, half = (
        LabModel.learn(LATE),
        LabModel.learn([Labelled(row.conditions, row.phase, confidence=0.5) for row in LATE]),
    )
    assert gamma_at(0.5, sure) < gamma_at(0.5, half) < gamma_at(0.5)


def test_a_flask_repeated_ten_times_counts_for_fewer_and_a_batch_named_twice_once():
    once = flasks((0.3, "gamma"))
    repeats = flasks(*[(0.3, "gamma")] * 10)
    apart = flasks(*[(0.3 + 0.001 * i, "gamma") for i in range(10)])
    assert counted(repeats).sum() == pytest.approx(10 / 2.8)
    assert gamma_at(0.3, LabModel.learn(once)) < gamma_at(0.3, LabModel.learn(repeats))
    assert gamma_at(0.3, LabModel.learn(repeats)) < gamma_at(0.3, LabModel.learn(apart))
    assert counted([*once, *once]).sum() == pytest.approx(1)


def test_repeats_that_disagree_stay_spread():
    model = LabModel.learn(flasks(*[(0.3, "gamma"), (0.3, "alpha")] * 10))
    said = forecast_phase(Conditions(ratio_ca_pb=0.3), model=model).phase
    assert 0.25 < said["gamma"].value < 0.6
    assert 0.25 < said["alpha"].value < 0.6


@pytest.mark.parametrize("count", [1, 4, 5, 15])
def test_a_lab_that_only_ever_saw_one_phase_is_not_certain_elsewhere(count):
    rows = flasks(*[(0.5 + 0.002 * i, "gamma") for i in range(count)])
    model = LabModel.learn(rows)
    assert gamma_at(0.52, model) > gamma_at(0.52) - 0.02
    elsewhere = forecast_phase(Conditions(ratio_ca_pb=0.1), model=model)
    paper = forecast_phase(Conditions(ratio_ca_pb=0.1))
    assert elsewhere.phase["alpha"].value < paper.phase["alpha"].value + 0.02
    assert LabModel.from_bytes(model.to_bytes()).to_bytes() == model.to_bytes()


def test_extreme_recipes_are_learned_from_without_certainty_about_plain_ones():
    rows = [
        Labelled(Conditions(r, injection_temperature_c=t, reaction_seconds=s), phase)
        for r, t, s, phase in [(9, 310, 80_000, "failed"), (0, 25, 0.2, "failed")] * 9
    ]
    model = LabModel.learn(rows)
    plain = forecast_phase(Conditions(0.5), model=model)
    assert max(chance.value for chance in plain.phase.values()) < 0.8
    there = forecast_phase(rows[0].conditions, model=model)
    assert there.likeliest == "failed"
    assert there.in_domain


def test_a_lab_near_a_forecast_brings_it_into_the_evidence():
    hot = Conditions(0.5, injection_temperature_c=195)
    model = LabModel.learn([Labelled(hot, "gamma", key="B-9")])
    assert not forecast_phase(hot).in_domain
    assert forecast_phase(hot, model=model).in_domain
    assert forecast_phase(hot, model=model).evidence[0].batch == "B-9"
    assert not any("is a guess" in said for said in forecast_phase(hot, model=model).sentences)


def test_what_the_lab_has_tried_is_no_longer_called_a_guess():
    asked = Conditions(0.5, reaction_seconds=20, cs_to_pb=0.6)
    model = LabModel.learn([Labelled(Conditions(0.4, reaction_seconds=15), "gamma")])
    said = " ".join(forecast_phase(asked, model=model).sentences)
    assert "no evidence on the effect of Cs:Pb: it is a guess" in said
    assert "Only this lab's own batches speak of the effect of reaction time" in said


def test_a_map_says_what_the_single_forecasts_say():
    model = LabModel.learn(AGAINST)
    asked = [Conditions(0.1), Conditions(0.4, reaction_seconds=600), Conditions(0.7, seed="PbS")]
    for conditions, said in zip(asked, published(asked, model), strict=True):
        alone = forecast_phase(conditions, model=model).phase
        # a map takes every eighth draw
        assert said == pytest.approx([alone[phase].value for phase in PHASES], abs=0.03)
    assert published([], model).shape == (0, 5)
