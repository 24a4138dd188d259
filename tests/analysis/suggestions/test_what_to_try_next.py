"""What is suggested: truths from simulated labs and formulas that the suggestions know nothing of."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from analysis.forecast import Conditions
from analysis.forecast.labelled import Labelled
from analysis.forecast.learned import LabModel
from analysis.forecast.model import PRIORS
from analysis.suggestions import (
    CauseOfU,
    Made,
    NothingToSuggest,
    confirm_champion,
    fill_gap,
    find_boundary,
    improve,
    repeat_disagreeing,
    value_of_information,
)
from analysis.suggestions.best import _expected_improvement
from analysis.suggestions.boundary import boundary
from analysis.suggestions.suggestion import PLQY, candidates
from analysis.suggestions.value import said

FLASK = Conditions(ratio_ca_pb=0.5)
RATIOS = candidates(0, 1, 0.0125)


def sharp_model(*thresholds):
    """A model that is sure of everything but the boundary, which is one of ``thresholds``; always black."""
    means = {prior.name: prior.mean for prior in PRIORS}
    means |= {"ln_width": math.log(1e-3), "ln_cut": math.log(1e-3), "black": 30.0}
    means |= {"black_above_0_8": 0.0}
    draws = np.array(
        [[{**means, "threshold": t}[prior.name] for prior in PRIORS] for t in thresholds]
    )
    weights = {"prior": 1.0, "gaussian_process": 0.0, "frequencies": 0.0}
    return LabModel(rows=(), draws=draws, seen=np.zeros(5), weights=weights)


def lab(threshold, seed):
    """Return how a flask at R comes out in a lab whose boundary shifts from batch to batch by 0.02."""
    dice = np.random.default_rng(seed)

    def outcome(ratio):
        drive = (ratio - threshold - 0.02 * dice.standard_normal()) / 0.03
        if dice.random() < 0.03:
            return str(dice.choice(["alpha", "mixed", "gamma"]))
        alpha, gamma = 1 / (1 + math.exp(drive + 1)), 1 / (1 + math.exp(1 - drive))
        return str(dice.choice(["alpha", "mixed", "gamma"], p=[alpha, 1 - alpha - gamma, gamma]))

    return outcome


def test_an_empty_lab_is_sent_into_the_gap_of_the_paper():
    (first,) = find_boundary(LabModel.paper(), FLASK, RATIOS)
    assert 0.25 < first.ratio < 0.5
    assert "80 %" in first.why
    assert 0 < first.gain < math.log2(5)
    assert first.about["u_after"] < first.about["u_now"]


def test_two_possible_boundaries_are_told_apart_between_them_and_worth_a_bit_less_the_label_noise():
    """By hand: of 100 labels 4 are drawn by lot from five, so each outcome is right with 0.968."""
    (first,) = find_boundary(sharp_model(0.2, 0.6), FLASK, RATIOS)
    assert 0.2 < first.ratio < 0.6
    right, wrong = 0.96 + 0.04 / 5, 0.04 / 5
    both = -2 * ((right + wrong) / 2) * math.log2((right + wrong) / 2) - 3 * wrong * math.log2(
        wrong
    )
    known = -right * math.log2(right) - 4 * wrong * math.log2(wrong)
    assert first.gain == pytest.approx(both - known, abs=1e-3)


def test_a_flask_on_the_way_is_not_asked_for_again():
    model = sharp_model(0.2, 0.4, 0.6, 0.8)
    first, second, third = find_boundary(model, FLASK, RATIOS, n=3)
    assert 0.4 < first.ratio < 0.6
    assert not 0.4 < second.ratio < 0.6
    assert second.gain < first.gain
    pending = [Made("NC-0001", first.ratio)]
    (beside,) = find_boundary(model, FLASK, RATIOS, pending=pending)
    assert beside.ratio == second.ratio
    assert "1 that is on the way" in beside.why
    assert third.gain <= second.gain + 1e-9


@pytest.mark.parametrize(("threshold", "seed"), [(0.2, 3), (0.62, 4)])
def test_ten_suggested_flasks_find_a_boundary_that_is_far_from_the_papers(threshold, seed):
    rows, make = [], lab(threshold, seed)
    for _ in range(10):
        (next_one,) = find_boundary(LabModel.learn(rows), FLASK, RATIOS)
        conditions = Conditions(ratio_ca_pb=next_one.ratio)
        rows.append(Labelled(conditions, make(next_one.ratio)))
    found = boundary(LabModel.learn(rows), FLASK)
    assert found.value == pytest.approx(threshold, abs=0.05)
    assert found.low < threshold < found.high or abs(found.value - threshold) < 2 * found.sd


def test_expected_improvement_is_the_integral_of_what_is_better():
    for mean, sd, best in [(90.0, 5.0, 88.0), (70.0, 10.0, 95.0)]:
        integral, _ = quad(lambda y, m=mean, s=sd, b=best: (y - b) * norm.pdf(y, m, s), best, 250)
        assert _expected_improvement(mean, sd, best) == pytest.approx(integral, rel=1e-6)


def test_the_best_gamma_is_found_where_a_lab_has_it():
    def plqy(ratio):
        return 95 - 250 * (ratio - 0.68) ** 2

    made = []
    for number in range(6):
        (one,) = improve(LabModel.paper(), FLASK, RATIOS, made)
        made.append(Made(f"NC-{number:04d}", one.ratio, "gamma", plqy(one.ratio), 2.0))
    assert max(one.quality for one in made) > 93


def test_what_else_was_tried_is_varied_and_nothing_that_was_not():
    def plqy(ratio, celsius):
        return 90 - 200 * (ratio - 0.6) ** 2 - 0.05 * (celsius - 160) ** 2

    tried = {"injection_temperature_c": [160.0, 170.0, 180.0], "purification_cycles": [1.0, 1.0]}
    made = [
        Made(f"NC-{r:g}-{t:g}", r, "gamma", plqy(r, t), 2.0, {"injection_temperature_c": t})
        for r in (0.3, 0.5, 0.7, 0.9)
        for t in (160.0, 170.0, 180.0)
    ]
    (one,) = improve(LabModel.paper(), FLASK, RATIOS, made, tried=tried)
    assert one.others == {"injection_temperature_c": 160.0}
    assert 0.5 <= one.ratio <= 0.7
    assert "injection at 160 °C" in one.why
    alone = {name: values[:1] for name, values in tried.items()}
    (as_ever,) = improve(LabModel.paper(), FLASK, RATIOS, made, tried=alone)
    assert as_ever.others == {}


def test_where_gamma_is_unlikely_a_high_figure_is_not_looked_for():
    bright = [Made("NC-0001", 0.1, "alpha", 99.0, 1.0), Made("NC-0002", 0.6, "gamma", 90.0, 1.0)]
    for one in improve(LabModel.paper(), FLASK, RATIOS, bright, n=3):
        assert one.ratio > 0.3
        assert one.about["p_gamma"] > 0.2
        assert 0 <= one.about["expected"] <= PLQY.ceiling


def test_flasks_made_alike_that_disagree_are_made_again():
    made = [
        Made("NC-0001", 0.40, "gamma"),
        Made("NC-0002", 0.41, "alpha"),
        Made("NC-0003", 0.60, "gamma"),
        Made("NC-0004", 0.61, "gamma"),
        Made("NC-0005", 0.40, None),
    ]
    (one,) = repeat_disagreeing(made, n=3)
    assert one.ratio == pytest.approx(0.405)
    assert "NC-0001 γ" in one.why
    assert "NC-0002 α" in one.why
    with pytest.raises(NothingToSuggest, match="No two batches"):
        repeat_disagreeing(made[2:])


def test_the_best_of_many_is_expected_to_fall_back_towards_the_mean():
    values = [70.0, 72.0, 69.0, 71.0, 90.0]
    made = [Made(f"NC-{n}", 0.1 * n, "gamma", v, 3.0) for n, v in enumerate(values)]
    one = confirm_champion(made, PLQY)[0]
    assert one.ratio == pytest.approx(0.4)
    assert np.mean(values) < one.about["expected"] < 90
    with pytest.raises(NothingToSuggest, match="from three on"):
        confirm_champion(made[:2], PLQY)


def test_the_widest_gap_is_filled_first():
    made = [Made("NC-0001", 0.1), Made("NC-0002", 0.2), Made("NC-0003", 0.95)]
    first, second = fill_gap(made, RATIOS, [0.0], n=2)
    assert first.ratio == pytest.approx(0.575, abs=0.013)
    assert "between R 0.2 and 0.95" in first.why
    assert second.ratio in (pytest.approx(0.3875, abs=0.02), pytest.approx(0.7625, abs=0.02))


def test_what_moves_the_chance_most_is_measured_first():
    small, large = (
        CauseOfU("the balance", 0.001),
        CauseOfU("the water in calcium iodide", 0.15, True),
    )
    found = value_of_information(LabModel.paper(), FLASK, [small, large], RATIOS)
    assert found[0].words == large.words
    assert "only assumed" in said(found)
    without = value_of_information(LabModel.paper(), FLASK, [small], RATIOS)
    assert without[0].is_flasks
    assert said(without).startswith("Make flasks first")


def test_the_worth_of_a_cause_is_the_scatter_of_the_chance_over_it():
    model = LabModel.paper()
    rng = np.random.default_rng(8)
    at = Conditions(ratio_ca_pb=0.4)
    some = [Conditions(ratio_ca_pb=0.4 + 0.05 * z) for z in rng.standard_normal(400)]
    scatter = model.mixture(some)[0][:, 2].std()
    found = value_of_information(model, at, [CauseOfU("the assay", 0.05)], RATIOS)
    worth = next(one.worth for one in found if not one.is_flasks)
    assert worth == pytest.approx(scatter, rel=0.12)
