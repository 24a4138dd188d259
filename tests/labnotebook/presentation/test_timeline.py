"""The temperature and the steps of a flask along one time."""

import re

import pytest

from labnotebook.records.presentation.timeline import TimedStep, timeline

# As in the paper: an hour of vacuum at 120 °C, up to 170 °C in 15 min, 5 s, ice.
STEPS = [
    TimedStep(1, "Degas", 0, 60, asked_c=120, vacuum="vacuum"),
    TimedStep(2, "Heat", 60, 75, asked_c=170, measured_c=169, ramps=True),
    TimedStep(3, "Inject", 75, 75.1, asked_c=170, event="3"),
    TimedStep(4, "Quench", 75.2, 80, event="4"),
    TimedStep(5, "Centrifuge", 80, 100),
]


def path_of(svg):
    found = re.findall(r'class="ln dash" d="M([^"]+)"', svg)
    return [[tuple(map(float, p.split())) for p in one.split("L")] for one in found]


def test_the_set_point_stays_ramps_and_ends_where_no_temperature_is_said():
    svg = timeline(STEPS, "NC-1").svg()
    (path,) = path_of(svg)
    along = [x for x, _ in path]
    # of 100 min: vacuum 0 to 60, the ramp 60 to 75, the injection to 75.1; then nothing
    assert along == pytest.approx([0, 600, 600, 750, 750, 751], abs=0.1)
    heights = [y for _, y in path]
    assert heights[0] == heights[1] == heights[2]  # the ramp begins where the vacuum stayed
    assert heights[3] < heights[2]  # down the page is colder


def test_what_was_read_is_a_dot_apart_from_what_was_asked():
    assert timeline(STEPS, "NC-1").svg().count('<circle class="dot1"') == 1


def test_every_step_is_a_bar_and_marks_that_would_run_together_share_their_words():
    svg = timeline(STEPS, "NC-1").svg()
    assert svg.count('<g class="stepbar">') == 5
    assert ">3, 4<" in svg
    assert svg.count('class="rule"') == 2
    assert "Steps: 1 Degas; 2 Heat; 3 Inject; 4 Quench; 5 Centrifuge." in svg


def test_steps_without_a_temperature_are_bars_alone():
    figure = timeline([TimedStep(1, "Stir", 0, 10), TimedStep(2, "Rest", 10, 30)], "ST-1")
    assert len(figure.plots) == 1


def test_a_night_is_told_in_hours():
    svg = timeline([TimedStep(1, "Stir", 0, 900), TimedStep(2, "Rest", 900, 1200)], "ST-1").svg()
    assert "Time from start / h" in svg
    assert "Time from start / min" in timeline(STEPS, "NC-1").svg()


def test_one_step_or_no_time_is_no_drawing():
    assert timeline(STEPS[:1], "NC-1") is None
    assert timeline([TimedStep(1, "a", 0, 0), TimedStep(2, "b", 0, 0)], "NC-1") is None
