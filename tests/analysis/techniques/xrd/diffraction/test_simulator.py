"""Computed patterns stand where published structures put their lines."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from analysis.techniques.xrd.diffraction.radiation import COPPER, tube
from analysis.techniques.xrd.diffraction.simulator import sticks, two_theta_deg
from analysis.techniques.xrd.diffraction.structures import pseudo_cubic_angstrom, structures, tilted

# Another program's lines of the same published structures: (2θ, per cent of the strongest).
LINES = tomllib.loads(
    (
        Path(__file__).resolve().parents[4] / "data" / "diffraction" / "reference_lines.toml"
    ).read_text()
)


@pytest.mark.parametrize("key", LINES)
def test_every_line_stands_where_another_program_puts_it(key):
    expected = LINES[key]
    assert len(expected) >= 5
    _, angle, percent = sticks(structures()[key], COPPER, 8.0, 60.0)
    for position, height in expected:
        if height >= 1:
            near = np.abs(angle - position) < 0.05
            assert near.any(), f"{key}: no line at {position}"
            assert percent[near].max() > 0.3 * height


@pytest.mark.parametrize("key", LINES)
def test_no_strong_line_is_invented(key):
    expected = LINES[key]
    _, angle, percent = sticks(structures()[key], COPPER, 8.0, 60.0)
    strongest = angle[np.argmax(percent)]
    assert min(abs(strongest - position) for position, _ in expected) < 0.05


def test_a_simple_cubic_structure_factor_comes_out_by_hand():
    # CsI: |F|² is (f_Cs ± f_I)², so lines with odd h+k+l nearly vanish (both ions have 54 electrons).
    hkl, _, percent = sticks(structures()["csi"], COPPER, 10.0, 60.0)
    odd = hkl.sum(axis=1) % 2 == 1
    assert odd.any()
    assert percent[odd].max() < 1.0
    assert percent[~odd].min() > 5.0


def test_untilted_crystal_has_only_cubic_lines_and_full_tilt_is_the_published_one():
    _, cubic_angle, cubic_percent = sticks(tilted(0.0), COPPER, 10.0, 45.0)
    edge = pseudo_cubic_angstrom()
    allowed = two_theta_deg(edge / np.sqrt(np.arange(1, 30)), COPPER.mean_angstrom)
    strong = cubic_angle[cubic_percent > 0.01]
    assert all(np.abs(allowed - angle).min() < 0.01 for angle in strong)
    np.testing.assert_allclose(
        sticks(tilted(1.0), COPPER, 10.0, 45.0)[2],
        sticks(structures()["gamma"], COPPER, 10.0, 45.0)[2],
        atol=1e-6,
    )


def test_superlattice_lines_grow_as_the_square_of_the_tilt():
    def height_of_201(tilt):
        _, angle, percent = sticks(tilted(tilt), COPPER, 10.0, 45.0)
        return percent[
            (angle > 22.0) & (angle < 23.3)
        ].sum()  # (201) and (102), apart by the strain

    assert height_of_201(0.0) < 1e-6
    assert height_of_201(0.5) / height_of_201(0.25) == pytest.approx(4.0, rel=0.15)
    assert height_of_201(1.0) > 2.5 * height_of_201(0.5)


def test_a_shorter_wavelength_moves_lines_to_smaller_angles():
    _, copper, _ = sticks(structures()["pbi2"], COPPER, 5.0, 60.0)
    _, cobalt, _ = sticks(structures()["pbi2"], tube("Co"), 5.0, 60.0)
    # The (001) line of PbI2 under cobalt is the published 14.7 to 14.8 degrees.
    assert cobalt[0] == pytest.approx(14.74, abs=0.1)
    assert copper[0] == pytest.approx(12.69, abs=0.02)


def test_every_structure_names_its_source_and_how_far_it_is_to_be_trusted():
    for structure in structures().values():
        assert len(structure.source) > 20
        assert structure.confidence.split(":")[0] in {"high", "medium", "low"}
