"""What each format says is kept: attenuation, angles, bin widths, several scans, wavelengths."""

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from tests.analysis.techniques.files import instrument_files as files


@pytest.mark.parametrize("name", files.one_of_each())
def test_each_format_is_read_without_its_extension(name):
    technique, content = files.one_of_each()[name]
    reading = read(content, "upload", technique)
    assert len(reading.x.values) >= 8
    assert reading.technique == technique


def test_xrdml_counts_are_multiplied_by_the_attenuation_and_intensities_are_not():
    factors = "1 1 1 10 10 10 1 1"
    counts = read(
        files.xrdml(files.xrdml_scan("1 2 3 4 5 6 7 8", "counts", factors)), "a.xrdml", "xrd"
    )
    assert counts.y.values.tolist() == [1, 2, 3, 40, 50, 60, 7, 8]
    assert any("attenuation" in warning for warning in counts.warnings)
    done = read(
        files.xrdml(files.xrdml_scan("1 2 3 4 5 6 7 8", "intensities", factors)), "a.xrdml", "xrd"
    )
    assert done.y.values.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


def test_xrdml_angles_run_from_start_to_end_or_are_listed():
    reading = read(files.xrdml(files.xrdml_scan("1 2 3 4 5 6")), "a.xrdml", "xrd")
    np.testing.assert_allclose(reading.x.values, [10, 12, 14, 16, 18, 20])
    listed = "<listPositions>10 11 13 16 20 25</listPositions>"
    reading = read(files.xrdml(files.xrdml_scan("1 2 3 4 5 6", positions=listed)), "a.xrdml", "xrd")
    np.testing.assert_allclose(reading.x.values, [10, 11, 13, 16, 20, 25])


def test_xrdml_tells_wavelengths_anode_and_counting_time():
    metadata = read(files.xrdml(files.xrdml_scan("1 2 3 4 5 6")), "a.xrdml", "xrd").metadata
    assert metadata["wavelength_angstrom"] == pytest.approx(0.7093)
    assert metadata["wavelength_kalpha2_angstrom"] == pytest.approx(0.71359)
    assert metadata["anode"] == "Mo"
    assert metadata["counting_time_s"] == 2.5
    assert metadata["header"]["sample"] == "NC-0042"


def test_xrdml_scans_on_one_axis_are_kept_and_another_axis_is_named():
    again = files.xrdml_scan("2 2 2 2 2 2")
    rocking = files.xrdml_scan("1 2 3 4 5 6", axis="Omega")
    reading = read(files.xrdml(files.xrdml_scan("1 2 3 4 5 6"), again, rocking), "a.xrdml", "xrd")
    assert len(reading.channels) == 3
    assert any("not over 2theta" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        (files.xrdml_scan("1 2 3 x 5 6"), "no number"),
        (files.xrdml_scan("1 2 3 4 5 6", factors="1 2"), "attenuation factors"),
        (
            files.xrdml_scan("1 2 3 4 5 6", positions="<listPositions>1 2</listPositions>"),
            "2 angles but 6",
        ),
        (files.xrdml_scan(""), "no scan over 2theta"),
        (files.xrdml_scan("1 2"), "at least 5"),
    ],
)
def test_a_damaged_xrdml_is_refused_in_words(scan, words):
    with pytest.raises(UnreadableFile, match=words):
        read(files.xrdml(scan), "a.xrdml", "xrd")


def test_entities_in_xml_are_never_expanded():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xrdMeasurements>&b;</xrdMeasurements>'
    with pytest.raises(UnreadableFile, match="entities"):
        read(bomb, "a.xrdml", "xrd")


def test_picoquant_bins_give_the_time_and_every_curve_is_kept():
    rows = [f"{i}\t{2 * i}\t" for i in range(30)]
    reading = read(files.picoquant(rows, "0.0040\t0.0040\t"), "a.dat", "trpl")
    np.testing.assert_allclose(reading.x.values, 0.004 * np.arange(30))
    assert reading.metadata["bin_width_ns"] == 0.004
    np.testing.assert_allclose(reading.channels[2].values, 2 * np.arange(30))


def test_a_spoilt_count_keeps_its_bin():
    rows = [str(i) for i in range(30)]
    rows[7] = "?"
    reading = read(files.picoquant(rows, "2.0"), "a.dat", "trpl")
    assert len(reading.x.values) == 29
    assert reading.x.values[7] == 16.0
    assert any("lines 18" in warning for warning in reading.warnings)


@pytest.mark.parametrize("widths", ["", "abc", "0", "#counts"])
def test_a_histogram_without_a_bin_width_is_refused(widths):
    with pytest.raises(UnreadableFile):
        read(files.picoquant([str(i) for i in range(30)], widths), "a.dat", "trpl")


def test_becker_hickl_times_follow_the_stated_unit():
    np.testing.assert_allclose(read(files.becker_hickl(), "a.asc", "trpl").x.values[1], 0.05)
    np.testing.assert_allclose(
        read(files.becker_hickl(unit="ps"), "a.asc", "trpl").x.values[1], 5e-5
    )
    with pytest.raises(UnreadableFile, match="unit of its times"):
        read(files.becker_hickl(unit="fortnights"), "a.asc", "trpl")


@pytest.mark.parametrize("sign", ["\t", ",", ";"])
def test_fluoracle_scans_become_channels_with_their_labels(sign):
    reading = read(files.fluoracle(3, sign=sign), "a.txt", "pl")
    assert [c.label for c in reading.channels[1:]] == ["scan 1", "scan 2", "scan 3"]
    assert [scan.label for scan in reading.scans] == ["scan 1", "scan 2", "scan 3"]
    assert reading.metadata["excitation_nm"] == 365
    assert (reading.x.unit, reading.y.unit) == ("nm", "counts")


@pytest.mark.parametrize(
    ("kind", "y_axis", "technique"),
    [
        ("Excitation Scan", "Counts", "pl"),
        ("Emission Scan", "Counts", "trpl"),
        ("Synchronous Scan", "Absorbance", "pl"),
    ],
)
def test_a_fluoracle_scan_of_another_kind_is_refused(kind, y_axis, technique):
    with pytest.raises(UnreadableFile, match=kind):
        read(files.fluoracle(1, kind, y_axis=y_axis), "a.txt", technique)


def test_uxd_counts_take_their_angles_from_start_and_step():
    pairs, counts = read(files.uxd(), "a.uxd", "xrd"), read(files.uxd(pairs=False), "a.uxd", "xrd")
    np.testing.assert_allclose(pairs.x.values, counts.x.values, atol=1e-9)
    np.testing.assert_array_equal(pairs.y.values, counts.y.values)
    assert (pairs.metadata["wavelength_angstrom"], pairs.metadata["anode"]) == (1.5406, "Cu")


def test_panalytical_csv_tells_wavelength_and_anode():
    metadata = read(files.panalytical_csv(), "a.csv", "xrd").metadata
    assert (metadata["wavelength_angstrom"], metadata["anode"]) == (1.78901, "Co")


def test_a_picoquant_histogram_whose_bin_width_comes_after_its_counts_is_refused():
    content = b"#PicoHarp 300\n#counts\n1\n2\n3\n4\n5\n6\n#ns/bin\n0.064\n"
    with pytest.raises(UnreadableFile, match="width of its bins"):
        read(content, "a.phd.txt", "trpl")
