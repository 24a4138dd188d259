"""What the calibration of an instrument does to a figure: it is part of its ±, as each method has it."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.reading import Calibrated, Reading
from analysis.services.measuring_instruments import scales_of
from analysis.techniques.absorbance.absorption import run as run_absorbance
from analysis.techniques.emission.technique import PL
from analysis.techniques.jvl.technique import JVL
from analysis.techniques.registry import TECHNIQUES
from analysis.techniques.shared.calibration import TWO_THETA, Known
from analysis.techniques.xrd.diffraction.report import _lattice_systematic_angstrom
from tests.analysis.factories import HC_EV_NM, pl_file
from tests.analysis.techniques.jvl.test_electroluminescence import led, sweep
from tests.analysis.techniques.readings import spectrum


def known_to(reading: Reading, **u: float) -> Reading:
    return replace(
        reading, calibrated={name: Calibrated(one, "MI-0007") for name, one in u.items()}
    )


def figure(result, name):
    return next(one for one in result.figures if one.quantity == name)


def peak(**u):
    wavelength, counts = np.loadtxt(pl_file().decode().splitlines()[1:], delimiter=",").T
    return figure(PL.methods[0].run(known_to(spectrum(wavelength, counts), **u), {}), "pl_peak_nm")


def test_a_peak_counts_with_the_scale_of_its_instrument():
    default, coarse, fine = peak(), peak(wavelength_nm=2.0), peak(wavelength_nm=0.05)
    assert coarse.uncertainty**2 - default.uncertainty**2 == pytest.approx(2.0**2 - 0.3**2)
    assert fine.uncertainty < 0.3 <= default.uncertainty
    assert "wavelength scale 0.3 nm (default)" in default.note
    assert "wavelength scale 2 nm (MI-0007)" in coarse.note
    assert default.value == coarse.value == fine.value


def test_an_exciton_counts_with_it_in_electronvolts():
    x = np.arange(450.0, 800.0, 1.0)
    energy = HC_EV_NM / x
    y = np.exp(-(((energy - 1.85) / 0.05) ** 2)) + 1.5 / (1 + np.exp(-(energy - 2.1) / 0.03))
    reading = spectrum(
        x, y + np.random.default_rng(1).normal(0, 1e-3, x.size), "absorbance", y_unit=""
    )
    default, coarse = (
        figure(run_absorbance(known_to(reading, **u), {}), "first_exciton_ev")
        for u in ({}, {"wavelength_nm": 3.0})
    )
    per_nm = default.value**2 / HC_EV_NM  # dE/dλ = E²/hc
    assert coarse.uncertainty**2 - default.uncertainty**2 == pytest.approx(
        per_nm**2 * (3.0**2 - 0.3**2)
    )
    assert "(MI-0007)" in coarse.note


def test_a_sweep_counts_with_its_meter_and_its_mask():
    v, density, light = led()[:3]
    reading = sweep(voltage=v, current_density=density, luminance=light)
    default, exact = (
        JVL.methods[0].run(known_to(reading, **u), {})
        for u in ({}, {"luminance_percent": 1.0, "area_percent": 0.5})
    )
    top = figure(exact, "luminance_cd_m2")
    assert top.uncertainty == pytest.approx(0.01 * top.value)
    assert figure(exact, "current_density_ma_cm2").uncertainty == pytest.approx(
        0.005 * figure(exact, "current_density_ma_cm2").value
    )
    assert (
        "luminance 1 % (MI-0007), area 0.5 % (MI-0007)"
        in figure(exact, "current_efficiency_cd_a").note
    )
    assert figure(exact, "turn_on_v").uncertainty < figure(default, "turn_on_v").uncertainty


def test_a_lattice_edge_counts_with_the_angle_by_braggs_law():
    assert _lattice_systematic_angstrom(6.2, Known(TWO_THETA.u, "")) == pytest.approx(0.005)
    sine = np.sin(np.radians(28.6 / 2))
    moved = 6.2 * (sine / np.sin(np.radians((28.6 + 0.1) / 2)) - 1)  # the edge read 0.1° off
    of_default = 6.2 * (sine / np.sin(np.radians((28.6 + 0.02) / 2)) - 1)
    found = _lattice_systematic_angstrom(6.2, Known(0.1, ""))
    assert found == pytest.approx(np.sqrt(0.005**2 - of_default**2 + moved**2), rel=0.01)
    assert _lattice_systematic_angstrom(6.2, Known(0.001, "")) < 0.004


def test_every_scale_is_named_once_and_has_a_default():
    for technique in TECHNIQUES.values():
        for scale in technique.scales:
            assert scale.u > 0
            assert scales_of([technique.name])[scale.name] is scale
