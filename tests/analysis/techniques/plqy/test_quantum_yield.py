"""Quantum yields of a simulated sphere, their uncertainty, self-absorption, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.quantities import QUANTITIES
from analysis.reading import Channel, Reading, UnreadableFile
from analysis.result import NoResult
from analysis.techniques.files import read
from analysis.techniques.guess import guess_technique
from analysis.techniques.plqy.integrals import Integrals
from analysis.techniques.plqy.yield_of import de_mello, run, uncertainty_parts
from tests.analysis.instruments import own_file, shared_file
from tests.analysis.techniques.plqy.sphere import AXIS, measured
from tests.analysis.techniques.readings import figures, values

EXACT = {"response_u_percent": 0, "integral_u_percent": 0}


@pytest.mark.parametrize("right", [0.05, 0.55, 0.98])
@pytest.mark.parametrize(("absorbs", "first"), [(0.55, 0.55), (0.2, 0.3), (0.9, 0.8)])
def test_a_random_walk_of_photons_gives_its_quantum_yield(right, absorbs, first):
    result = run(measured(quantum_yield=right, absorbs=absorbs, first=first), EXACT)
    assert values(result)["plqy_percent"] == pytest.approx(
        100 * right, rel=0.025
    )  # the sample hides some wall
    assert values(result)["absorbed_percent"] == pytest.approx(100 * first, rel=0.01)


def test_one_per_cent_on_each_integral_is_three_per_cent_of_the_yield():
    # 0.980 ± 0.033: here by repeating the measurement with lasers that drift, not by our formula
    settings = {"response_u_percent": 0, "integral_u_percent": 1}
    sample = {"absorbs": 0.4, "first": 0.34, "quantum_yield": 0.9}
    found = figures(run(measured(**sample), settings))["plqy_percent"]
    seen = [
        run(measured(seed, drift=0.01, **sample), settings).detail["observed_percent"]
        for seed in range(120)
    ]
    assert found.uncertainty == pytest.approx(np.std(seen), rel=0.25)
    assert 2.5 < found.uncertainty < 4


def test_a_dark_sample_is_not_refused_and_its_upper_limit_is_above_how_far_it_scatters():
    # the emission of a dark sample is noise, above zero or below it: the truth is 0
    dark = [
        run(measured(seed, sent=2e5, quantum_yield=0.0, with_response=False), EXACT)
        for seed in range(40)
    ]
    seen = np.array([result.detail["observed_percent"] for result in dark])
    u = np.array([result.detail["observed_u_percent"] for result in dark])
    assert seen.min() < 0 < seen.max()
    assert np.mean(np.abs(seen) < 2 * u) > 0.9
    assert u.max() < 3 * np.sqrt(np.mean(seen**2))
    limits = [
        figures(result)["plqy_percent"] for result in dark if result.detail["observed_percent"] < 0
    ]
    assert all(limit.value is None and limit.high > 2 * np.std(seen) for limit in limits)


def test_noise_of_the_emission_counts_alike_above_and_below_zero():
    # by repeating de Mello's formula with integrals that scatter, not by derivatives
    rng = np.random.default_rng(0)
    for p_b, p_c in ((0.5, -1.0), (0.5, 1.0), (-3.0, -4.0)):
        again = [
            de_mello(1000.0, 900.0, 500.0, *rng.normal((p_b, p_c), 5.0)).value for _ in range(2000)
        ]
        found = Integrals(
            1000.0, 900.0, 500.0, p_b, p_c, (0.0, 0.0, 0.0, 5.0, 5.0), (400, 410), (600, 700), AXIS, {}
        )  # fmt: skip
        u = float(np.hypot.reduce(list(uncertainty_parts(found, 0.0, 0.0).values())))
        assert u == pytest.approx(np.std(again), rel=0.05)
        assert u == pytest.approx(0.0129, rel=0.02)


def test_de_mellos_formula_gives_back_the_yield_of_exact_integrals():
    right = de_mello(1.0, 0.9, 0.45, 0.098, 0.539)
    assert right.absorbed == pytest.approx(0.5)
    assert right.value == pytest.approx(0.98)


def test_the_response_counts_and_its_uncertainty_goes_into_the_yield():
    reading = measured(quantum_yield=0.6)
    bare = Reading("plqy", "test 1", reading.channels[:-1])
    assert values(run(reading, EXACT))["plqy_percent"] == pytest.approx(60, rel=0.03)
    without = run(bare, EXACT)
    assert values(without)["plqy_percent"] == pytest.approx(60 * 0.908, rel=0.03)  # r(686)/r(405)
    assert any("holds no response" in w for w in without.warnings)
    unsure = figures(run(reading, {"integral_u_percent": 0, "response_u_percent": 10}))[
        "plqy_percent"
    ]
    assert unsure.uncertainty == pytest.approx(0.1 * unsure.value, rel=0.05)


def test_power_is_turned_into_photons_and_an_unknown_unit_is_asked():
    power = measured(quantum_yield=0.6, unit="uW/nm", with_response=False)
    assert values(run(power, EXACT))["plqy_percent"] == pytest.approx(60, rel=0.03)
    naive = run(power, {**EXACT, "signal_is": "photons"})
    assert values(naive)["plqy_percent"] == pytest.approx(60 * 405 / 686, rel=0.03)
    unknown = measured(quantum_yield=0.6, unit="a.u.", with_response=False)
    with pytest.raises(NoResult, match="photons or power"):
        run(unknown, EXACT)


def test_self_absorption_is_given_back_when_told():
    reading = measured(quantum_yield=0.8, again=0.4)
    observed = figures(run(reading, EXACT))["plqy_percent"]
    assert observed.value == pytest.approx(100 * 0.8 * 0.6 / (1 - 0.32), rel=0.03)
    right = figures(run(reading, {**EXACT, "self_absorption": 0.4, "self_absorption_u": 0.05}))[
        "plqy_percent"
    ]
    assert right.value == pytest.approx(80, rel=0.03)
    assert right.uncertainty > observed.uncertainty
    assert "40% of the emission absorbed again" in right.label


def test_exposures_are_taken_off():
    reading = measured(quantum_yield=0.6)
    x, a, b, c, r = reading.channels
    longer = Channel("direct", "counts", c.values * 4)
    told = run(Reading("plqy", "t", (x, a, b, longer, r)), {**EXACT, "exposure_c": 4})
    assert values(told)["plqy_percent"] == pytest.approx(
        values(run(reading, EXACT))["plqy_percent"], rel=1e-6
    )


def test_more_than_all_is_shown_as_all_or_refused():
    reading = measured(quantum_yield=1.0)
    x, a, b, c, r = reading.channels
    band = AXIS > 600
    more = Channel("direct", "counts", np.where(band, c.values * 1.04, c.values))
    some = run(Reading("plqy", "t", (x, a, b, more, r)), {})
    assert values(some)["plqy_percent"] == 100
    assert any("100 % stands for it" in w for w in some.warnings)
    twice = Channel("direct", "counts", np.where(band, c.values * 2, c.values))
    with pytest.raises(NoResult, match="cannot be"):
        run(Reading("plqy", "t", (x, a, b, twice, r)), {})


def test_a_sample_that_takes_nothing_and_a_saturated_spectrum_are_refused():
    with pytest.raises(NoResult, match="noise by noise"):
        run(measured(absorbs=0.001, first=0.005), {})
    reading = measured()
    x, a, b, c, r = reading.channels
    cut = Channel("empty", "counts", np.minimum(a.values, a.values.max() / 3))
    with pytest.raises(NoResult, match="saturated"):
        run(Reading("plqy", "t", (x, cut, b, c, r)), {})


def text(heads, reading):
    rows = zip(*(channel.values for channel in reading.channels), strict=True)
    return "\n".join([heads, *("\t".join(f"{cell:.6g}" for cell in row) for row in rows)]).encode()


@pytest.mark.parametrize(
    "heads",
    [
        "Wavelength (nm)\ta (counts)\tb (counts)\tc (counts)\tResponse",
        "Wavelength (nm)\tEmpty sphere (counts)\tIndirect (counts)\tDirect (counts)\tSensitivity",
        "Wavelength (nm)\tBlank (counts)\tOff-axis (counts)\tOn-axis (counts)\tResponse",
        "Wavelength (nm)\tSpectrum 7 (counts)\tSpectrum 8 (counts)\tSpectrum 9 (counts)\tResponse",
    ],
)
def test_three_columns_are_told_apart_by_their_heads_or_their_laser_light(heads):
    reading = read(text(heads, measured(quantum_yield=0.6)), "a.txt", "plqy")
    assert values(run(reading, EXACT))["plqy_percent"] == pytest.approx(60, rel=0.03)
    assert any("which is which" in w for w in reading.warnings) == ("Spectrum 7" in heads)
    assert all(figure.quantity in QUANTITIES for figure in run(reading, EXACT).figures)


def test_fewer_than_three_spectra_are_refused():
    reading = measured()
    two = Reading("plqy", "t", reading.channels[:3])
    with pytest.raises(UnreadableFile, match="needs three spectra"):
        read(text("Wavelength (nm)\ta (counts)\tc (counts)", two), "a.txt", "plqy")


def test_an_instruments_own_yield_is_given_as_said():
    path = shared_file("optical/100_40-1.abspl.txt")
    result = run(read(path.read_bytes(), path.name, "plqy"), {})
    figure = figures(result)["plqy_percent"]
    assert (figure.value, figure.uncertainty) == (0.04, None)
    assert "as the instrument's file says" in figure.label


def test_a_simulated_file_of_that_instrument_is_read_too():
    path = own_file("optical/luqy.abspl.txt")
    said = next(line for line in path.read_text().splitlines() if line.startswith("LuQY"))
    figure = figures(run(read(path.read_bytes(), path.name, "plqy"), {}))["plqy_percent"]
    assert figure.value == float(said.split("\t")[1])


@pytest.mark.parametrize("name", ["NC-0042_PLQY.txt", "film sphere c.csv"])
def test_a_file_is_told_by_its_name(name):
    assert guess_technique(name, b"Wavelength (nm)\ta\tb\tc\n") == "plqy"


SPECTRUM = "\nWavelength (nm)\tIntensity (counts)\n" + "\n".join(
    f"{nm}\t{1000 - nm}" for nm in range(500, 560)
)


@pytest.mark.parametrize(
    ("line", "percent"),
    [
        ("PLQY: 0.85 %", 0.85),
        ("PLQY (%): 0.85", 0.85),
        ("PLQY: 8.5E-1 %", 0.85),
        ("PLQY: 0.85 percent", 0.85),
        ("PLQY: 85", 85),
    ],
)
def test_an_own_yield_in_per_cent_is_taken_as_said(line, percent):
    reading = read((line + SPECTRUM).encode(), "a.txt", "plqy")
    assert values(run(reading, {}))["plqy_percent"] == pytest.approx(percent)


@pytest.mark.parametrize("line", ["PLQY: 0.85", "Quantum yield: 8.5E-1"])
def test_an_own_yield_up_to_one_without_per_cent_is_asked(line):
    reading = read((line + SPECTRUM).encode(), "a.txt", "plqy")
    with pytest.raises(NoResult, match="per cent or a fraction"):
        run(reading, {})
    for said, percent in (("per cent", 0.85), ("a fraction of 1", 85)):
        assert values(run(reading, {"said_is": said}))["plqy_percent"] == pytest.approx(percent)
