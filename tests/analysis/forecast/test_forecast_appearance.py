"""The second forecast, made once the precursor has been seen."""

import numpy as np
import pytest

from analysis.forecast import Conditions, forecast_phase
from analysis.forecast.appearance import given_appearance, trust


def seen(appearance, **conditions):
    return forecast_phase(
        Conditions(**{"ratio_ca_pb": 0.375, **conditions}, precursor_appearance=appearance)
    )


def test_the_first_forecast_ignores_the_look():
    assert seen("clear").phase == seen("turbid").phase == seen(None).phase


def test_no_look_no_second_forecast():
    assert seen(None).after_appearance is None


def test_a_clear_flask_speaks_for_alpha_and_particles_for_gamma():
    before = seen(None).phase
    assert seen("clear").after_appearance["alpha"].value > before["alpha"].value + 0.1
    for appearance in ("colloidal", "turbid", "precipitate"):
        assert seen(appearance).after_appearance["gamma"].value > before["gamma"].value + 0.1


def test_the_look_is_trusted_as_far_as_four_rows_allow():
    assert trust() == pytest.approx(5 / 6)


def test_the_second_forecast_follows_bayes_rule():
    draws = np.random.default_rng(3).dirichlet(np.ones(5), size=(20_000, 1))
    likelihood = np.array([5 / 6, 1 / 2, 1 / 6, 1 / 2, 1 / 2])
    joint = draws.mean(axis=(0, 1)) * likelihood
    conditioned = given_appearance(draws, "clear").mean(axis=(0, 1))
    assert conditioned == pytest.approx(joint / joint.sum(), abs=0.01)


def test_on_lead_sulfide_seeds_the_look_is_kept_and_said_to_be_unused():
    forecast = seen("colloidal", seed="PbS")
    assert forecast.after_appearance is None
    assert forecast.conditions.precursor_appearance == "colloidal"
    assert any("kept but not used" in said for said in forecast.sentences)
