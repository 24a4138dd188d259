"""Several samples in one file: each is a scan with its name as written, and none is dropped."""

import numpy as np
import pytest

from analysis.readers import scans
from analysis.techniques.files import read
from tests.analysis.readers.spectra import table

NM = np.arange(240.0, 601.0, 2)


@pytest.fixture
def found(monkeypatch):
    """The scans that the readers hand on, with their labels."""
    kept = []
    make = scans.make_reading

    def keep(technique, reader, given, *more, **named):
        kept[:] = given
        return make(technique, reader, given, *more, **named)

    for place in (
        "shared.readers.two_columns",
        "shared.readers.edinburgh",
        "shared.readers.sweeps",
    ):
        monkeypatch.setattr(f"analysis.techniques.{place}.make_reading", keep)
    return kept


def bands(centres):
    return [np.round(20000 * np.exp(-(((NM - c) / 20) ** 2)) + 50) for c in centres]


@pytest.mark.parametrize("sign", ["\t", ",", ";"])
@pytest.mark.parametrize(
    "names",
    [["batch 12", "batch 13", "batch 14"], ["A1", "A2", "S1"], ["NC-0042", "R1", "Intensity 3"]],
)
def test_samples_side_by_side(found, sign, names):
    ys = bands([400, 450, 500])
    content = sign.join(["Wavelength (nm)", *names]) + "\n" + table([NM, *ys], sign)
    read(content.encode(), "scan.txt", "pl")
    assert sorted(scan.label for scan in found) == sorted(names)
    for scan in found:
        np.testing.assert_array_equal(scan.ys[0].values, ys[names.index(scan.label)])


def test_what_belongs_to_a_sample_stays_with_it(found):
    ys = bands([400, 500])
    content = "Wavelength (nm),PL 1,sigma 1,PL 2,sigma 2\n" + table(
        [NM, ys[0], ys[0] / 10, ys[1], ys[1] / 10], ","
    )
    read(content.encode(), "scan.csv", "pl")
    assert [[y.name for y in scan.ys] for scan in found] == [["intensity", "uncertainty"]] * 2
    np.testing.assert_allclose(found[1].ys[1].values, ys[1] / 10, atol=1e-4)


MAPS = {
    "Cary": lambda ex: (",".join(f"EX_{e}," for e in ex), ",".join(["Wavelength (nm),Intensity (a.u.)"] * len(ex)), True),
    "named": lambda ex: (",".join(f"film_EX_{e}.00," for e in ex), ",".join(["Wavelength (nm),Intensity (a.u.)"] * len(ex)), True),
    "one axis": lambda ex: ("Wavelength (nm)," + ",".join(f"Ex {e} nm" for e in ex), None, False),
    "corner": lambda ex: ("Em \\ Ex (nm)", "Wavelength (nm)," + ",".join(str(e) for e in ex), False),
}  # fmt: skip


@pytest.mark.parametrize("dress", MAPS)
def test_the_scans_of_an_excitation_emission_map(found, dress):
    excitations = [250, 270, 290, 310]
    ys = bands([460, 461, 462, 463])
    above, heads, paired = MAPS[dress](excitations)
    pairs = [column for y in ys for column in (NM, y)] if paired else [NM, *ys]
    lines = [above, *([heads] if heads else [])]
    reading = read(("\n".join(lines) + "\n" + table(pairs, ",")).encode(), "map.csv", "pl")
    assert [scan.label for scan in found] == [f"ex {e} nm" for e in excitations]
    assert [scan.metadata["excitation_nm"] for scan in found] == excitations
    assert reading.of("1").metadata["excitation_nm"] == 250
    for scan, y in zip(found, ys, strict=True):
        np.testing.assert_array_equal(scan.ys[0].values, y)


V = np.arange(0, 7.5, 0.5)


def light(scale):
    return scale * np.maximum(V - 2, 0) ** 3


@pytest.mark.parametrize("sign", ["\t", ",", "   "])
@pytest.mark.parametrize("names", [["A1-1", "A1-2", "A1-3"], ["px_1", "px_2", "px_3"]])
@pytest.mark.parametrize("interleaved", [False, True])
def test_pixels_below_each_other(found, sign, names, interleaved):
    rows = [
        sign.join([name, f"{v:.2f}", f"{v * v:.4f}", f"{one:.4f}"])
        for scale, name in enumerate(names, 1)
        for v, one in zip(V, light(scale), strict=True)
    ]
    if interleaved:
        rows = [row for n in range(len(V)) for row in rows[n :: len(V)]]
    head = sign.join(["Pixel", "Voltage (V)", "Current density (mA/cm2)", "Luminance (cd/m2)"])
    read("\n".join([head, *rows]).encode(), "sweeps.txt", "jvl")
    assert [scan.label for scan in found] == names
    for scale, scan in enumerate(found, 1):
        np.testing.assert_allclose(scan.x.values, V)
        np.testing.assert_allclose(scan.ys[1].values, light(scale), atol=1e-4)


def test_pixels_with_numbers(found):
    rows = [f"{p},{v:.2f},{v * v:.4f},{p * v:.4f}" for p in (1, 2) for v in V]
    content = "\n".join(["Pixel,Voltage (V),J (mA/cm2),L (cd/m2)", *rows])
    read(content.encode(), "sweeps.csv", "jvl")
    assert [scan.label for scan in found] == ["Pixel 1", "Pixel 2"]


def test_a_pixel_belongs_to_its_device(found):
    rows = [
        f"{d},{p},{v:.2f},{v * v:.4f},{n * v:.4f}"
        for d in ("D1", "D2")
        for n, p in enumerate("ab", 1)
        for v in V
    ]
    content = "\n".join(["Device,Pixel,Voltage (V),J (mA/cm2),L (cd/m2)", *rows])
    read(content.encode(), "sweeps.csv", "jvl")
    assert [scan.label for scan in found] == ["D1 a", "D1 b", "D2 a", "D2 b"]
    np.testing.assert_allclose(found[3].ys[1].values, 2 * V)


@pytest.mark.parametrize(
    ("head", "words"), [("Status", ("OK", "COMPLIANCE")), ("Remark", ("low", "high"))]
)
def test_a_word_about_a_point_parts_no_sweep(found, head, words):
    rows = [f"{v:.2f}\t{v * v:.4f}\t{words[int(v > 4)]}" for v in V]
    reading = read(
        "\n".join([f"Voltage (V)\tJ (mA/cm2)\t{head}", *rows]).encode(), "sweep.txt", "jvl"
    )
    assert len(found) == 1
    np.testing.assert_allclose(reading.x.values, V)


@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_a_remark_behind_some_rows_loses_none_of_them(sign):
    rows = [sign.join([f"{v:.2f}", f"{v * v:.4f}", *(["COMPLIANCE"] if v > 5 else [])]) for v in V]
    content = "\n".join([sign.join(["Voltage (V)", "J (mA/cm2)", "Status"]), *rows])
    reading = read(content.encode(), "sweep.txt", "jvl")
    np.testing.assert_allclose(reading.x.values, V)
    np.testing.assert_allclose(reading.y.values, V * V, atol=1e-4)


@pytest.mark.parametrize("sign", [",", "\t"])
def test_pixels_side_by_side_under_their_names(found, sign):
    above = sign.join(["A1-1", "", "", "A1-2", "", ""])
    head = sign.join(["Voltage (V)", "J (mA/cm2)", "L (cd/m2)"] * 2)
    content = "\n".join([above, head, table([V, V**2, V, V, V**3, 2 * V], sign)])
    read(content.encode(), "sweeps.txt", "jvl")
    assert [scan.label for scan in found] == ["A1-1", "A1-2"]
    np.testing.assert_allclose(found[1].ys[1].values, 2 * V)


def test_there_and_back_is_one_sweep(found):
    rows = [
        f"{way},{v:.2f},{v * v:.4f}"
        for way, volts in (("forward", V), ("reverse", V[::-1]))
        for v in volts
    ]
    content = "\n".join(["Direction,Voltage (V),J (mA/cm2)", *rows])
    reading = read(content.encode(), "sweep.csv", "jvl")
    assert len(found) == 1
    assert len(reading.x.values) == 2 * len(V)


def test_pixels_side_by_side(found):
    head = "Voltage (V),J A1 (mA/cm2),J A2 (mA/cm2),L A1 (cd/m2),L A2 (cd/m2)\n"
    read((head + table([V, V, 2 * V, V**2, 3 * V**2], ",")).encode(), "a.csv", "jvl")
    assert [[y.name for y in scan.ys] for scan in found] == [["current_density", "luminance"]] * 2
    np.testing.assert_allclose(found[1].ys[1].values, 3 * V**2)


@pytest.mark.parametrize("above", ["Sample: {}", "# {}"])
def test_tables_below_each_other_take_the_line_above_as_their_name(found, above):
    ys = bands([400, 450])
    blocks = [
        f"{above.format(name)}\nWavelength (nm)\tCounts\n{table([NM, y])}"
        for name, y in zip(("film 1", "film 2"), ys, strict=True)
    ]
    read("\n".join(blocks).encode(), "scans.txt", "pl")
    assert [scan.label.rpartition(": ")[2] for scan in found] == ["film 1", "film 2"]


@pytest.mark.parametrize("title", ["M0\n\n", "film 3\nsecond line\n\n", ""])
@pytest.mark.parametrize("sign", ["\t", ","])
def test_a_title_before_the_labels_of_an_edinburgh_export(found, title, sign):
    heads = [("Labels", "Em 1", "Em 2"), ("Type", "Emission Scan", "Emission Scan"), ("Start", "240", "240"),
             ("Stop", "600", "600"), ("Step", "2", "2"), ("Fixed/Offset", "460.00", "470.00"),
             ("Xaxis", "Wavelength", "Wavelength"), ("Yaxis", "Counts", "Counts")]  # fmt: skip
    ys = bands([400, 450])
    content = (
        title
        + "".join(sign.join((*head, "")) + "\n" for head in heads)
        + "\n"
        + table([NM, *ys], sign)
    )
    reading = read(content.encode(), "scans.txt", "pl")
    assert [scan.label for scan in found] == ["Em 1", "Em 2"]
    assert [scan.metadata["excitation_nm"] for scan in found] == [460, 470]
    np.testing.assert_array_equal(found[1].ys[0].values, ys[1])
    assert reading.of("1").metadata["excitation_nm"] == 460


def test_an_offset_is_no_excitation(found):
    heads = "Labels\tEm 1\t\nType\tEmission Scan\t\nFixed/Offset\t-50.00\t\nXaxis\tWavelength\t\nYaxis\tCounts\t\n\n"
    reading = read((heads + table([NM, bands([400])[0]])).encode(), "scan.txt", "pl")
    assert "excitation_nm" not in reading.metadata


@pytest.mark.parametrize(
    "heads", [("Excitation (nm)", "Emission (nm)"), ("Ex wavelength (nm)", "Em wavelength (nm)")]
)
@pytest.mark.parametrize("emission_first", [False, True])
def test_a_map_that_is_written_point_by_point(found, heads, emission_first):
    rows = [(ex, nm, round(nm * ex / 100)) for ex in (300, 320, 340) for nm in NM]
    order = [1, 0, 2] if emission_first else [0, 1, 2]
    lines = [",".join([*heads, "Intensity"][c] for c in order)]
    lines += [",".join(f"{row[c]:g}" for c in order) for row in rows]
    read("\n".join(lines).encode(), "map.csv", "pl")
    assert [scan.label for scan in found] == ["ex 300 nm", "ex 320 nm", "ex 340 nm"]
    np.testing.assert_array_equal(found[2].ys[0].values, np.round(NM * 340 / 100))


@pytest.mark.parametrize("name", ["Baseline 100%T", "blank", "Reference"])
@pytest.mark.parametrize("ordinates", [("%T", "Abs"), ("Abs", "Abs")])
def test_what_is_no_sample_is_kept_but_not_first(found, name, ordinates):
    lines = [f"{name},,film 3,", f"Wavelength (nm),{ordinates[0]},Wavelength (nm),{ordinates[1]}"]
    lines += [f"{nm:g},{50 + nm / 100:.3f},{nm:g},{nm / 1000:.4f}" for nm in NM]
    reading = read("\n".join(lines).encode(), "film.csv", "absorbance")
    assert [scan.label for scan in found] == ["film 3", name]
    np.testing.assert_allclose(reading.y.values, NM / 1000, atol=1e-4)


@pytest.mark.parametrize(
    "heads", [("Luminescence flux density (a.u.)", "Raw spectrum (counts)"), ("Sample", "Scope"), ("S1c / R1c", "S1")]
)  # fmt: skip
@pytest.mark.parametrize("raw_first", [False, True])
@pytest.mark.parametrize("axes", [1, 2])
def test_what_a_detector_gave_is_no_second_sample(heads, raw_first, axes):
    made, raw = bands([400])[0], bands([410])[0]
    columns = (
        [(heads[1], raw), (heads[0], made)] if raw_first else [(heads[0], made), (heads[1], raw)]
    )
    if axes == 1:
        head, body = (
            ["Wavelength (nm)", *(name for name, _ in columns)],
            [NM, *(y for _, y in columns)],
        )
    else:
        head = [word for name, _ in columns for word in ("Wavelength (nm)", name)]
        body = [column for _, y in columns for column in (NM, y)]
    reading = read(("\t".join(head) + "\n" + table(body)).encode(), "scan.txt", "pl")
    assert len(reading.scans) == 1
    np.testing.assert_array_equal(reading.y.values, made)
    np.testing.assert_array_equal(reading.channel("raw").values, raw)


@pytest.mark.parametrize("corner", ["", "X", "x-axis"])
@pytest.mark.parametrize("sign", ["\t", ",", ";"])
@pytest.mark.parametrize("names", [["batch 12", "batch 13"], ["Y1", "Y2"], ["5 s", "10 s"]])
def test_names_count_also_where_the_axis_has_none(corner, sign, names):
    ys = bands([450, 500])
    content = sign.join([corner, *names]) + "\n" + table([NM + 200, *ys], sign)
    reading = read(content.encode(), "scan.txt", "pl")
    assert [scan.label for scan in reading.scans] == names
    assert reading.asks_for_a_scan


def test_an_axis_that_comes_again_without_its_name_begins_a_sample():
    ys = bands([450, 500])
    content = "X b12;Y b12;X b13;Y b13\n" + table([NM + 200, ys[0], NM + 200, ys[1]], ";")
    reading = read(content.encode(), "scan.txt", "pl")
    assert [scan.label for scan in reading.scans] == ["Y b12", "Y b13"]
    np.testing.assert_array_equal(reading.scans[1].ys[0].values, ys[1])


def test_a_model_beside_an_axis_without_a_name_is_no_uncertainty():
    y = bands([450])[0]
    content = "x,yobs,ycalc\n" + table([NM / 10, y, y / 2], ",")
    reading = read(content.encode(), "scan.txt", "xrd")
    assert [channel.name for channel in reading.channels] == ["two_theta", "intensity", "model"]


def test_a_title_of_as_many_words_as_columns_names_none():
    y = bands([450])[0]
    content = "CsPbI3 film washed\n" + table([NM / 10, y, np.sqrt(y)], " ")
    reading = read(content.encode(), "scan.xye", "xrd")
    assert [channel.name for channel in reading.channels][1:] == ["intensity", "uncertainty"]


def test_a_column_of_names_is_nothing_that_was_measured():
    ys = bands([450, 500])
    rows = [
        f"{name};{x};{v}"
        for name, y in zip(("b12", "b13"), ys, strict=True)
        for x, v in zip(NM, y, strict=True)
    ]
    reading = read(("Sample;Wavelength (nm);Counts\n" + "\n".join(rows)).encode(), "scan.txt", "pl")
    assert [scan.label for scan in reading.scans] == ["b12", "b13"]
    assert reading.warnings == ()


@pytest.mark.parametrize("head", ["Channel", "px", "OLED no", "Nr.", "Kanal"])
@pytest.mark.parametrize("sign", ["\t", ","])
def test_whole_numbers_that_change_where_the_sweep_begins_again_name_pixels(found, head, sign):
    rows = [
        sign.join([f"{p}", f"{v:.2f}", f"{v * v:.4f}", f"{p * v:.4f}"]) for p in (1, 2) for v in V
    ]
    heads = sign.join([head, "Voltage (V)", "J (mA/cm2)", "L (cd/m2)"])
    read("\n".join([heads, *rows]).encode(), "sweeps.csv", "jvl")
    assert [scan.label for scan in found] == [f"{head} 1", f"{head} 2"]


@pytest.mark.parametrize("head", ["Point", "Sweep no"])
def test_a_number_that_changes_at_the_turn_parts_no_sweep(found, head):
    volts = [*V, *V[::-1]]
    number = range(len(volts)) if head == "Point" else [1] * len(V) + [2] * len(V)
    rows = [f"{n},{v:.2f},{v * v:.4f}" for n, v in zip(number, volts, strict=True)]
    reading = read("\n".join([f"{head},Voltage (V),J (mA/cm2)", *rows]).encode(), "s.csv", "jvl")
    assert len(found) == 1
    assert [one["direction"] for one in reading.metadata["sweeps"]] == ["up", "down"]


def test_sweeps_below_each_other_without_a_name_are_never_one(found):
    rows = [f"{v:.2f},{v * v:.4f},{p * v:.4f}" for p in (1, 2, 3) for v in V]
    content = "\n".join(["Voltage (V),J (mA/cm2),L (cd/m2)", *rows])
    assert read(content.encode(), "sweeps.csv", "jvl").asks_for_a_scan
    np.testing.assert_allclose(found[2].ys[1].values, 3 * V, atol=1e-4)


def test_a_loop_that_begins_again_keeps_its_ways_together(found):
    loop = [*V, *V[::-1]]
    rows = [f"{v:.2f},{v * v:.4f}" for v in [*loop, *loop]]
    reading = read("\n".join(["Voltage (V),J (mA/cm2)", *rows]).encode(), "sweeps.csv", "jvl")
    assert len(reading.scans) == 1


@pytest.mark.parametrize("corner", ["", "Em/Ex", "Em \\ Ex (nm)"])
@pytest.mark.parametrize("sign", ["\t", ";", ","])
def test_bare_numbers_above_a_map_name_its_scans(corner, sign):
    excitations = ["250", "270", "290"]
    ys = bands([400, 400, 400])
    content = sign.join([corner, *excitations]) + "\n" + table([NM + 60, *ys], sign)
    reading = read(content.encode(), "map.csv", "pl")
    labels = [scan.label.removeprefix("ex ").removesuffix(" nm") for scan in reading.scans]
    assert labels == excitations
    assert all(scan.points == len(NM) for scan in reading.scans)


def test_a_signal_and_its_reference_may_have_units(found):
    y = bands([450])[0]
    content = "Wavelength (nm),S1c (CPS),R1c (µA),S1c/R1c (CPS/µA)\n" + table(
        [NM, y, y * 0 + 8, y / 8], ","
    )
    reading = read(content.encode(), "scan.csv", "pl")
    assert len(found) == 1
    np.testing.assert_allclose(reading.y.values, y / 8, atol=1e-3)


@pytest.mark.parametrize("title", ["", "Comments"])
def test_the_comments_of_an_export_of_origin_name_its_samples(title):
    ys = bands([450, 500])
    rows = [
        "Wavelength\tIntensity\tIntensity",
        "nm\tcounts\tcounts",
        f"{title}\tbatch 12\tbatch 13",
    ]
    content = "\n".join(rows) + "\n" + table([NM + 200, *ys])
    reading = read(content.encode(), "scan.txt", "pl")
    assert [scan.label for scan in reading.scans] == ["batch 12", "batch 13"]
    assert (reading.x.unit, reading.y.unit) == ("nm", "counts")
