"""The forecast in simulated labs of five families, and on a real table: the short form of ``make learning``."""

import numpy as np
import pytest

from analysis.forecast import PHASES, Labelled, LabModel
from analysis.forecast.backtest import backtest
from analysis.forecast.generic import ClassModel, Experiment, backtest_classes
from analysis.forecast.numbers import NumberModel, TooFewExperiments, backtest_numbers
from analysis.forecast.predict import published
from tests.analysis.forecast.families import FAMILIES, SimulatedLab
from tests.analysis.forecast.learning import means, one_lab, quantities, shapes
from tests.analysis.instruments import shared_file

LABS = range(500, 502)


@pytest.fixture(scope="module")
def told():
    return {
        family: means([one_lab(family, seed, (5, 20), 150, more=False) for seed in LABS])
        for family in FAMILIES
    }


@pytest.mark.parametrize("family", ["paper", "shifted", "misspecified"])
def test_where_r_matters_it_is_far_better_than_frequencies(told, family):
    of = told[family]
    assert of["ours", 5][0] < of["frequencies", 5][0] - 0.15
    assert of["ours", 20][0] < of["rule", 0][0]
    assert of["ours", 20][0] < of["oracle", 0][0] + 0.2


def test_where_the_paper_is_wrong_nobody_is_told_worse_than_knowing_nothing(told):
    of = {
        key: np.mean([told[family][key][0] for family in ("no_ratio", "alien")])
        for key in told["alien"]
    }
    assert of["rule", 0] > 1.9
    assert of["ours", 5] <= 1.7
    assert of["ours", 20] <= of["frequencies", 20] + 0.03


def test_the_simulated_truth_is_calibrated(told):
    for family in FAMILIES:
        assert told[family]["oracle", 0][2] < 0.12


def test_a_lab_that_contradicts_the_paper_is_told_with_the_flask_since_which():
    rows, _ = SimulatedLab("no_ratio", 501).made(20)
    summary = LabModel.learn(rows).summary()
    assert summary["prior_contradicted"]
    assert summary["weights"]["prior"] < 0.5
    assert summary["contradicted_since"] in {row.key for row in rows}


def test_one_wrong_label_in_ten_takes_little():
    rows, _ = SimulatedLab("paper", 500).made(40)
    dice = np.random.default_rng(1)
    lying = [
        Labelled(row.conditions, str(dice.choice(PHASES)), key=row.key) if i % 10 == 3 else row
        for i, row in enumerate(rows)
    ]
    test, _ = SimulatedLab("paper", 500).made(240)
    became = [PHASES.index(row.phase) for row in test[40:]]
    flasks = [row.conditions for row in test[40:]]

    def loss(model):
        return -np.log(published(flasks, model)[np.arange(200), became]).mean()

    assert loss(LabModel.learn(lying)) < loss(LabModel.learn(rows)) + 0.1


def test_the_backtest_of_a_lab_finds_what_its_flasks_taught():
    rows, _ = SimulatedLab("shifted", 502).made(25)
    said = backtest(rows)
    assert said.model.log_loss < min(said.paper.log_loss, said.frequencies.log_loss)
    assert said.n == 25


def test_a_backtest_forecasts_from_earlier_flasks_only():
    rows, _ = SimulatedLab("no_ratio", 503).made(12)
    other = [*rows[:9], *(Labelled(row.conditions, "failed", key=row.key) for row in rows[9:])]
    first = {row.key for row in rows[:9]}
    missed = [{m for m in backtest(some).misses if m.key in first} for some in (rows, other)]
    assert missed[0]
    assert missed[0] == missed[1]


def real(column=None):
    shared_file("synthesis/CsPbBr3_antisolvent_synthesizer.csv")
    return shapes() if column is None else quantities(column)


@pytest.mark.parametrize("labels", [3, 10, 40])
def test_on_a_real_table_it_is_not_worse_than_frequencies(labels):
    rows, ours, plain = real(), [], []
    for seed in range(8):
        order = np.random.default_rng(seed).permutation(len(rows))
        model = ClassModel.learn([rows[i] for i in order[:labels]], ("P", "S"))
        rest = [rows[i] for i in order[labels:]]
        became = np.array([model.classes.index(row.outcome) for row in rest])
        share = (model.seen + 0.5) / (model.seen.sum() + 1)
        chances = model.chances([row.inputs for row in rest])
        ours.append(-np.log(chances[np.arange(len(rest)), became]).mean())
        plain.append(-np.log(share[became]).mean())
    assert np.mean(ours) <= np.mean(plain) + 0.005


def test_on_a_real_table_the_peaks_intervals_hold_as_many_as_they_say():
    rows, held = real("peak_pos"), []
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(len(rows))
        said = NumberModel.learn([rows[i] for i in order[:60]]).expected(
            [rows[i].inputs for i in order[60:]]
        )
        became = [rows[i].outcome for i in order[60:]]
        held += [one.low <= value <= one.high for one, value in zip(said, became, strict=True)]
    assert 0.72 < np.mean(held) < 0.9


def noise(n, seed=0):
    dice = np.random.default_rng(seed)
    return [
        Experiment({"a": float(dice.random()), "b": float(dice.random())}, float(dice.random()))
        for _ in range(n)
    ]


def test_a_number_that_nothing_tells_is_not_shown():
    assert not backtest_numbers(noise(40)).worth_showing
    assert not backtest_numbers(noise(4)).worth_showing


def test_a_number_that_follows_an_input_is_shown_and_its_noise_is_in_the_interval():
    dice = np.random.default_rng(5)
    rows = [
        Experiment({"a": a, "solvent": "toluene", "none": None}, 600 + 80 * a + dice.normal(0, 5))
        for a in dice.random(40).tolist()
    ]
    tested = backtest_numbers(rows)
    assert tested.worth_showing
    assert tested.rmse < 0.5 * tested.rmse_of_mean
    said = NumberModel.learn(rows).expected([{"a": 0.5}])[0]
    assert said.value == pytest.approx(640, abs=5)
    assert (said.high - said.low) / 2 == pytest.approx(1.28 * 5, rel=0.4)  # 80 % of a Gaussian


def test_too_few_numbers_are_refused_and_equal_ones_stay_finite():
    with pytest.raises(TooFewExperiments, match="3 experiments"):
        NumberModel.learn(noise(2))
    same = [Experiment({"a": 1.0}, 650.0, u=2.0) for _ in range(6)]
    said = NumberModel.learn(same).expected([{"a": 1.0}])[0]
    assert said.low < 650 < said.high


def test_classes_of_any_name_are_told_and_none_is_ruled_out():
    rows = [Experiment({"T": float(t)}, "rod" if t > 5 else "dot") for t in range(12)]
    model = ClassModel.learn(rows, ("platelet",))
    chances = model.chances([{"T": 0.0}, {"T": 11.0}])
    assert chances.sum(axis=1) == pytest.approx(1.0)
    assert chances[0, model.classes.index("dot")] > 0.7
    assert chances[1, model.classes.index("rod")] > 0.7
    assert chances.min() >= 0.03 - 1e-12
    assert backtest_classes(rows[:1]).worth_showing in (True, False)
    assert backtest_classes([]).as_dict()["n"] == 0
