"""A forecast is held to account once the phase is known."""

import math

import pytest

from analysis.forecast import PHASES, Conditions, UnscorablePhase, forecast_phase, score


def stored(**values):
    return {"phase": {phase: {"value": values[phase]} for phase in PHASES}}


SURE_OF_GAMMA = stored(alpha=0.1, mixed=0.2, gamma=0.6, delta=0.05, failed=0.05)


def test_a_hit_is_scored_by_hand():
    result = score(SURE_OF_GAMMA, "gamma")
    assert result.hit
    assert result.probability_of_observed == 0.6
    assert result.log_score == pytest.approx(-math.log(0.6))
    assert result.brier == pytest.approx(0.1**2 + 0.2**2 + 0.4**2 + 2 * 0.05**2)
    assert result.better_than_uniform


def test_a_miss_costs_more_than_knowing_nothing():
    result = score(SURE_OF_GAMMA, "alpha")
    assert not result.hit
    assert not result.better_than_uniform
    assert result.as_dict()["uniform_log_score"] == pytest.approx(-math.log(1 / 5))


def test_knowing_nothing_scores_the_uniform_reference():
    result = score(stored(**dict.fromkeys(PHASES, 0.2)), "delta")
    assert result.log_score == pytest.approx(math.log(5))
    assert result.brier == pytest.approx(0.8)


@pytest.mark.parametrize("observed", PHASES)
def test_a_forecast_scores_the_same_fresh_and_stored(observed):
    fresh = forecast_phase(Conditions(ratio_ca_pb=0.5))
    assert score(fresh, observed).log_score == pytest.approx(
        score(fresh.as_dict(), observed).log_score
    )


@pytest.mark.parametrize("observed", ["beta", "undetermined", ""])
def test_a_phase_without_a_chance_cannot_be_scored(observed):
    with pytest.raises(UnscorablePhase, match="no chance for"):
        score(SURE_OF_GAMMA, observed)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"phase": None},
        {"phase": {"gamma": {"value": 1}}},
        stored(**dict.fromkeys(PHASES, 0.3)),
        stored(alpha=0, mixed=0, gamma=1, delta=0, failed=0),
        stored(**dict.fromkeys(PHASES, math.nan)),
    ],
)
def test_a_broken_stored_forecast_is_refused_in_words(broken):
    with pytest.raises(UnscorablePhase, match="stored forecast"):
        score(broken, "gamma")
