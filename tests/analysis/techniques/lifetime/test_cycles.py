"""On/off cycles: each against the first and the best, and how many until half is left."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.quantities import QUANTITIES
from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.lifetime.cycling import run
from tests.analysis.techniques.lifetime.traces import cycled, trace
from tests.analysis.techniques.readings import figures


def test_cycles_are_told_from_the_signal_and_compared():
    levels = 1000 * np.array([1.0, 1.2, 1.4, 1.3, 1.1, 0.9, 0.75, 0.6, 0.48, 0.4])
    result = run(cycled(levels), {})
    table = result.detail["cycles"]
    assert [row["cycle"] for row in table] == list(range(1, 11))
    assert [row["of_first"] for row in table] == pytest.approx(levels / 1000, rel=0.02)
    assert [row["of_best"] for row in table] == pytest.approx(levels / 1400, rel=0.02)
    found = figures(result)
    assert found["cycles_to_80_percent"].value == 7
    assert found["cycles_to_50_percent"].value == 9
    assert found["last_cycle_percent"].value == pytest.approx(40, abs=1)
    assert found["best_cycle_percent"].value == pytest.approx(140, abs=3)
    assert all(figure.quantity in QUANTITIES for figure in result.figures)


def test_cycles_that_were_not_reached_are_a_lower_bound():
    found = figures(run(cycled(1000 * 0.97 ** np.arange(6)), {}))
    assert found["cycles_to_80_percent"].value is None
    assert found["cycles_to_80_percent"].low == 6


def test_off_times_without_points_part_cycles_too():
    pieces = [(np.arange(30) / 60 + 5 * k, np.full(30, 900.0 - 200 * k)) for k in range(4)]
    t, y = (np.concatenate(one) for one in zip(*pieces, strict=True))
    table = run(trace(t, y + np.random.default_rng(0).normal(size=y.size)), {}).detail["cycles"]
    assert [row["level"] for row in table] == pytest.approx([900, 700, 500, 300], rel=0.01)


@pytest.mark.parametrize(("level", "expected"), [("begin", 0.98), ("end", 0.52), ("mean", 0.75)])
def test_the_level_of_a_cycle_is_its_mean_or_its_begin_or_end(level, expected):
    on = np.linspace(1, 0.5, 100)
    y = np.concatenate([np.concatenate([1000 * on, np.zeros(30)]) for _ in range(4)])
    table = run(trace(np.arange(y.size) / 60, y), {"level": level}).detail["cycles"]
    assert table[2]["level"] == pytest.approx(1000 * expected, rel=0.01)


def test_a_cycle_without_light_has_an_uncertainty_too():
    rng = np.random.default_rng(5)
    level = 500 - 50.0 * np.arange(11) + rng.normal(size=11)
    level[-1] = 0.0
    reading = Reading(
        "lifetime",
        "test 1",
        (Channel("cycle", "", np.arange(1.0, 12)), Channel("luminance", "cd/m2", level)),
    )
    last = figures(run(reading, {}))["last_cycle_percent"]
    assert last.value == 0
    assert last.uncertainty == pytest.approx(100 / 500, rel=1)  # 1 cd/m² of the 500 at first


def test_one_row_a_cycle_is_enough():
    rng = np.random.default_rng(3)
    number = np.arange(1.0, 301)
    level = 500 * np.exp(-number / 200) * (1 + 0.01 * rng.normal(size=300))
    reading = Reading(
        "lifetime", "test 1", (Channel("cycle", "", number), Channel("luminance", "cd/m2", level))
    )
    found = figures(run(reading, {}))["cycles_to_50_percent"]
    assert abs(found.value - 200 * np.log(2)) < 2 * found.uncertainty + 2


def test_a_trace_without_off_times_is_refused():
    t = np.linspace(0, 60, 601)
    with pytest.raises(NoResult, match="fewer than 3 cycles"):
        run(trace(t, 500 * np.exp(-t / 20)), {})
