"""PerkinElmer .sp, made here block by block: the same numbers come back, or a sentence with the place of the damage."""

import struct

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from tests.analysis.techniques.files.instrument_files import perkin_elmer_sp

FALLING = np.linspace(800, 400, 401)
ABSORBANCE = np.round(0.9 / (1 + np.exp((FALLING - 600) / 8)) + 0.01, 6)


def test_an_absorbance_has_its_axis_from_the_range():
    reading = read(perkin_elmer_sp(ABSORBANCE), "NC-0042.sp", "absorbance")
    np.testing.assert_allclose(reading.x.values, FALLING[::-1])
    np.testing.assert_array_equal(reading.y.values, ABSORBANCE[::-1])
    assert (reading.x.name, reading.x.unit, reading.y.name) == ("wavelength", "nm", "absorbance")
    assert reading.metadata["header"]["name"] == "NC-0042"


def test_a_range_from_low_to_high_falls_where_its_step_does():
    content = perkin_elmer_sp(ABSORBANCE, first=400.0, last=800.0, step=-1.0)
    reading = read(content, "a.sp", "absorbance")
    np.testing.assert_allclose(reading.y.values, ABSORBANCE[::-1])


def test_per_cent_transmittance_becomes_absorbance():
    reading = read(perkin_elmer_sp(100 * 10**-ABSORBANCE, y_label="%T"), "a.sp", "absorbance")
    np.testing.assert_allclose(reading.y.values, ABSORBANCE[::-1])
    assert any("transmittance" in warning for warning in reading.warnings)


def test_wavenumbers_stay_what_they_are():
    content = perkin_elmer_sp(ABSORBANCE, first=12500.0, last=25000.0, x_label="cm-1")
    reading = read(content, "a.sp", "absorbance")
    assert (reading.x.name, reading.x.unit) == ("wavenumber", "1/cm")
    np.testing.assert_allclose(reading.x.values[[0, -1]], [12500, 25000])


def test_an_emission_is_a_pl_spectrum_and_an_absorbance_none():
    reading = read(perkin_elmer_sp(1e3 * ABSORBANCE, y_label="INT"), "a.sp", "pl")
    assert reading.y.name == "intensity"
    with pytest.raises(UnreadableFile, match='holds "A" over "nm", not a PL spectrum'):
        read(perkin_elmer_sp(ABSORBANCE), "a.sp", "pl")
    with pytest.raises(UnreadableFile, match=r"PerkinElmer spectrum \(\.sp\), not an XRD pattern"):
        read(perkin_elmer_sp(ABSORBANCE), "a.sp", "xrd")


WHOLE = perkin_elmer_sp(ABSORBANCE)
VALUES = WHOLE.index(struct.pack("<hi", -29828, 2 + 4 + 8 * 401))
DAMAGED = {
    "cut": (WHOLE[:-900], "a block of .* bytes begins at byte 44"),
    "cut at its mark": (WHOLE[:60], "begins at byte 44"),
    "no data set": (WHOLE[:44], "holds no spectrum"),
    "a length": (WHOLE[:46] + b"\xff\xff\xff\x7f" + WHOLE[50:], "2147483647 bytes begins at byte 44"),
    "points": (WHOLE[: VALUES + 8] + b"\x07" + WHOLE[VALUES + 9 :], rf"stand at byte {VALUES + 8}"),
    "number": (perkin_elmer_sp(ABSORBANCE, said=400), "401 points and says it has 400"),
    "step": (perkin_elmer_sp(ABSORBANCE, step=-2.0), "by -2"),
    "range": (perkin_elmer_sp(ABSORBANCE, first=float("nan"), step=1.0), "from nan"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused_with_its_place(name):
    content, words = DAMAGED[name]
    with pytest.raises(UnreadableFile, match=words):
        read(content, "a.sp", "absorbance")
