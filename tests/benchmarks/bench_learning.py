"""How long learning and foretelling take, over their limits: a ratio above 1 is too slow.

What the jobs of a worker compute at 1,000 labelled batches (reading them is a few queries), a forecast of one plan with the
models in memory, and a map. Counted is the time of the processor, which is what a worker takes on a core of its own,
whoever else is at work. The jobs are timed once: the fit is the same every time.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from analysis.forecast import Conditions, LabModel, forecast_phase
from analysis.forecast.backtest import backtest
from analysis.forecast.numbers import NumberModel
from analysis.forecast.predict import published
from analysis.forecast.promotion import compare
from analysis.services.experiments import Made, experiments_for
from analysis.services.learning_recipes import outcomes_of
from tests.analysis.forecast.families import Flasks, SimulatedLab
from tests.benchmarks.measuring import Line

LABELS, POINTS = 1000, 10_000
LEARN_MS, FORECAST_MS, MAP_MS = 30_000.0, 100.0, 1000.0


def timed(act: Callable[[], object], times: int = 1) -> float:
    """Return the median time in ms."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        act()
        taken.append(1000 * (time.process_time() - began))
    return statistics.median(taken)


def flasks(count: int) -> list[Conditions]:
    return Flasks.drawn(count, np.random.default_rng(8)).conditions()


def made(count: int) -> list[Made]:
    """Return batches whose numbers follow R and the temperature."""
    dice = np.random.default_rng(9)
    numbers = ("pl_peak_nm", "pl_fwhm_nm", "plqy_percent", "size_nm", "eqe_percent")
    return [
        Made(
            f"S-{n}",
            {
                "ratio_ca_pb": one.ratio_ca_pb,
                "lead_mmol": 0.376,
                "injection_temperature_c": one.injection_temperature_c,
                "purification_cycles": float(one.purification_cycles),
                "humidity_percent": one.humidity_percent,
            },
            {
                name: (50 - 20 * one.ratio_ca_pb + 2 * dice.standard_normal(), 0.5)
                for name in numbers
            },
            "gamma" if one.ratio_ca_pb > 0.4 else "alpha",
        )
        for n, one in enumerate(flasks(count))
    ]


def held(table, what: str, ours_ms: float, limit_ms: float) -> None:
    line = table.add(Line(what, ours_ms, limit_ms, 1.0))
    assert line.ratio is not None
    assert line.ratio <= 1.0, str(line)


def test_a_worker_learns_the_phases_of_a_thousand_batches(table):
    rows, _ = SimulatedLab("misspecified", 1).made(LABELS)
    before = LabModel.learn(rows[:-20])

    def job() -> None:
        model = LabModel.learn(rows)
        backtest(rows).as_dict()
        compare(rows, before)
        model.to_bytes()

    held(table, "learn 1,000 phases, backtest, compare", timed(job), LEARN_MS)


def test_a_worker_learns_the_numbers_of_a_thousand_batches(table):
    experiments = made(LABELS)
    ours = timed(lambda: outcomes_of(experiments))
    held(table, "backtest 5 numbers and phases of 1,000", ours, LEARN_MS)


def test_a_plan_is_foretold_and_a_map_is_drawn(table):
    rows, _ = SimulatedLab("misspecified", 1).made(LABELS)
    model = LabModel.learn(rows)
    experiments = made(LABELS)
    numbers = [NumberModel.learn(experiments_for("pl_peak_nm", experiments))] * 5
    asked = Conditions(ratio_ca_pb=0.37, ratio_ca_pb_u=0.01)

    def plan() -> None:
        forecast_phase(asked, model=model).as_dict()
        for one in numbers:
            one.expected([experiments[0].inputs])

    plan()
    held(table, "forecast of a plan, 1,000 labels", timed(plan, 9), FORECAST_MS)
    points = flasks(POINTS)
    held(table, "map of 10,000 points", timed(lambda: published(points, model), 3), MAP_MS)
