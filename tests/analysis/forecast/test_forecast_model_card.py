"""The page that explains the model tells evidence from guess."""

import json

from analysis.forecast import Conditions, forecast_phase, model_card


def test_the_card_is_ready_for_a_page():
    assert json.loads(json.dumps(model_card(), allow_nan=False)) == model_card()


def test_the_card_names_the_model_that_forecasts():
    card, model = model_card(), forecast_phase(Conditions(ratio_ca_pb=0.5)).as_dict()["model"]
    assert {key: card[key] for key in model} == model


def test_the_card_tells_evidence_from_guess():
    card = model_card()
    kinds = ("with_evidence", "guessed", "integrated_over", "not_used")
    used = {name for kind in kinds for name in card[f"inputs_{kind}"]}
    assert used == set(Conditions(ratio_ca_pb=0.5).as_dict()) - {"precursor_appearance"}
    assert {prior["name"] for prior in card["priors"] if prior["basis"] == "paper"} == {
        "threshold",
        "pbs_shift",
    }


def test_the_card_says_that_nobody_has_tested_it():
    assert any("never been tested" in limit for limit in model_card()["limits"])


def test_a_guessed_input_changes_the_forecast_and_says_it_is_a_guess():
    plain = forecast_phase(Conditions(ratio_ca_pb=0.5))
    for change in ({"reaction_seconds": 10}, {"cs_to_pb": 0.6}, {"humidity_percent": 40}):
        changed = forecast_phase(Conditions(ratio_ca_pb=0.5, **change))
        assert changed.phase != plain.phase
        assert any("it is a guess here" in said for said in changed.sentences)
