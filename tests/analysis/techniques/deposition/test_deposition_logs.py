"""A logged deposition: a simulated crystal whose shutter, rate and film are known, in the ways that controllers write it."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.result import NoResult
from analysis.techniques.deposition.film import run
from analysis.techniques.deposition.readers.text import unit_in
from analysis.techniques.files import read
from analysis.techniques.guess import guess_technique
from tests.analysis.techniques.readings import figures

SECONDS = np.arange(0.0, 601.0)
OPEN, SHUT, RATE = 60.0, 540.0, 0.1  # s, s, nm/s


def film(rng=None, spikes=True):
    """Rate (nm/s) and thickness (nm): a soft start and end at the shutter, drift, noise of the crystal, single spikes."""
    rate = RATE / (1 + np.exp(-(SECONDS - OPEN) / 2)) / (1 + np.exp((SECONDS - SHUT) / 2))
    rate = rate * (1 + 0.05 * np.sin(SECONDS / 70))
    true = np.concatenate([[0.0], np.cumsum((rate[1:] + rate[:-1]) / 2)])
    seen = rate
    if rng is not None:
        seen = rate + rng.normal(0, 0.006, rate.size)
        if spikes:
            seen[rng.integers(0, 50, 2)] += 0.4
        true = true + rng.normal(0, 0.02, true.size)
    return seen, true


def log(columns, head, separator=",", end="\n"):
    rows = [separator.join(f"{x:.6g}" for x in row) for row in zip(*columns, strict=True)]
    return end.join([head, *rows, ""]).encode()


def analysed(content, name="LiF.csv"):
    return run(read(content, name, "deposition"), {})


def in_angstrom(rng=None):
    rate, thickness = film(rng)
    return log((SECONDS, 10 * rate, 10 * thickness), "Time (s),Rate (Å/s),Thickness (Å)")


def test_rate_thickness_and_duration_are_those_of_the_film():
    _rate, true = film()
    found = figures(analysed(in_angstrom(np.random.default_rng(2))))
    assert found["deposited_nm"].value == pytest.approx(true[-1], rel=2e-3)
    assert found["deposition_rate_nm_s"].value == pytest.approx(RATE, rel=0.02)
    assert found["deposition_s"].value == pytest.approx(SHUT - OPEN, abs=5)
    # 5 % of the tooling factor, until the lab has checked its own
    assert found["deposited_nm"].uncertainty == pytest.approx(0.05 * true[-1], rel=0.05)
    assert "tooling factor 5 % (default)" in found["deposited_nm"].note


def test_the_scatter_alone_covers_the_thickness_of_many_logs():
    rng, inside = np.random.default_rng(3), 0
    _rate, true = film()
    for _ in range(200):
        rate, _thickness = film(rng, spikes=False)
        result = analysed(log((SECONDS, 10 * rate), "Time (s),Rate (Å/s)"))
        one = figures(result)["deposited_nm"]
        statistics = np.sqrt(max(one.uncertainty**2 - (0.05 * one.value) ** 2, 0))
        inside += abs(one.value - true[-1]) <= 1.96 * max(statistics, 1e-9)
    assert 0.9 <= inside / 200 <= 1


@pytest.mark.parametrize(
    ("head", "per_rate", "per_thickness", "separator"),
    [
        ("Time (s)\tRate (nm/s)\tThickness (nm)", 1, 1, "\t"),
        ("Time(s),Rate(A/s),Thickness(A)", 10, 10, ","),
        ("Time / s;Rate / Å/s;Thickness / kÅ", 10, 0.01, ";"),
        ("Elapsed time [s],Filtered Rate [nm/min],Film Thickness [um]", 60, 1e-3, ","),
    ],
)
def test_the_units_of_controllers_are_read(head, per_rate, per_thickness, separator):
    rate, thickness = film()
    content = log((SECONDS, per_rate * rate, per_thickness * thickness), head, separator)
    found = figures(analysed(content))
    assert found["deposited_nm"].value == pytest.approx(thickness[-1], rel=1e-3)
    assert found["deposition_rate_nm_s"].value == pytest.approx(RATE, rel=0.02)


def test_times_of_the_day_count_from_the_first_row_over_midnight():
    rate, thickness = film()
    rows = []
    for second, r, t in zip(SECONDS.astype(int), rate, thickness, strict=True):
        now = (23 * 3600 + 55 * 60 + second) % 86400
        rows.append(
            f"{now // 3600:02}:{now // 60 % 60:02}:{now % 60:02}\t{10 * r:.4f}\t{10 * t:.4f}"
        )
    head = "Clock\tRate (A/s)\tThickness (A)"
    found = figures(analysed("\n".join([head, *rows]).encode()))
    assert found["deposition_s"].value == pytest.approx(SHUT - OPEN, abs=5)


def test_a_pressure_is_its_median_while_the_film_grows():
    rate, thickness = film()
    pressure = np.where((SECONDS > OPEN) & (SECONDS < SHUT), 2e-6, 9e-6)  # mbar
    head = "Time,Pressure(mBar),Speed(Hz),Rate(A/s),Thickness(A),Density(g/cc),Tooling(%)"
    fixed = np.ones_like(rate)
    columns = (SECONDS, pressure, 6e6 * fixed, 10 * rate, 10 * thickness, 2.64 * fixed, 80 * fixed)
    content = "\n".join(
        [head, *(",".join(f"{x:.9g}" for x in row) for row in zip(*columns, strict=True))]
    ).encode()
    found = figures(analysed(content))
    assert found["deposition_pressure_pa"].value == pytest.approx(2e-4)
    assert guess_technique("run 7.csv", content) == "deposition"


def test_a_rate_that_contradicts_the_thickness_is_said_with_the_unit_it_may_be():
    rate, thickness = film()
    minutes = analysed(
        log((SECONDS / 60, 10 * rate, 10 * thickness), "Time (s),Rate (Å/s),Thickness (Å)")
    )
    assert "time in min and not in s" in " ".join(minutes.warnings)
    other = analysed(log((SECONDS, 10 * rate, 17 * thickness), "Time (s),Rate (Å/s),Thickness (Å)"))
    assert "of one sensor" in " ".join(other.warnings)
    assert not analysed(in_angstrom()).warnings


def test_a_log_that_begins_late_says_so():
    rate, thickness = film()
    late = analysed(
        log((SECONDS[200:], rate[200:], thickness[200:]), "Time (s),Rate (nm/s),Thickness (nm)")
    )
    assert any("begins while the film already grows" in one for one in late.warnings)


@pytest.mark.parametrize(
    ("columns", "head", "words"),
    [
        ((0 * SECONDS, 0 * SECONDS), "Rate (Å/s),Thickness (Å)", "Nothing was deposited"),
        ((-0.1 + 0 * SECONDS, -SECONDS), "Rate (Å/s),Thickness (Å)", "Nothing was deposited"),
    ],
)
def test_a_log_without_a_film_gives_no_figures(columns, head, words):
    with pytest.raises(NoResult, match=words):
        analysed(log((SECONDS, *columns), f"Time (s),{head}"))


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("Time (s),Rate,Thickness (nm)", "does not say its unit"),
        ("Time (s),Rate (Hz),Thickness (nm)", "no unit of a rate"),
        ("Time (s),Temperature (C),Power (%)", "no column for a rate or a thickness"),
    ],
)
def test_a_log_that_does_not_say_what_it_holds_is_refused_in_words(head, words):
    rate, thickness = film()
    with pytest.raises(UnreadableFile, match=words):
        analysed(log((SECONDS, rate, thickness), head))


def test_too_few_readings_give_no_rate():
    head = "Time (s),Rate (Å/s),Thickness (Å)"
    few = log((np.arange(7.0), np.array([0, 0, 1, 1, 1, 0, 0.0]), np.arange(7.0)), head)
    with pytest.raises(NoResult, match="Log every second"):
        analysed(few)


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("Rate (Å/s)", "å/s"),
        ("Rate / Å/s", "å/s"),
        ("rate_A/s", "a/s"),
        ("Thickness [kÅ]", "kå"),
        ("Rate", ""),
    ],
)
def test_the_unit_of_a_head_is_found_where_it_stands(label, unit):
    assert unit_in(label) == unit
