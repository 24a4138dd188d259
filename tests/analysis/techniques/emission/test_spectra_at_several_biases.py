"""EL at several biases in one file: how peak and width move, with a known drift under noise."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.result import NoResult
from analysis.techniques.emission.biases import run
from analysis.techniques.files import read
from tests.analysis.techniques.readings import figures

X = np.arange(560.0, 820.0, 1.0)
VOLTS = np.arange(3.0, 6.1, 0.5)


def spectra(volts, peak, width, rng=None, heads="{:g} V"):
    """A table of skewed bands: an exponential tail to the red, as of an inhomogeneous film."""
    columns = [X]
    for v in volts:
        sigma = width(v) / 2.3548
        x = X - peak(v)
        light = 3000 * np.where(
            x < 0, np.exp(-(x**2) / (2 * sigma**2)), np.exp(-(x**2) / (2 * (1.1 * sigma) ** 2))
        )
        columns.append(light + 20 + (rng.normal(0, np.sqrt(light + 20)) if rng is not None else 0))
    head = ",".join(["Wavelength (nm)", *(heads.format(v) for v in volts)])
    rows = "\n".join(",".join(f"{c:.3f}" for c in row) for row in zip(*columns, strict=True))
    return read(f"{head}\n{rows}\n".encode(), "el.csv", "el_spectrum")


def test_a_peak_that_moves_has_its_slope_its_shift_and_its_broadening():
    result = run(
        spectra(
            VOLTS,
            lambda v: 685 + 1.2 * (v - 3),
            lambda v: 31 + 0.8 * (v - 3),
            np.random.default_rng(1),
        ),
        {},
    )
    found = figures(result)
    for name, truth in (
        ("el_shift_nm_per_v", 1.2),
        ("el_shift_nm", 3.6),
        ("el_broadening_nm", 3 * 0.8 * 1.05),
    ):
        one = found[name]
        assert abs(one.value - truth) < 3 * one.uncertainty + 0.02 * abs(truth), name
        assert one.uncertainty < 0.3 * abs(truth) + 0.05
    rows = result.detail["at_bias"]
    assert [row["bias_v"] for row in rows] == VOLTS.tolist()
    for row, truth in zip(rows, 685 + 1.2 * (VOLTS - 3), strict=True):
        assert abs(row["el_peak_nm"] - truth) < 3 * row["peak_u_nm"] + 0.1


def test_a_peak_that_stands_is_not_said_to_move():
    rng, inside = np.random.default_rng(2), 0
    for _ in range(5):
        one = figures(run(spectra(VOLTS[:4], lambda v: 688.0, lambda v: 31.0, rng), {}))[
            "el_shift_nm_per_v"
        ]
        inside += abs(one.value) <= 1.96 * one.uncertainty
    assert inside >= 4


def test_the_bias_is_found_in_the_names_and_its_order_does_not_count():
    reading = spectra(VOLTS[::-1], lambda v: 685 + v, lambda v: 31.0, heads="EL {:g} V")
    found = figures(run(reading, {}))
    assert found["el_shift_nm_per_v"].value == pytest.approx(1.0, abs=0.05)
    assert found["el_shift_nm"].value == pytest.approx(
        3.0, abs=0.1
    )  # the highest bias less the lowest


def test_a_dim_spectrum_is_left_out_by_its_bias():
    rng = np.random.default_rng(3)
    volts = [2.0, *VOLTS[:4]]
    columns = spectra(volts, lambda v: 688.0, lambda v: 31.0, rng)
    table = [X, rng.normal(20, 5, X.size), *(scan.ys[0].values for scan in columns.scans[1:])]
    head = ",".join(["Wavelength (nm)", *(f"{v:g} V" for v in volts)])
    rows = "\n".join(",".join(f"{c:.3f}" for c in row) for row in zip(*table, strict=True))
    result = run(read(f"{head}\n{rows}\n".encode(), "el.csv", "el_spectrum"), {})
    assert result.detail["without"] == [2.0]
    assert "2 V: too dim" in result.warnings[0]


def test_spectra_without_three_biases_are_refused_in_words():
    with pytest.raises(NoResult, match="3 biases or more, each named by its own"):
        run(spectra([1, 2], lambda v: 688.0, lambda v: 31.0), {})
    with pytest.raises(NoResult, match="0 of 3 scans so named"):
        run(spectra([1, 2, 3], lambda v: 688.0, lambda v: 31.0, heads="sample {:g}"), {})
