"""Patterns whose truth is known get the right phase, or an honest "undetermined".

One draw of each kind: twenty of a kind, and two hundred by a command, are tried by another generator in test_confusion.py.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from analysis.techniques.xrd.diffraction import XRD_PHASE
from analysis.techniques.xrd.diffraction.halides import bromide_percent, is_mixed_halide
from analysis.techniques.xrd.diffraction.radiation import tube
from tests.analysis.techniques.xrd.diffraction.simulated import (
    background,
    measured,
    pattern,
    reading,
)

DEBYE = Path(__file__).resolve().parents[4] / "data" / "diffraction" / "debye_reference.npz"


def figures(result):
    return {figure.quantity: figure for figure in result.figures}


@pytest.mark.parametrize("peak_counts", [300, 3000])
@pytest.mark.parametrize(
    ("crystal", "phase", "tilt"),
    [("alpha", "alpha", 0.0), ("tilt-1.0", "gamma", 1.0), ("tilt-0.75", "gamma", 0.75)],
)
def test_random_powders_of_nanocrystals_are_named(crystal, phase, tilt, peak_counts):
    result = XRD_PHASE.run(measured(crystal, peak_counts, 0), {})
    assert result.phase == phase, result.summary
    found = figures(result)
    if phase == "gamma":
        assert found["xrd_tilt"].value == pytest.approx(tilt, abs=0.08)
    assert found["lattice_a_pc_angstrom"].value == pytest.approx(6.188, abs=0.02)
    # Microstrain of 0.4 % in the truth is read as smaller crystallites by a fit without strain.
    assert 5.0 < found["crystallite_nm"].value < 13.0


def test_half_the_tilt_is_never_alpha_where_a_two_phase_choice_would_say_so():
    result = XRD_PHASE.run(measured("tilt-0.5", 3000, 0), {})
    assert result.phase in {"gamma", None}, result.summary
    assert figures(result)["xrd_tilt"].value == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("crystal", ["alpha", "tilt-0.5", "tilt-1.0"])
def test_cubes_lying_flat_hide_the_tilt_and_the_answer_is_undetermined(crystal):
    result = XRD_PHASE.run(measured(crystal, 2000, 0, march_r=0.28), {})
    assert result.phase is None
    assert "textured" in result.summary


def test_a_moderate_texture_never_turns_alpha_into_gamma():
    for seed in range(2):
        assert XRD_PHASE.run(measured("alpha", 1000, seed, march_r=0.5), {}).phase != "gamma"


@pytest.mark.parametrize(
    ("phase", "share", "size_nm"),
    [
        ("delta", 0.10, 25.0),
        ("pbi2", 0.08, 20.0),
        ("cai2", 0.12, 12.0),
        ("cs4pbi6", 0.10, 20.0),
        ("csi", 0.10, 20.0),
        ("pbs", 0.10, 20.0),
        ("zno", 0.15, 6.0),
    ],
)
def test_an_admixture_is_found_and_weighed(phase, share, size_nm):
    result = XRD_PHASE.run(measured("tilt-1.0", 2000, 5, extra=(phase, share, size_nm)), {})
    assert result.phase == "gamma", result.summary
    found = figures(result)[f"{phase}_volume_percent"]
    assert found.value == pytest.approx(100 * share, rel=0.4)
    assert abs(found.value - 100 * share) < 3 * found.uncertainty


def test_a_pure_pattern_has_no_admixture_but_a_limit():
    found = figures(XRD_PHASE.run(measured("tilt-1.0", 1000, 0), {}))
    for phase in ("delta", "pbi2", "cai2"):
        amount = found[f"{phase}_volume_percent"]
        assert amount.value is None
        assert 3.0 <= amount.high < 15.0


def test_the_yellow_phase_as_the_main_phase_is_named():
    result = XRD_PHASE.run(measured("delta", 2000, 1, size_nm=30.0), {})
    assert result.phase == "delta", result.summary
    assert figures(result)["delta_volume_percent"].value > 80


def test_lead_iodide_alone_names_no_perovskite():
    result = XRD_PHASE.run(measured("pbi2", 2000, 1, size_nm=30.0), {})
    assert result.phase is None
    assert "PbI2" in result.summary


@pytest.mark.parametrize(("phase", "name"), [("pbs", "PbS"), ("csi", "CsI")])
def test_another_compound_alone_is_named_and_is_no_perovskite(phase, name):
    result = XRD_PHASE.run(measured(phase, 2000, 1, size_nm=20.0), {})
    assert result.phase is None
    assert result.summary.startswith(f"{name} dominates")


def gold(angle, share):
    """Lines of gold by their published places and heights (Swanson & Tatge 1953), for any perovskite's scale."""
    total = np.zeros_like(angle)
    for place, height in ((38.18, 100.0), (44.39, 52.0)):
        total += height * np.exp(-4 * np.log(2) * ((angle - place) / 0.35) ** 2)
    return share * total / 100.0


def test_strong_lines_of_a_stranger_stop_the_answer():
    rng = np.random.default_rng(2)
    angle = np.arange(9.0, 50.0, 0.04)
    signal = pattern(angle, "tilt-1.0", 11.0)
    signal = (signal / signal.max() + gold(angle, 0.8)) * 2000 + background(angle, rng, 2000)
    result = XRD_PHASE.run(reading(angle, rng.poisson(signal).astype(float), anode="Cu"), {})
    assert result.phase is None
    assert "Not explained" in result.summary
    assert any(abs(line["two_theta_deg"] - 38.18) < 0.1 for line in result.detail["unexplained"])


def little_beside(phase, seed):
    """Return a scan with 1 to 6 % of a by-product of any size, half of them under 15 nm, and its share."""
    rng = np.random.default_rng(seed)
    share, size_nm = float(rng.uniform(0.01, 0.06)), float(np.exp(rng.uniform(1.8, 3.7)))
    crystal = ("alpha", "tilt-1.0")[seed % 2]
    return share, measured(crystal, 1000, seed, extra=(phase, share, size_nm))


def test_what_is_missed_is_below_its_limit():
    """Limits at 95 %: of six by-products that a fit may miss, one may lie above, and no found share 4 u off."""
    above = 0
    for seed, phase in enumerate(("delta", "pbi2", "cai2", "pbi2", "cai2", "delta")):
        share, scan = little_beside(phase, seed)
        amount = figures(XRD_PHASE.run(scan, {}))[f"{phase}_volume_percent"]
        if amount.value is None:
            above += 100 * share > amount.high
        else:
            assert abs(amount.value - 100 * share) < 4 * amount.uncertainty
    assert above <= 1


def test_another_perovskite_is_told_by_its_lattice():
    rng = np.random.default_rng(4)
    angle = np.arange(9.0, 50.0, 0.04)
    signal = pattern(angle, "alpha", 20.0, scale=5.93 / 6.19)
    signal = signal / signal.max() * 2000 + background(angle, rng, 2000)
    result = XRD_PHASE.run(
        reading(angle, rng.poisson(signal).astype(float), wavelength_angstrom=1.5418), {}
    )
    assert result.phase is None
    assert "a = 5.93 Å, not CsPbI3" in result.summary
    assert "xrd_tilt" not in figures(result)


def cobalt_pattern():
    rng = np.random.default_rng(4)
    angle = np.arange(9.0, 60.0, 0.04)
    signal = pattern(angle, "tilt-1.0", 12.0, radiation=tube("Co"))
    signal = signal / signal.max() * 3000 + background(angle, rng, 2000)
    return angle, rng.poisson(signal).astype(float)


def test_a_cobalt_pattern_taken_for_copper_is_noticed():
    result = XRD_PHASE.run(reading(*cobalt_pattern()), {})
    assert result.phase is None
    assert "Co Kα" in result.summary
    assert "does not say its wavelength" in result.warnings[0]


@pytest.mark.parametrize(
    ("metadata", "parameters"),
    [
        ({"anode": "Co"}, {}),
        ({"wavelength_angstrom": 1.78897}, {}),
        ({}, {"wavelength_angstrom": 1.7903}),
    ],
)
def test_the_wavelength_comes_from_the_file_or_from_the_chemist(metadata, parameters):
    result = XRD_PHASE.run(reading(*cobalt_pattern(), **metadata), parameters)
    assert result.phase == "gamma", result.summary
    assert not any("assumed" in warning for warning in result.warnings)


@pytest.mark.parametrize(("kind", "phase"), [("alpha", "alpha"), ("gamma", "gamma")])
@pytest.mark.parametrize("size", [9.5, 12.5])
def test_patterns_of_whole_crystals_from_the_debye_equation_are_named(kind, phase, size):
    table = np.load(DEBYE)
    angle, signal = table["tt"], table[f"{kind}_{size}"]
    rng = np.random.default_rng(3)
    for peak_counts in (300, 3000):
        net = signal - 0.95 * signal[angle > 11.5].min()
        net = net / net[(angle > 26) & (angle < 31)].max() * peak_counts
        counts = rng.poisson(np.maximum(net, 0) + background(angle, rng, peak_counts)).astype(float)
        inside = angle > 9.5
        scan = reading(angle[inside], counts[inside], wavelength_angstrom=1.5418)
        result = XRD_PHASE.run(scan, {})
        assert result.phase == phase, result.summary
        assert figures(result)["lattice_a_pc_angstrom"].value == pytest.approx(6.187, abs=0.02)
        assert figures(result)["crystallite_nm"].value == pytest.approx(size, rel=0.2)


def side_by_side(share_of_gamma, seed):
    rng = np.random.default_rng(seed)
    angle = np.arange(9.0, 50.0, 0.04)
    signal = share_of_gamma * pattern(angle, "tilt-1.0", 11.0)
    signal += (1 - share_of_gamma) * pattern(angle, "alpha", 11.0)
    signal = signal / signal.max() * 3000 + background(angle, rng, 3000)
    return reading(angle, rng.poisson(signal).astype(float), anode="Cu")


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_a_mixture_is_never_passed_off_as_one_clean_phase(share):
    result = XRD_PHASE.run(side_by_side(share, 7), {})
    assert result.phase in {"mixed", None}
    assert re.search(r"α with about \d+ % γ|side by side: about \d+ % γ", result.summary)


def whole_crystals(share_of_gamma, peak_counts, seed, stretch=1.0):
    """Return a scan of 9.5 nm crystals from the Debye equation, α and γ by volume; all spacings × ``stretch``."""
    table = np.load(DEBYE)
    angle = table["tt"]
    signal = share_of_gamma * table["gamma_9.5"] + (1 - share_of_gamma) * table["alpha_9.5"]
    sine = np.clip(np.sin(np.radians(angle / 2)) * stretch, 0, 1)
    signal = np.interp(2 * np.degrees(np.arcsin(sine)), angle, signal)
    rng = np.random.default_rng(seed)
    net = signal - 0.95 * signal[angle > 11.5].min()
    net = net / net[(angle > 26) & (angle < 31)].max() * peak_counts
    counts = rng.poisson(np.maximum(net, 0) + background(angle, rng, peak_counts)).astype(float)
    inside = (angle > 9.5) & (angle < 45)
    return reading(angle[inside], counts[inside], wavelength_angstrom=1.5418)


@pytest.mark.parametrize("edge", [6.12, 6.14, 6.155])
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_lattice_too_small_for_the_iodide_names_the_mixed_halide(edge, share):
    """Bromide shrinks the lattice: below 6.165 Å CsPbI3 alone is not claimed."""
    result = XRD_PHASE.run(whole_crystals(share, 1000, 1, stretch=edge / 6.1875), {})
    assert result.phase is None
    assert "CsPb(I,Br)3" in result.summary
    assert figures(result)["lattice_a_pc_angstrom"].value == pytest.approx(edge, abs=0.012)
    assert "CsPb(I,Br)3" in {rival["phase"] for rival in result.detail["rivals"]}


def test_the_share_of_bromide_follows_vegard():
    """Half of the way from CsPbI3 to CsPbBr3 is half of the halides; a tenth of bromide read at 6.127 Å is within 2 u."""
    share, u = bromide_percent((6.1875 + 5.840) / 2)
    assert share == pytest.approx(50, abs=0.5)
    share, u = bromide_percent(6.127)
    assert abs(share - 10) < 2 * u < 20
    assert not is_mixed_halide(6.187)


def test_fully_tilted_gamma_is_not_doubted_as_a_mixture():
    result = XRD_PHASE.run(measured("tilt-1.0", 3000, 4), {})
    assert result.phase == "gamma"
    assert not any("mixture" in warning for warning in result.warnings)


def test_beta_is_named_only_where_it_fits_better_than_any_tilt():
    result = XRD_PHASE.run(measured("beta", 3000, 2), {})
    assert result.phase in {"beta", None}, result.summary
    for crystal in ("alpha", "tilt-0.5", "tilt-1.0"):
        assert XRD_PHASE.run(measured(crystal, 1000, 2), {}).phase != "beta"


def test_gamma_comes_with_evidence_a_person_can_check():
    result = XRD_PHASE.run(measured("tilt-1.0", 3000, 8), {})
    sure = [row for row in result.detail["evidence"] if row["sigmas"] > 5]
    assert len(sure) >= 3
    # (201)/(102), the 23.7 to 24.1 group and (221)/(122) of γ, published line positions.
    for published in (22.8, 23.9, 27.0):
        assert any(abs(row["expected_deg"] - published) < 0.2 for row in sure)
    assert all(abs(row["found_deg"] - row["expected_deg"]) < 0.2 for row in sure)
    alpha = next(rival for rival in result.detail["rivals"] if rival["phase"] == "alpha")
    assert alpha["delta_chi2"] > 100


def test_alpha_has_no_tilt_lines_and_admits_what_it_cannot_exclude():
    result = XRD_PHASE.run(measured("alpha", 3000, 9), {})
    assert all(row["sigmas"] < 4 for row in result.detail["evidence"])
    rivals = {rival["phase"]: rival["against"] for rival in result.detail["rivals"]}
    assert "coincide" in rivals["MAPbI3"]


def test_the_result_can_be_stored_and_drawn():
    result = XRD_PHASE.run(measured("tilt-1.0", 1000, 1), {})
    json.dumps(result.as_dict(), allow_nan=False)
    curves = {curve.name: curve for curve in result.curves}
    assert len(curves["fit"].x) == len(curves["background"].y) == len(curves["residual"].y)
    assert {c.name for c in result.curves if c.kind == "sticks"} >= {
        "γ-CsPbI3",
        "α-CsPbI3",
        "δ-CsPbI3",
    }
    assert max(curves["γ-CsPbI3"].y) == 100.0
    assert result.detail["lines"][0]["phase"] == "perovskite"
