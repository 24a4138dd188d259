"""Simulated files in the layouts of instruments: each reader reads what plain splitting finds in them.

The numbers were taken from the files by splitting their lines, without any reader of ours. What the files
hold stands in tests/data/instruments/SOURCES.md.
"""

import json
import re

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from analysis.techniques.registry import TECHNIQUES
from tests.analysis.instruments import OWN, every_file, own_file

# file: technique, reader, points, first x, last x, largest y, x of the largest y (rising x)
FACTS = {
    "xrd/two_theta.xy": ("xrd", "text 2", 901, 10, 46, 3487, 28.84),
    "xrd/three_columns.xye": ("xrd", "text 2", 901, 10, 46, 3424, 28.88),
    "xrd/theta_header.xy": ("xrd", "text 2", 901, 10, 46, 342.9, 28.88),
    "xrd/methylammonium.xy": ("xrd", "text 2", 2500, 10, 59.98, 8167, 14.1),
    "xrd/panalytical.csv": ("xrd", "text 2", 901, 10, 46, 3461, 28.92),
    "xrd/quartz.xrdml": ("xrd", "xrdml 1", 1300, 10, 61.96, 8013, 26.64),
    "xrd/attenuated.xrdml": ("xrd", "xrdml 1", 901, 10, 46, 3440, 28.8),
    "xrd/bruker.UXD": ("xrd", "uxd 1", 901, 10, 46, 3463, 28.88),
    "optical/fluoracle_emission.csv": ("pl", "fluoracle 1", 241, 560, 800, 8964, 685),
    "optical/fluoressence.txt": ("pl", "text 2", 181, 600, 780, 1808.0952381, 686),
    "optical/cary_eclipse.csv": ("pl", "text 2", 91, 600, 780, 199.8899055, 686),
    "optical/luqy.abspl.txt": ("pl", "text 2", 765, 395.975, 1000, 1.199941e11, 686.1284),
    "optical/avantes.Raw8.TXT": ("pl", "text 2", 724, 500, 899.819, 30522, 684.702),
    "optical/spectrasuite.txt": ("pl", "text 2", 919, 520, 859.66, 3881, 686.5),
    "optical/fluoracle_absorbance.txt": (
        "absorbance", "fluoracle 1", 311, 450, 760, 0.771871106, 451,
    ),
    "optical/cary50.csv": ("absorbance", "text 2", 451, 350, 800, 0.8112954323, 359),
    "optical/jasco.txt": ("absorbance", "text 2", 401, 400, 800, 0.80019, 400),
    "optical/perkin_elmer.asc": ("absorbance", "text 2", 401, 400, 800, 0.799801, 402),
    "optical/uv_winlab.csv": ("absorbance", "text 2", 401, 400, 800, 0.80074, 400),
    "trpl/timeharp.dat": ("trpl", "picoquant ascii 1", 2048, 0, 524.032, 4939, 40.192),
    "trpl/edinburgh_response.txt": ("trpl", "fluoracle 1", 512, 0, 499.0234375, 607, 27.34375),
    "trpl/spcm.asc": ("trpl", "becker-hickl asc 1", 1024, 0, 255.75, 39890, 20),
    "trpl/spcm_saturated.asc": ("trpl", "becker-hickl asc 1", 1024, 0, 255.75, 65535, 20),
    "trpl/picoquant_curve.dat": ("trpl", "text 2", 3000, 0, 299.9, 4176, 7.2),
    "trpl/background_subtracted.csv": ("trpl", "text 2", 801, 0, 160, 149817.8976, 0),
    "device/mean_el_spectrum.csv": (
        "el_spectrum", "text 2", 440, 580, 799.5, 12044.716673685, 686.5,
    ),
}  # fmt: skip

# J-V(-L) files keep their order: points, first V, last V, densities side by side.
SWEEPS = {
    "device/oled_jvl.txt": (61, 0, 6, 1),
    "device/kit.jv.csv": (141, 1.2, -0.2, 3),
    "device/keithley.jv.txt": (73, 1.25, -0.19, 4),
    "device/sbtps.IV": (81, -0.1, 1.1, 1),
    "device/sbtps.SEQ": (81, 1.1, -0.1, 1),
}

# Everything else is refused: file, technique it is offered as, words of the refusal.
REFUSED = {
    ("xrd/bruker_v4.raw", "xrd"): "ends before its points do",  # the first bytes only
    ("xrd/bruker_v3.raw", "xrd"): "0 ranges",
    ("xrd/bruker_v4.raw", "pl"): "Bruker RAW",
    ("trpl/picoquant.ptu", "trpl"): "PicoQuant file ends before",
    ("trpl/timeharp200.thd", "trpl"): "PicoQuant file ends before",
    ("device/quantum_efficiency.eqe.txt", "jvl"): "EQE",
    ("device/quantum_efficiency.eqe.txt", "el_spectrum"): "eqe",
    ("device/power_point.mpp.csv", "jvl"): "trace over time",
    ("optical/fluoracle_absorbance.txt", "pl"): "absorbance",
    ("optical/fluoracle_emission.csv", "absorbance"): "Emission Scan",
    ("optical/cary50.csv", "pl"): "absorbance",
    ("optical/jasco.txt", "pl"): "absorbance",
    ("optical/perkin_elmer.asc", "pl"): "absorbance",
    ("optical/avantes.Raw8.TXT", "absorbance"): "not an absorbance spectrum",
    ("optical/spectrasuite.txt", "xrd"): "cannot be 2theta",
    ("trpl/timeharp.dat", "pl"): "TRPL",
    ("trpl/spcm.asc", "pl"): "TRPL",
    ("xrd/quartz.xrdml", "pl"): "diffraction",
    ("xrd/bruker.UXD", "pl"): "diffraction",
    ("xrd/methylammonium.xy", "pl"): "neither a wavelength",
    ("microscopy/sem.tif", "pl"): "TIFF picture",
    ("microscopy/stem.dm3", "xrd"): "dm3",
    ("microscopy/haadf.dm4", "xrd"): "dm4",
    ("microscopy/tem.jpg", "pl"): "JPEG picture",
    ("eln/notebook.eln", "pl"): "archive",
}


def reading_of(name, technique):
    path = own_file(name)
    return read(path.read_bytes(), path.name, technique)


@pytest.mark.parametrize("name", FACTS)
def test_a_file_is_read_as_it_was_written(name):
    technique, reader, points, first, last, top, place = FACTS[name]
    reading = reading_of(name, technique)
    x, y = reading.x.values, reading.y.values
    assert reading.reader == reader
    assert len(x) == len(y) == points
    assert (np.diff(x) > 0).all()
    assert (x[0], x[-1]) == pytest.approx((first, last), rel=1e-6, abs=1e-9)
    assert y.max() == pytest.approx(top, rel=1e-6)
    assert x[y.argmax()] == pytest.approx(place, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_keeps_the_order_it_was_measured_in(name):
    reading = reading_of(name, "jvl")
    points, first, last, densities = SWEEPS[name]
    voltage = reading.channel("voltage").values
    assert len(voltage) == points
    assert (voltage[0], voltage[-1]) == pytest.approx((first, last), abs=1e-9)
    assert [c.name for c in reading.channels].count("current_density") == densities
    assert reading.channel("current_density").unit == "mA/cm2"


@pytest.mark.parametrize(("name", "technique"), REFUSED)
def test_a_file_of_another_kind_is_refused_by_its_name(name, technique):
    with pytest.raises(UnreadableFile) as refusal:
        reading_of(name, technique)
    sentence = str(refusal.value)
    assert REFUSED[name, technique] in sentence
    assert sentence.endswith(".")


LONG_BYTES = 1_000_000


@pytest.mark.parametrize("path", every_file(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_any_file_as_any_technique_is_read_or_refused_in_words(path):
    content = path.read_bytes()
    # A table of a million characters takes each of them seconds: a spectrum, a sweep and a list stand for all.
    for technique in TECHNIQUES if len(content) < LONG_BYTES else ("pl", "jvl", "tem"):
        try:
            reading = read(content, path.name, technique)
        except UnreadableFile as refusal:
            sentence = str(refusal)
        else:
            sentence = "It was read."
            assert len({len(channel.values) for channel in reading.channels}) == 1
            json.dumps(reading.metadata, allow_nan=False)
        assert sentence.endswith(".")


@pytest.mark.parametrize("name", ["xrd/quartz.xrdml", "xrd/panalytical.csv", "xrd/bruker.UXD"])
def test_a_wavelength_and_an_anode_are_told_where_the_file_says_so(name):
    metadata = reading_of(name, "xrd").metadata
    assert metadata["wavelength_angstrom"] == pytest.approx(1.5406, abs=1e-5)
    assert metadata["anode"] == "Cu"


@pytest.mark.parametrize("name", ["xrd/two_theta.xy", "xrd/three_columns.xye"])
def test_a_wavelength_is_never_assumed(name):
    metadata = reading_of(name, "xrd").metadata
    assert "wavelength_angstrom" not in metadata
    assert "anode" not in metadata


def test_counts_behind_an_absorber_are_what_they_would_be_without():
    reading = reading_of("xrd/attenuated.xrdml", "xrd")
    behind = (reading.x.values > 28) & (reading.x.values < 30)
    assert (reading.y.values[behind] % 10 == 0).all()
    assert any("attenuation" in warning for warning in reading.warnings)


def test_a_j_v_l_file_has_every_column_with_its_unit():
    reading = reading_of("device/oled_jvl.txt", "jvl")
    units = {channel.name: channel.unit for channel in reading.channels}
    assert units == {
        "voltage": "V", "current": "A", "current_density": "mA/cm2", "power_efficiency": "lm/W", "eqe": "%",
        "luminance": "cd/m2",
    }  # fmt: skip
    assert reading.channel("eqe").values.max() == pytest.approx(15.8)


def test_sweeps_side_by_side_keep_their_names_and_the_area():
    reading = reading_of("device/keithley.jv.txt", "jvl")
    assert [c.label for c in reading.channels[1:]] == ["b_rev", "b_for", "c_rev", "c_for"]
    assert reading.metadata["area_cm2"] == pytest.approx(0.16)


def test_milliamperes_become_amperes_and_agree_with_the_density():
    reading = reading_of("device/sbtps.IV", "jvl")
    current, density = reading.channel("current"), reading.channel("current_density")
    assert current.unit == "A"
    np.testing.assert_allclose(current.values, density.values * 0.1 * 1e-3, rtol=1e-6, atol=1e-12)


def test_scans_at_several_excitations_are_all_kept():
    reading = reading_of("optical/cary_eclipse.csv", "pl")
    assert len(reading.channels) == 4
    assert reading.channels[3].label.startswith("nano_EX_450.00")


def test_an_instrument_response_is_told_from_a_decay():
    reading = reading_of("trpl/edinburgh_response.txt", "trpl")
    assert reading.metadata["is_instrument_response"]
    assert any("instrument response" in warning for warning in reading.warnings)


def test_no_photon_is_lost():
    assert reading_of("trpl/timeharp.dat", "trpl").y.values.sum() == 497_586


def test_the_content_decides_not_the_extension():
    content = own_file("xrd/quartz.xrdml").read_bytes()
    assert read(content, "scan.txt", "xrd").reader == "xrdml 1"


def test_the_sources_name_every_file_and_no_other():
    named = set(re.findall(r"^- `([^`]+)`", (OWN / "SOURCES.md").read_text(), re.MULTILINE))
    assert named == {str(path.relative_to(OWN)) for path in OWN.glob("*/*")}
