"""Levels of UPS spectra whose cut-off and onset are known; axis and bias are asked for, not guessed."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.quantities import QUANTITIES
from analysis.reading import Channel, Reading, UnreadableFile
from analysis.result import NoResult
from analysis.techniques.files import read
from analysis.techniques.guess import guess_technique
from analysis.techniques.ups.levels import run
from tests.analysis.techniques.files.instrument_files import vamas
from tests.analysis.techniques.readings import figures
from tests.analysis.techniques.ups.spectra import HE_I, counts, spectrum

SAID = {"bias_v": 0, "gap_ev": 1.78, "gap_u_ev": 0.02}


@pytest.mark.parametrize(
    ("cutoff", "onset", "gap", "vbm", "cbm"),
    [
        (17.22, 1.74, 1.78, -5.74, -3.96),
        (16.92, 1.20, 1.79, -5.50, -3.71),
    ],  # Guo et al. 2023: α and γ
)
def test_the_papers_levels_come_from_spectra_with_its_edges(cutoff, onset, gap, vbm, cbm):
    found = figures(run(spectrum(cutoff=cutoff, onset=onset), {**SAID, "gap_ev": gap}))
    for quantity, right in (("vbm_ev", vbm), ("cbm_ev", cbm), ("fermi_level_ev", cutoff - HE_I)):
        figure = found[quantity]
        assert figure.value == pytest.approx(right, abs=0.08)
        assert abs(figure.value - right) < 1.96 * figure.uncertainty < 0.3


def test_levels_are_held_for_bands_and_resolutions_of_any_form():
    held = []
    for seed, (power, fwhm) in enumerate(
        [(0.6, 0.05), (1, 0.2), (1.4, 0.1), (1.0, 0.05), (0.8, 0.15), (1.2, 0.2)]
    ):
        found = figures(run(spectrum(seed, power=power, fwhm=fwhm, height=4e4), SAID))
        held += [
            abs(found[q].value - right) < 1.96 * found[q].uncertainty
            for q, right in (
                ("vbm_ev", -5.74),
                ("fermi_level_ev", -4.0),
                ("valence_onset_ev", 1.74),
            )
        ]
    assert np.mean(held) >= 0.9


@pytest.mark.parametrize("bias", [-5.0, -10.0, 0.0])
@pytest.mark.parametrize("axis", ["binding_energy", "kinetic_energy"])
def test_a_bias_and_either_axis_give_the_same_levels(axis, bias):
    plain = figures(run(spectrum(), SAID))["vbm_ev"].value
    other = figures(run(spectrum(axis=axis, bias=bias), {**SAID, "bias_v": bias}))["vbm_ev"].value
    assert other == pytest.approx(plain, abs=0.02)


def test_a_bias_that_is_not_said_is_asked_where_the_levels_would_be_none():
    with pytest.raises(NoResult, match="bias"):
        run(spectrum(bias=-5.0), {})
    corrected = run(spectrum(), {})
    assert any("bias is not said" in w for w in corrected.warnings)


def test_a_bias_of_the_wrong_sign_is_refused_with_what_may_be_meant():
    with pytest.raises(NoResult, match=r"sign of the bias may be turned \(-2 V is meant\)"):
        run(spectrum(bias=-2.0), {**SAID, "bias_v": 2})
    head = b"Bias: 2 V\nExcitation Energy: 21.22\n"
    content = head + text("Binding Energy (eV)\tCounts", BINDING - 2, counts(BINDING))
    with pytest.raises(NoResult, match="sign of the bias"):
        run(read(content, "a.txt", "ups"), {})
    with pytest.raises(NoResult, match="Without a bias the work function"):
        run(spectrum(bias=-5.0), {**SAID, "bias_v": 0})


def test_an_onset_above_the_fermi_level_is_named_with_and_without_a_gap():
    # corrected once more than it should be, by 2.5 V: both edges move, the work function stays one of solids
    for said in (SAID, {"bias_v": 0}):
        result = run(spectrum(cutoff=17.5, onset=1.74, bias=-2.5), said)
        assert figures(result)["valence_onset_ev"].value < 0
        assert any("above the Fermi level" in w for w in result.warnings)


def test_the_gap_is_told_or_there_is_no_conduction_band():
    without = run(spectrum(), {"bias_v": 0})
    assert "cbm_ev" not in figures(without)
    assert any("No CBM" in w for w in without.warnings)
    wide = figures(run(spectrum(), {**SAID, "gap_u_ev": 0.5}))
    assert wide["cbm_ev"].uncertainty > 0.5 > wide["vbm_ev"].uncertainty


def test_one_region_alone_gives_what_it_holds():
    whole = spectrum()
    x, y = whole.x.values, whole.y.values

    def part(kept):
        channels = (
            Channel("binding_energy", "eV", x[kept]),
            Channel("intensity", "counts", y[kept]),
        )
        return Reading("ups", "test 1", channels, {"photon_ev": HE_I})

    low = run(part(x < 6), SAID)
    assert set(figures(low)) == {"valence_onset_ev"}
    assert any("No Fermi level" in w for w in low.warnings)
    high = run(part(x > 12), SAID)
    assert set(figures(high)) == {"cutoff_ev", "fermi_level_ev"}
    with pytest.raises(NoResult, match="Neither edge"):
        run(part((x > 5) & (x < 12)), SAID)


@pytest.mark.parametrize(
    "signal", [np.zeros(400), np.full(400, -1.0), np.full(400, 7.0), np.arange(400.0)]
)
def test_nonsense_is_refused_in_a_sentence(signal):
    x = np.linspace(-1, 20, 400)
    reading = Reading(
        "ups",
        "test 1",
        (Channel("binding_energy", "eV", x), Channel("intensity", "counts", signal)),
    )
    with pytest.raises(NoResult, match=r"\.$"):
        run(reading, SAID)


def text(head, x, y):
    return "\n".join([head, *(f"{a:.3f}\t{b:.0f}" for a, b in zip(x, y, strict=True))]).encode()


BINDING = np.arange(-1.5, 20, 0.03)


@pytest.mark.parametrize(
    ("head", "axis"),
    [
        ("Binding Energy (eV)\tCounts", "binding_energy"),
        ("B.E. (eV)\tCounts/s", "binding_energy"),
        ("Kinetic Energy / eV\tIntensity", "kinetic_energy"),
        ("KE (eV)\tCPS", "kinetic_energy"),
    ],
)
def test_heads_say_which_energy_it_is(head, axis):
    x = HE_I - BINDING if axis == "kinetic_energy" else BINDING
    reading = read(text(head, x, counts(BINDING)), "a.txt", "ups")
    assert reading.x.name == axis
    assert figures(run(reading, {"bias_v": 0}))["vbm_ev"].value == pytest.approx(-5.74, abs=0.1)


def test_an_energy_of_no_kind_is_asked_and_the_header_says_bias_and_source():
    content = b"Bias (V)\t-5.0\nExcitation Energy\t21.22\n" + text(
        "Energy (eV)\tCounts", BINDING - 5, counts(BINDING)
    )
    reading = read(content, "a.txt", "ups")
    assert (reading.metadata["bias_v"], reading.metadata["photon_ev"]) == (-5.0, 21.22)
    with pytest.raises(NoResult, match="binding or kinetic"):
        run(reading, {})
    result = run(reading, {"axis": "binding energy"})
    assert figures(result)["vbm_ev"].value == pytest.approx(-5.74, abs=0.1)
    assert all(figure.quantity in QUANTITIES for figure in result.figures)


def test_a_file_is_told_by_its_name_and_a_pl_spectrum_is_none():
    assert guess_technique("NC-0042_UPS.txt", b"") == "ups"
    with pytest.raises(UnreadableFile):
        read(
            text("Wavelength (nm)\tCounts", np.arange(400.0, 800), np.arange(400.0)), "a.txt", "ups"
        )


def test_a_vamas_file_gives_the_levels_that_its_spectrum_has():
    kinetic = np.arange(6.0, 27.7, 0.03)  # 5 V of bias lift every electron
    signal = np.round(counts(HE_I - (kinetic - 5.0)))
    region = ("VB", "", kinetic[0], 0.03, signal, 0.1)
    content = vamas(region, photon=HE_I, kind="UPS", bias=-5.0)
    reading = read(content, "NC-0042.vms", "ups")
    assert (reading.x.name, reading.metadata["bias_v"]) == ("kinetic_energy", -5.0)
    found = figures(run(reading, {}))
    assert found["vbm_ev"].value == pytest.approx(-5.74, abs=0.08)
    assert found["fermi_level_ev"].value == pytest.approx(-4.0, abs=0.08)
    assert guess_technique("NC-0042.vms", content[:4000]) == "ups"
    assert guess_technique("NC-0042_UPS.vms", content[:4000]) == "ups"


def test_x_ray_spectra_of_a_vamas_file_are_no_ups():
    content = vamas(("Pb", "4f", 1340.0, 0.1, range(100, 140), 0.1))
    with pytest.raises(UnreadableFile, match="No block of this VAMAS file is a UPS spectrum"):
        read(content, "a.vms", "ups")
    assert guess_technique("a.vms", content[:4000]) == "xps"
