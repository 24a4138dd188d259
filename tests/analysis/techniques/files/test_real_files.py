"""Real instrument files: the facts of their SOURCES.md, computed there without any parser of ours.

Each file is a case of its own, so that it is visible which one is read and which one is refused.
"""

import shutil

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from tests.analysis.instruments import shared_file

# folder, file, technique: points, first x, last x, largest y, x of the largest y (SOURCES.md, rising x)
FACTS = {
    ("xrd", "MAPI_3D_2theta.xy", "xrd"): (3249, 5, 69.96, 30067, 14.14),
    ("xrd", "FAPbI3_2-Theta_Omega.xy", "xrd"): (1374, 5, 59.92, 17148, 11.76),
    ("xrd", "5pctCs_dark_2-Theta_Omega.xy", "xrd"): (1674, 3, 69.92, 36566, 12.64),
    ("xrd", "Cs3Bi2Br9_2-Theta_Omega.xy", "xrd"): (1624, 5, 69.92, 4161, 5),
    ("xrd", "HL1-2_5-90_60min.xrdml", "xrd"): (6474, 5.00117, 89.99348, 10841, 15.860),
    ("xrd", "XRD-918-16_10.xrdml", "xrd"): (5027, 4.00657, 69.99937, 100168, 26.617),
    ("xrd", "210520step1_30min.xrdml", "xrd"): (4489, 5.00836, 80.00853, 10718, 29.039),
    ("xrd", "210520step1_30min.xy", "xrd"): (4489, 5.00836, 80.0085, 10718, 29.0392),
    ("xrd", "210520step1_30min.csv", "xrd"): (4489, 5.00836, 80.0085, 10718, 29.0392),
    ("xrd", "BT86_.UXD", "xrd"): (2374, 3, 40, 5774, 9.065),
    ("xrd", "BT86.raw", "xrd"): (2374, 3, 40.0003, 5774, 9.0654),
    # its own step is 0.036477, so its end is not the 70 that was asked for
    ("xrd", "TiO2.raw", "xrd"): (1647, 10, 70.0411, 11493, 27.4725),
    ("xrd", "TiOF.brml", "xrd"): (2469, 9.99884, 60.0128, 8170, 27.0417),
    ("xrd", "Diffrac_PSD.brml", "xrd"): (192, 8.5001, 10.7494, 5739, 8.55898),
    ("xrd", "TwoTheta_scan_powder.rasx", "xrd"): (2726, 10, 119, 1698.51, 32.68),
    ("xrd", "example_mac.xye", "xrd"): (599, 0, 0.598, 480.363, 0.15),
    ("xrd", "example_ocx.xy", "xrd"): (1876, 5, 80, 96.686, 69.12),
    ("optical", "MAPI_2PACz_EmScan_Fluoracle.csv", "pl"): (451, 450, 900, 54638.9, 773),
    ("optical", "Fluoracle_emission.txt", "pl"): (226, 375, 600, 21089, 435),
    ("optical", "Fluoracle_absorbance.txt", "absorbance"): (301, 450, 600, 0.925631, 523.5),
    ("optical", "FluorEssence.txt", "pl"): (211, 490, 700, 15926.4, 566),
    ("optical", "CaryEclipse_nano_EEM.csv", "pl"): (186, 230, 600, 2.5898, 240),
    ("optical", "CuPCtS_H2O_vis.csv", "absorbance"): (141, 200.019, 899.996, 0.803123, 214.942),
    ("optical", "PbSe_batch1_JASCO.txt", "absorbance"): (1801, 700, 2500, 1.58144, 700),
    ("optical", "F4-P3HT_1-10_0,5mgml.Probe.Raw.asc", "absorbance"): (2181, 320, 2500, 0.075666, 555),
    ("optical", "UVWinlab.csv", "absorbance"): (501, 200, 700, 10, None),  # several rows hold the 10
    ("optical", "100_40-1.abspl.txt", "pl"): (1024, 395.975, 1165.7, 1.20538e11, 741.113),
    ("optical", "1908047U1_0000.Raw8.TXT", "pl"): (1921, 128.909, 1160.37, 61825.4, 295.004),
    ("optical", "SpectraSuite_Header.txt", "pl"): (2048, 340.07, 1028.94, 3363.64, 763.01),
    ("trpl", "TimeHarp260_Si6505.trpl.dat", "trpl"): (32768, 0, 32767, 565, 265),
    ("trpl", "F980_IRF.txt", "trpl"): (512, 0, 499.023, 678, 27.3438),
    ("trpl", "spcm_test_data.asc", "trpl"): (1024, 0, 3.33231, 65529, 0.482094),
    ("trpl", "v50.thd", "trpl"): (4096, 0, 287.61, 1092, 80.84),
    ("trpl", "grapa_003.dat", "trpl"): (10000, 0, 999.9, 4116, 7.2),
    ("trpl", "MetroTRPL_G600_N0.csv", "trpl"): (801, 0, 40, 166792, 0),
    ("device", "OLED-004_avgspectra_250cdm2.csv", "el_spectrum"): (800, 380, 779.5, None, 532),
    ("device", "25.57.eqe.txt", "photovoltaic_eqe"): (117, 320, 900, 99.876, None),
    ("device", "SID1.eqe.txt", "photovoltaic_eqe"): (56, 300.016, 850, 0.0947957, 620.006),
}  # fmt: skip

# J-V(-L) files keep their order: points, first V, last V.
SWEEPS = {
    "OLED-004_A1-1_JVL.txt": (56, -1.000, 9.909),
    "KIT_px7_mid.jv.csv": (141, 1.2, -0.2),
    "Keithley2400_Batch-Test_jv.txt": (73, 1.25, -0.19),
    "SBTPS_IV1.IV": (82, -0.1, 1.1),
    "SBTPS_SEQ1.SEQ": (82, 1.1, -0.1),
}

# Everything else is refused: file, technique it is offered as, words of the refusal.
REFUSED = {
    ("xrd", "TiO2.raw", "pl"): "Bruker RAW",
    ("xrd", "TiOF.brml", "absorbance"): "Bruker BRML",
    ("xrd", "TwoTheta_scan_powder.rasx", "pl"): "Rigaku .rasx",
    ("trpl", "v30_t2.ptu", "trpl"): "305565 photons without a sync",
    ("trpl", "v50.thd.header", "trpl"): "No table",
    ("trpl", "v50.thd.data", "trpl"): "0 in every row",  # the first column is the curve's number
    ("device", "OLED-004_A1-1_SPD.txt", "el_spectrum"): "0 in every row",  # a matrix without an axis
    ("device", "OLED-004_condensed_oled_data.csv", "jvl"): "voltage",
    ("device", "25.57.eqe.txt", "jvl"): "EQE",
    ("device", "25.57.eqe.txt", "el_spectrum"): "eqe",
    ("device", "SID1.eqe.txt", "el_spectrum"): "eqe",
    ("device", "SID1.eqe.txt", "jvl"): "voltage",
    ("device", "KIT_MPP.mpp.csv", "jvl"): "trace over time",
    ("device", "PERS_loc2.mpp.txt", "jvl"): "trace over time",
    ("optical", "Fluoracle_absorbance.txt", "pl"): "absorbance",
    ("optical", "Fluoracle_emission.txt", "absorbance"): "Emission Scan",
    ("optical", "CuPCtS_H2O_vis.csv", "pl"): "absorbance",
    ("optical", "PbSe_batch1_JASCO.txt", "pl"): "absorbance",
    ("optical", "F4-P3HT_1-10_0,5mgml.Probe.Raw.asc", "pl"): "absorbance",
    ("optical", "1908047U1_0000.Raw8.TXT", "absorbance"): "not an absorbance spectrum",
    ("trpl", "TimeHarp260_Si6505.trpl.dat", "pl"): "TRPL",
    ("xrd", "XRD-918-16_10.xrdml", "pl"): "diffraction",
    ("xrd", "MAPI_3D_2theta.xy", "pl"): "neither a wavelength",
    ("optical", "SpectraSuite_Header.txt", "xrd"): "cannot be 2theta",
    ("microscopy", "HZB_SEM.tif", "pl"): "TIFF picture",
    ("microscopy", "test_STEM_image.dm3", "xrd"): "dm3",
    ("microscopy", "JEOL_HAADF_Image.dm4", "xrd"): "dm4",
    ("microscopy", "40nmAuNP_002.jpg", "pl"): "JPEG picture",
    ("eln", "PASTA.eln", "pl"): "archive",
}  # fmt: skip


def reading_of(folder, name, technique):
    return read(shared_file(f"{folder}/{name}").read_bytes(), name, technique)


@pytest.mark.parametrize(("folder", "name", "technique"), FACTS, ids=lambda part: str(part))
def test_a_file_is_read_as_its_sources_say(folder, name, technique):
    points, first, last, top, place = FACTS[folder, name, technique]
    reading = reading_of(folder, name, technique)
    x, y = reading.x.values, reading.y.values
    assert len(x) == len(y) == points
    assert (np.diff(x) > 0).all()
    assert x[0] == pytest.approx(first, rel=1e-5, abs=1e-9)
    assert x[-1] == pytest.approx(last, rel=1e-4)
    if top is not None:
        assert y.max() == pytest.approx(top, rel=1e-5)
    if place is not None:
        assert x[y.argmax()] == pytest.approx(place, rel=5e-5, abs=1e-9)


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_keeps_the_order_it_was_measured_in(name):
    reading = reading_of("device", name, "jvl")
    points, first, last = SWEEPS[name]
    voltage = reading.channel("voltage").values
    assert len(voltage) == points
    assert (voltage[0], voltage[-1]) == pytest.approx((first, last), abs=1e-3)
    assert reading.channel("current_density").unit == "mA/cm2"


@pytest.mark.parametrize(("folder", "name", "technique"), REFUSED, ids=lambda part: str(part))
def test_a_file_of_another_kind_is_refused_by_its_name(folder, name, technique):
    with pytest.raises(UnreadableFile) as refusal:
        reading_of(folder, name, technique)
    sentence = str(refusal.value)
    assert REFUSED[folder, name, technique] in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("name", ["HL1-2_5-90_60min.xrdml", "210520step1_30min.csv", "BT86_.UXD"])
def test_a_wavelength_and_an_anode_are_told_where_the_file_says_so(name):
    metadata = reading_of("xrd", name, "xrd").metadata
    assert metadata["wavelength_angstrom"] == pytest.approx(1.5406, abs=1e-5)
    assert metadata["anode"] == "Cu"


@pytest.mark.parametrize("name", ["MAPI_3D_2theta.xy", "example_mac.xye", "210520step1_30min.xy"])
def test_a_wavelength_is_never_assumed(name):
    metadata = reading_of("xrd", name, "xrd").metadata
    assert "wavelength_angstrom" not in metadata
    assert "anode" not in metadata


def test_the_same_scan_in_three_formats_is_the_same():
    readings = [
        reading_of("xrd", f"210520step1_30min.{end}", "xrd") for end in ("xrdml", "xy", "csv")
    ]
    for other in readings[1:]:
        np.testing.assert_allclose(other.x.values, readings[0].x.values, atol=1e-6)
        np.testing.assert_array_equal(other.y.values, readings[0].y.values)


def test_a_j_v_l_file_has_every_column_with_its_unit():
    reading = reading_of("device", "OLED-004_A1-1_JVL.txt", "jvl")
    units = {channel.name: channel.unit for channel in reading.channels}
    assert units == {
        "voltage": "V", "current": "A", "current_density": "mA/cm2", "power_efficiency": "lm/W", "eqe": "%",
        "luminance": "cd/m2",
    }  # fmt: skip
    luminance, voltage = reading.channel("luminance").values, reading.channel("voltage").values
    assert luminance.max() == pytest.approx(1600.96)
    assert voltage[luminance >= 1][0] == pytest.approx(3.400, abs=1e-3)
    bright = luminance >= 10
    assert reading.channel("eqe").values[bright].max() == pytest.approx(0.5481, abs=1e-4)


def test_six_sweeps_side_by_side_keep_their_names_and_the_area():
    reading = reading_of("device", "Keithley2400_Batch-Test_jv.txt", "jvl")
    assert [c.label for c in reading.channels[1:]] == [
        "b_rev",
        "b_for",
        "c_rev",
        "c_for",
        "f_rev",
        "f_for",
    ]
    assert reading.metadata["area_cm2"] == pytest.approx(0.16)


def test_milliamperes_become_amperes_and_agree_with_the_density():
    reading = reading_of("device", "SBTPS_IV1.IV", "jvl")
    current, density = reading.channel("current"), reading.channel("current_density")
    assert current.unit == "A"
    np.testing.assert_allclose(current.values, density.values * 0.1 * 1e-3, rtol=1e-6, atol=1e-12)


def test_an_excitation_emission_matrix_keeps_all_its_scans():
    reading = reading_of("optical", "CaryEclipse_nano_EEM.csv", "pl")
    assert len(reading.channels) == 48
    assert reading.channels[47].label.startswith("nano_EX_450.00")


def test_an_instrument_response_is_told_from_a_decay():
    reading = reading_of("trpl", "F980_IRF.txt", "trpl")
    assert reading.metadata["is_instrument_response"]
    assert any("instrument response" in warning for warning in reading.warnings)
    assert reading.y.values.sum() == 44246


@pytest.mark.parametrize(
    ("name", "total"),
    [("TimeHarp260_Si6505.trpl.dat", 57177), ("grapa_003.dat", 424172), ("v50.thd", 262376)],
)
def test_no_photon_is_lost(name, total):
    assert reading_of("trpl", name, "trpl").y.values.sum() == total


def test_the_content_decides_not_the_extension(tmp_path):
    source = shared_file("xrd/210520step1_30min.xrdml")
    renamed = tmp_path / "scan.txt"
    shutil.copy(source, renamed)
    assert read(renamed.read_bytes(), renamed.name, "xrd").reader == "xrdml 1"
