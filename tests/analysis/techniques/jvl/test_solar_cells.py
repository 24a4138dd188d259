"""The J-V of a solar cell: simulated ones of the one-diode equation, and what real instruments wrote in their heads."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from analysis.result import NoResult
from analysis.techniques.files import read
from analysis.techniques.jvl.electroluminescence import run
from tests.analysis.instruments import shared_file
from tests.analysis.techniques.jvl.test_electroluminescence import sweep
from tests.analysis.techniques.readings import figures, values

FOUR = ("v_oc_v", "j_sc_ma_cm2", "fill_factor_percent", "pce_percent")
V = np.arange(-0.1, 1.2501, 0.02)


def current(volts, light=21.0, dark=1e-14, ideality=1.5, series=2.0, parallel=2000.0):
    """Current density (mA/cm²) that flows out of a cell: one diode, resistances in Ω cm²."""
    thermal = ideality * 0.02569

    def left(j):
        inner = volts + j * series / 1e3
        return light - dark * np.expm1(inner / thermal) * 1e3 - inner / parallel * 1e3 - j

    return brentq(left, -1e4, light + 10)


J = np.array([current(v) for v in V])


def truth():
    v_oc = brentq(current, 0.2, 1.3)
    fine = np.linspace(0, v_oc, 4001)
    top = max(v * current(v) for v in fine)
    return v_oc, current(0.0), 100 * top / (v_oc * current(0.0)), top  # at 100 mW/cm²: mW/cm² are %


def cell(volts, density, **settings):
    return run(sweep(voltage=volts, current_density=density), settings)


def test_a_simulated_cell_has_its_four_numbers_within_their_uncertainty():
    rng, true = np.random.default_rng(5), truth()
    drawn = []
    for _ in range(200):
        noisy = J * rng.normal(1, 0.002, V.size) + rng.normal(0, 0.01, V.size)
        found = figures(cell(V, noisy, irradiance_mw_cm2=100))
        drawn.append([(found[name].value, found[name].uncertainty) for name in FOUR])
    value, u = np.moveaxis(np.array(drawn), 2, 0)
    assert np.mean(value, axis=0) == pytest.approx(true, rel=0.003)
    inside = np.mean(np.abs(value - true) <= 1.96 * u, axis=0)
    assert (
        inside[[0, 2]] > 0.9
    ).all()  # of J_sc and PCE the area, which was drawn without its error, is most
    assert (u[:, 0] < 0.002).all()
    assert (u[:, 2] < 1).all()


@pytest.mark.parametrize("sign", [1, -1])
def test_either_sign_of_the_current_and_both_ways_are_read(sign):
    volts, density = np.concatenate([V[::-1], V]), sign * np.concatenate([J[::-1], 0.98 * J])
    result = cell(volts, density)
    assert [values(result)[name] for name in FOUR] == pytest.approx(truth(), rel=0.003)
    assert result.detail["scan_direction"] == "down"
    assert result.detail["other_direction"]["j_sc_ma_cm2"] == pytest.approx(
        0.98 * truth()[1], rel=1e-3
    )
    assert "irradiance" in result.warnings[0]


def test_the_light_that_a_person_says_scales_the_efficiency_alone():
    one_sun, half = values(cell(V, J)), values(cell(V, J, irradiance_mw_cm2=50))
    assert half["pce_percent"] == pytest.approx(2 * one_sun["pce_percent"])
    assert half["fill_factor_percent"] == one_sun["fill_factor_percent"]


@pytest.mark.parametrize(
    ("volts", "density", "words"),
    [
        (V[V > 0.3], J[V > 0.3], "starts at 0.3 V"),
        (V[V < 0.9], J[V < 0.9], "still gives .* lies beyond"),
        (
            V,
            1e-3 * V + 1e-6,
            "no luminance column.*gives none",
        ),  # a dark sweep with a meter's offset
        (V, 0 * V, "no luminance column"),
    ],
)
def test_what_is_no_whole_sweep_of_a_cell_is_refused_in_words(volts, density, words):
    with pytest.raises(NoResult, match=words):
        cell(volts, density)


# V_oc, J_sc, FF, PCE that the program of the instrument wrote above the numbers, by file and scan.
HEADS = {
    ("KIT_px7_mid.jv.csv", "1"): (1.021169, 20.12255, 67.97768, 13.96841),
    ("KIT_px7_mid.jv.csv", "2"): (1.006363, 19.80473, 61.68432, 12.29414),
    # the efficiencies in this head (20.2 ...) are not P_MPP over 100 mW/cm²; its P_MPP is
    ("Keithley2400_Batch-Test_jv.txt", "1"): (1.212763, 21.990472, 79.948537, 21.321657),
    ("Keithley2400_Batch-Test_jv.txt", "2"): (1.199200, 21.944247, 78.653476, 20.698082),
    ("Keithley2400_Batch-Test_jv.txt", "3"): (1.202260, 21.919781, 79.799317, 21.029735),
    ("Keithley2400_Batch-Test_jv.txt", "4"): (1.190295, 21.907378, 78.685959, 20.518333),
    ("Keithley2400_Batch-Test_jv.txt", "5"): (1.204357, 22.156144, 80.297248, 21.426440),
    ("Keithley2400_Batch-Test_jv.txt", "6"): (1.195193, 22.112372, 79.548480, 21.023516),
    # of this program: lines through several points, so that its J_sc is not the point at 0 V of its own table
    ("SBTPS_IV1.IV", "1"): (0.5982813, 14.58092, 30.32218, 2.645153),
    ("SBTPS_SEQ1.SEQ", "1"): (0.199852, 14.46032, 29.06938, 0.840083),
    ("SBTPS_SEQ1.SEQ", "2"): (0.2240229, 14.22382, 38.12118, 1.214717),
}  # fmt: skip


@pytest.mark.parametrize(("name", "scan"), HEADS)
def test_a_real_file_gives_what_its_head_says(name, scan):
    reading = read(shared_file(f"device/{name}").read_bytes(), name, "jvl")
    result = run(reading.of(scan), {})
    apart = 0.035 if name.startswith("SBTPS") else 0.002
    assert [values(result)[one] for one in FOUR] == pytest.approx(HEADS[name, scan], rel=apart)
    said = "irradiance" in " ".join(result.warnings)
    assert said == name.startswith("KIT")  # the others say 100 mW/cm², or one sun
