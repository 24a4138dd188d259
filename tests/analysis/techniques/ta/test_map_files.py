"""Maps of ΔA as programs write them are read right, asked about, or refused in words."""

from __future__ import annotations

import struct
from contextlib import suppress

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from analysis.techniques.guess import guess_technique
from analysis.techniques.ta.readers import matrix

WAVES = np.arange(600.0, 640.0, 4)
DELAYS = np.array([-1.0, -0.5, 0, 0.25, 0.5, 1, 2, 5, 10, 50, 200, 1500])
CELLS = -np.outer(WAVES - 590, np.where(DELAYS < 0, 0, np.exp(-DELAYS / 100))) / 1e4
REMARKS = "file info\nSample: NC-0042\nPump wavelength (nm): 400\nAveraging time: 2 s\nTime units: ps\nZ axis title: DA\n"


def text(
    corner="0", head=DELAYS, axis=WAVES, cells=CELLS, sign=",", below="", write="{:.6g}"
) -> bytes:
    rows = [[corner, *(write.format(one) for one in head)]]
    rows += [
        [f"{at:g}", *(write.format(one) for one in row)]
        for at, row in zip(axis, cells, strict=True)
    ]
    return ("\n".join(sign.join(row) for row in rows) + "\n" + below).encode()


def check(content: bytes, name="a.csv", **told):
    reading = read(content, name, "ta", told)
    assert reading.metadata["wavelengths_nm"] == pytest.approx(WAVES)
    assert reading.metadata["delays_ps"] == pytest.approx(DELAYS)
    assert reading.image.values == pytest.approx(CELLS, abs=2e-7, nan_ok=True)
    return reading


def test_an_ultrafast_systems_csv_with_its_remarks_behind_the_numbers():
    reading = check(text(below=REMARKS))
    assert reading.metadata["header"]["Sample"] == "NC-0042"
    assert reading.x.name, reading.x.unit == ("wavelength", "nm")
    assert reading.y.label == "ΔA at 0.25 ps"


@pytest.mark.parametrize(
    "content",
    [
        text(corner="wavelength (nm) \\ delay (ps)", sign="\t"),
        text(corner="delay (ps) / wavelength (nm)", head=WAVES, axis=DELAYS, cells=CELLS.T, sign=";"),
        text(corner="ps", head=WAVES, axis=DELAYS, cells=CELLS.T, sign="\t"),
        text(corner="", sign="\t").replace(b".", b",") + b"Time (ps)\n",
        b"# transient absorption\n# delays: fs\n" + text(head=DELAYS * 1e3),
        text(corner="nm", head=DELAYS / 1e3, sign=" ").replace(b"nm ", b"") + b"time in: 1\nTime units: ns\n",
        text(corner="nm", write="{:.6g} ps", cells=[[]] * 10).split(b"\n")[0] + b"\n" + text().split(b"\n", 1)[1],
        text(below=REMARKS, axis=WAVES[::-1], cells=CELLS[::-1]),
    ],
    ids=["tabs", "transposed", "unit in the corner", "decimal commas", "femtoseconds", "no corner", "units in the head", "falling"],
)  # fmt: skip
def test_the_same_map_written_otherwise(content):
    check(content)


def test_empty_cells_stay_empty_and_a_corner_cell_is_no_delay():
    cells = CELLS.copy()
    cells[0, 3:6], cells[-1, -1] = np.nan, np.nan
    reading = read(text(cells=cells, below=REMARKS).replace(b"nan", b"NaN"), "a.csv", "ta")
    assert np.array_equal(np.isnan(reading.image.values), np.isnan(cells))


def test_the_unit_of_the_delays_is_asked_for_and_taken_as_told():
    with pytest.raises(UnreadableFile, match="Choose the unit of the axis"):
        read(text(), "a.csv", "ta")
    check(text(), x_unit="ps")
    assert read(text(), "a.csv", "ta", {"x_unit": "ns"}).metadata["delays_ps"][-1] == 1.5e6


def test_a_change_of_transmission_is_taken_over():
    content = text(cells=10**-CELLS - 1, write="{:.9g}", below="Time units: ps\nSignal: dT/T\n")
    assert "ΔT/T" in check(content).warnings[0]


@pytest.mark.parametrize(
    "content",
    [
        b"Integration time (us): 500\n" + text(below=REMARKS),
        b"Exposure time [us],500\n" + text(below=REMARKS),
        text(below=REMARKS + "Dead time ns: 5\nGate delay (ns): 3\nPulse time: fs\n"),
        text(corner="fs-TA run 3", below=REMARKS),
        text(corner="ns-TA", below=REMARKS),
        text(corner="fs-TA, delay (ps)", sign="\t"),
        text(corner="fs-TA [ps]"),
        text(corner="nm/ps"),
    ],
    ids=["integration", "exposure", "dead", "fs-TA", "ns-TA", "fs-TA and a delay", "in brackets", "only units"],
)  # fmt: skip
def test_a_time_of_the_detector_or_the_name_of_a_laser_is_no_unit_of_the_delays(content):
    check(content)


@pytest.mark.parametrize(
    "content",
    [b"Integration time (us): 500\n" + text(), text(corner="fs-TA run 3"), text(below="Gate time ns: 5\n")],
)  # fmt: skip
def test_a_time_of_the_detector_alone_leaves_the_unit_to_be_asked_for(content):
    with pytest.raises(UnreadableFile, match="Choose the unit of the axis"):
        read(content, "a.csv", "ta")


def test_two_units_of_the_delays_are_refused_and_both_lines_named():
    both = text(corner="delay (fs)", below="Pump: 400 nm\nTime units: ps\n")
    with pytest.raises(
        UnreadableFile, match=r"fs by the corner “delay \(fs\)”, ps by “Time units: ps”"
    ):
        read(both, "a.csv", "ta")
    check(both, x_unit="ps")  # a person decides
    mixed = text(corner="nm").split(b"\n", 1)
    head = ",".join(["nm", *(f"{one:g} {'ns' if one > 100 else 'ps'}" for one in DELAYS)]).encode()
    with pytest.raises(UnreadableFile, match="two units"):
        read(head + b"\n" + mixed[1], "a.csv", "ta")


@pytest.mark.parametrize(
    ("label", "share"),
    [("Signal: dT/T (%)", 1e-2), ("ΔT/T in %", 1e-2), ("ΔT/T [10⁻³]", 1e-3), ("dT/T (x10^-3)", 1e-3), ("mΔT/T", 1e-3),
     ("Signal: dT/T\nZ axis units: %", 1e-2), ("dT/T (1)", 1.0)],
)  # fmt: skip
def test_a_change_of_transmission_is_read_in_the_unit_beside_its_label(label, share):
    cells = (10**-CELLS - 1) / share
    check(text(cells=cells, write="{:.9g}", below=f"Time units: ps\nHumidity 40 %\n{label}\n"))


def test_a_change_of_transmission_too_large_for_a_fraction_is_refused():
    cells = 100 * (10**-CELLS - 1)
    with pytest.raises(UnreadableFile, match=r"reaches 1.*has no unit.*ΔT/T \(%\)"):
        read(text(cells=cells, below="Time units: ps\nSignal: dT/T\n"), "a.csv", "ta")
    with pytest.raises(UnreadableFile, match="ΔT/T and that it holds mOD"):
        read(text(below="Time units: ps\nΔA (mOD)\ndT/T\n"), "a.csv", "ta")


def test_the_absorbance_of_the_pump_is_no_unit_of_the_map():
    assert check(text(below="Time units: ps\nSample: 500 mOD at 400 nm\n")).y.unit == ""
    assert check(text(below="Time units: ps\nZ axis title: ΔA (mOD)\n")).y.unit == "mOD"


def test_a_long_map_is_read_in_a_time_that_grows_with_its_lines(monkeypatch):
    rows = 3000
    axis = np.linspace(400.0, 800.0, rows)
    content = text(axis=axis, cells=np.tile(CELLS[:1], (rows, 1)), below="Time units: ps\n")
    built = []

    def counted(*given):
        built.append(1)
        return set(*given)

    monkeypatch.setattr(matrix, "set", counted, raising=False)
    assert read(content, "a.csv", "ta").image.values.shape == (rows, DELAYS.size)
    assert len(built) < 10  # not one for each line


def test_a_delay_that_stands_twice_is_averaged():
    twice = text(head=[*DELAYS, DELAYS[-1]], cells=np.hstack([CELLS, CELLS[:, -1:]]), below=REMARKS)
    assert "twice" in check(twice).warnings[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (text(head=DELAYS[::-1][[3, 1, 2, 0, 5, 4, 7, 6, 9, 8, 11, 10]]), "no axis"),
        (text(head=np.arange(200, 320, 10), corner="0"), "both could be wavelengths"),
        (text(axis=WAVES / 1000, corner="0"), "none could be wavelengths"),
        (text(axis=WAVES[:4], cells=CELLS[:4]), "no matrix of at least 8 by 8"),
        (b"only words\nand more\n", "no table"),
    ],
)
def test_what_is_no_map_is_refused_in_words(content, words):
    with pytest.raises(UnreadableFile, match=words):
        read(content, "a.csv", "ta", {"x_unit": "ps"})


def ufs(cells=CELLS, unit=b"ps") -> bytes:
    def said(words: bytes) -> bytes:
        return struct.pack(">I", len(words)) + words

    return b"".join(
        [
            said(b"Version2"), said(b"Wavelength"), said(b"nm"), struct.pack(">I", WAVES.size),
            WAVES.astype(">f8").tobytes(), said(b"Time"), said(unit), struct.pack(">I", DELAYS.size),
            DELAYS.astype(">f8").tobytes(), said(b"DA"), struct.pack(">III", 0, *cells.shape),
            cells.astype(">f8").tobytes(), said(b"Solvent: hexane\r\nDate: 1/9/2016\r\n"),
        ]
    )  # fmt: skip


def test_a_binary_map_of_ultrafast_systems():
    assert check(ufs(), "a.ufs").metadata["header"]["Solvent"] == "hexane"
    for behind in (
        ufs() + b"\0\0",
        ufs()[:-30],
    ):  # the map is whole, its remarks are cut off or none
        assert check(behind, "a.ufs").y.unit == ""
    whole = ufs()[: ufs().rindex(b"Solvent") - 4]
    assert "behind the map" in check(whole + b"\0\0", "a.ufs").warnings[0]
    for content in (ufs()[:-200], ufs(CELLS[:-1]), ufs(unit=b"h"), ufs()[:60]):
        with pytest.raises(UnreadableFile, match="ufs"):
            read(content, "a.ufs", "ta")
    with pytest.raises(UnreadableFile, match="an Ultrafast Systems map, not a PL"):
        read(ufs(), "a.ufs", "pl")


@pytest.mark.parametrize("seed", range(12))
def test_a_spoilt_map_is_read_or_refused_and_never_breaks(seed):
    rng = np.random.default_rng(seed)
    spoilt = bytearray(ufs() if seed % 2 else text(below=REMARKS))
    for place in rng.integers(0, len(spoilt), 1 + seed // 3):
        spoilt[place] = rng.integers(0, 256)
    with suppress(UnreadableFile):
        read(bytes(spoilt), "a.ufs" if seed % 2 else "a.csv", "ta")


def test_a_map_is_told_by_its_name_or_its_words():
    assert guess_technique("NC-0042_fs-TA.csv", b"") == "ta"
    assert guess_technique("map.ufs", b"") == guess_technique("a.dat", ufs()[:4000]) == "ta"
    assert guess_technique("data.csv", b"Wavelength (nm)\tCounts") == "pl"


@pytest.mark.parametrize(
    ("name", "technique"),
    [("xrd_ta2o5.xy", "xrd"), ("ta2o5_film_abs.csv", "absorbance"), ("nb-ta-01_pl.csv", "pl"), ("Ta_EL.txt", "el_spectrum"),
     ("NC-0042_TA_JVL.txt", "jvl"), ("NC-0042_TA_01.csv", "ta"), ("NC-0042_ns-TA.csv", "ta"), ("film_fsTA_pl.csv", "ta"), ("TAS 3.dat", "ta")],
)  # fmt: skip
def test_tantalum_in_a_name_decides_against_no_other_technique(name, technique):
    assert guess_technique(name, b"") == technique
