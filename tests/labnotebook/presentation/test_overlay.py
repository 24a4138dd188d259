"""Curves over one another: as they are, each to its maximum, one above the other."""

import re

import numpy as np
import pytest

from labnotebook.records.presentation.overlay import (
    Lettered,
    Overlaid,
    Scale,
    lettered_scatter,
    overlay,
)
from labnotebook.records.presentation.scatter import Ground

X = np.linspace(600, 700, 11)
TENT = np.array([0, 1, 2, 3, 4, 5, 4, 3, 2, 1, 0], dtype=float)


def tops(svg: str) -> dict[str, float]:
    """Return how high the curve of each letter reaches, 0 at the foot and 1 at the top of the plot."""
    found = {}
    for letter, path in re.findall(r'class="ln b(\w)" d="M([^"]+)"', svg):
        found[letter] = 1 - min(float(p.split()[1]) for p in path.split("L")) / 1000
    return found


def drawn(scale: Scale, **more) -> str:
    curves = [Overlaid("A", X, TENT), Overlaid("B", X, 10 * TENT)]
    return overlay(
        curves, "PL of two", scale=scale, x_label="Wavelength", x_unit="nm", y_label="PL", **more
    ).svg()


def test_normalised_curves_reach_one_height():
    high = tops(drawn(Scale.NORMALISED))
    assert high["A"] == pytest.approx(high["B"])
    assert "each to its maximum" in drawn(Scale.NORMALISED)


def test_as_measured_a_curve_ten_times_as_strong_is_ten_times_as_high():
    high = tops(drawn(Scale.MEASURED))
    assert high["B"] / high["A"] == pytest.approx(10, rel=1e-3)
    assert "maximum" not in drawn(Scale.MEASURED)


def test_stacked_the_first_is_above_and_no_heights_are_written():
    svg = drawn(Scale.STACKED)
    high = tops(svg)
    # Steps of 0.42 of a curve, and 6 % of room above: (1 + 0.42) and 1 of 1.42 · 1.06.
    assert high["A"] / high["B"] == pytest.approx(1.42, rel=1e-3)
    assert ">0.5<" not in svg
    assert ">1<" not in svg


def test_what_has_no_light_and_what_is_not_known_is_drawn_without_a_division_by_zero():
    dark, holes = np.zeros(11), np.where(TENT > 3, np.nan, TENT)
    svg = overlay(
        [Overlaid("A", X, dark), Overlaid("B", X, holes)],
        "dark",
        scale=Scale.NORMALISED,
        x_label="Wavelength",
        x_unit="nm",
        y_label="PL",
    ).svg()
    assert "nan" not in svg
    assert 'class="ln bA"' in svg


def test_letters_stand_where_their_numbers_are_and_say_them():
    marks = [Lettered("A", 0.5, 20, "NC-0001: 0.5, 20 <b>")]
    ground = Ground("Ca/Pb", "EQE", y_unit="%")
    svg = lettered_scatter(marks, [(0.0, 0.0), (1.0, 40.0)], "EQE", ground).svg()
    place = re.search(r'lettermark bA.*?cx="([\d.]+)%" cy="([\d.]+)%"', svg)
    assert float(place[1]) == pytest.approx(50, abs=0.01)
    assert float(place[2]) == pytest.approx(100 * (1 - 20 / 42.4), abs=0.01)  # 6 % of room above 40
    assert "<b>" not in svg
    assert svg.count("<circle") == 3
