"""Files of diffractometers, made here byte by byte as their makers lay them out: the same numbers come back.

Truth: the angles and counts that the test packs.
"""

import bz2
import gzip
import io
import struct
import zipfile

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from tests.analysis.instruments import own_file
from tests.analysis.techniques.files.instrument_files import ANGLES, COUNTS, raw2

ATTENUATOR = np.where(np.abs(ANGLES - 14.2) < 0.15, 8.25, 1.0)


def same(reading, x=ANGLES, y=COUNTS, tolerance=1e-6):
    np.testing.assert_allclose(reading.x.values, x, atol=tolerance)
    np.testing.assert_allclose(reading.y.values, y, rtol=1e-6)
    assert (reading.x.name, reading.x.unit, reading.y.name) == ("two_theta", "deg", "intensity")


def zipped(files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return made.getvalue()


def ras(sign=" ", end="\r\n", ranges=1, axis="TwoTheta", unit="counts"):
    lines = ["*RAS_DATA_START"]
    for _ in range(ranges):
        lines += ["*RAS_HEADER_START", '*HW_XG_WAVE_LENGTH_ALPHA1 "1.540593"', '*HW_XG_WAVE_LENGTH_ALPHA2 "1.544414"',
                  '*HW_XG_TARGET_NAME "Cu"', f'*MEAS_SCAN_AXIS_X_INTERNAL "{axis}"', f'*MEAS_SCAN_UNIT_Y "{unit}"',
                  "*RAS_HEADER_END", "*RAS_INT_START"]  # fmt: skip
        lines += [
            f"{x:.4f}{sign}{y / a:.6f}{sign}{a:.4f}"
            for x, y, a in zip(ANGLES, COUNTS, ATTENUATOR, strict=True)
        ]
        lines += ["*RAS_INT_END"]
    return end.join([*lines, "*RAS_DATA_END", ""]).encode()


@pytest.mark.parametrize("dress", [{}, {"sign": "\t"}, {"end": "\n", "unit": "cps"}])
def test_rigaku_ras_has_its_attenuator_undone(dress):
    reading = read(ras(**dress), "scan.ras", "xrd")
    same(reading)
    assert len(reading.channels) == 2  # no third column that could be called an uncertainty
    assert reading.y.unit == ("counts/s" if "unit" in dress else "counts")
    assert reading.metadata["wavelength_angstrom"] == 1.540593
    assert reading.metadata["anode"] == "Cu"
    assert any("attenuator" in warning for warning in reading.warnings)


def test_every_range_of_a_ras_file_is_a_scan():
    reading = read(ras(ranges=3), "scan.txt", "xrd")
    assert reading.metadata["scan_count"] == 3


def test_a_rocking_curve_is_no_pattern():
    with pytest.raises(UnreadableFile, match="is over Omega, not over 2theta"):
        read(ras(axis="Omega"), "scan.ras", "xrd")


CONDITIONS = """<?xml version="1.0" encoding="utf-8"?><MeasurementConditions><HWConfigurations><XrayGenerator>
<TargetName>{anode}</TargetName><WavelengthKalpha1>{wavelength}</WavelengthKalpha1></XrayGenerator></HWConfigurations>
<ScanInformation><AxisName>TwoTheta</AxisName><IntensityUnit>counts</IntensityUnit></ScanInformation></MeasurementConditions>"""


@pytest.mark.parametrize(("anode", "wavelength"), [("Cu", 1.540593), ("Co", 1.788965)])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_rigaku_rasx(anode, wavelength, mark):
    profile = mark + "".join(
        f"{x:.4f}\t{y / a:.8f}\t{a:g}\r\n"
        for x, y, a in zip(ANGLES, COUNTS, ATTENUATOR, strict=True)
    )
    conditions = CONDITIONS.format(anode=anode, wavelength=wavelength)
    content = zipped(
        {
            "root.xml": "<Root/>",
            "Data0/Profile0.txt": profile,
            "Data0/MesurementConditions0.xml": conditions,
        }
    )
    reading = read(content, "scan.rasx", "xrd")
    same(reading)
    assert (reading.metadata["anode"], reading.metadata["wavelength_angstrom"]) == (
        anode,
        wavelength,
    )


def brml(axes, factor=None, route="Measured"):
    """Raw data of a BRML; ``axes`` in the order of the cells."""
    factor = np.ones(len(ANGLES)) if factor is None else factor
    column = {"TwoTheta": ANGLES, "Theta": ANGLES / 2}
    rows = "".join(
        f"<Datum>1.5,{f:g},"
        + ",".join(f"{column[axis][n]:.6f}" for axis in axes)
        + f",{COUNTS[n] / f:.8f}</Datum>"
        for n, f in enumerate(factor)
    )
    fields = "".join(f'<FieldDefinitions FieldName="{axis}" AxisId="{axis}"/>' for axis in axes)
    return f"""<?xml version="1.0"?><RawData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><DataRoutes>
<DataRoute RouteFlag="{route}"><ScanInformation VisibleName="Coupled"><ScanAxes>
{"".join(f'<ScanAxisInfo AxisId="{axis}"/>' for axis in axes)}</ScanAxes></ScanInformation>
<SubScans><SubScanInfo MeasuredTimePerStep="1.5"/></SubScans>{rows}<DataViews>
<RawDataView Start="0" Length="1" LogicName="MeasuredTime"/><RawDataView Start="1" Length="1" LogicName="AbsorptionFactor"/>
<RawDataView Start="2" Length="{len(axes)}"><Varying LogicName="ScanAxes">{fields}</Varying></RawDataView>
<RawDataView Start="{2 + len(axes)}" Length="1"><Recording LogicName="ScanCounter"/></RawDataView></DataViews></DataRoute>
</DataRoutes><FixedInformation><WaveLengthAlpha1 Unit="A" Value="1.5406"/><WaveLengthAlpha2 Unit="A" Value="1.54439"/>
<TubeMaterial>Cu</TubeMaterial></FixedInformation></RawData>"""


def container(*raw_data):
    files = {f"Experiment0/RawData{number}.xml": content for number, content in enumerate(raw_data)}
    return zipped({**files, "experimentCollection.xml": "<a/>"})


@pytest.mark.parametrize("axes", [["TwoTheta", "Theta"], ["Theta", "TwoTheta"], ["TwoTheta"]])
@pytest.mark.parametrize("factor", [None, ATTENUATOR])
def test_bruker_brml_says_itself_where_its_angles_are(axes, factor):
    reading = read(container(brml(axes, factor)), "scan.brml", "xrd")
    same(reading)
    assert reading.metadata["wavelength_angstrom"] == 1.5406
    assert reading.metadata["anode"] == "Cu"
    assert reading.metadata["counting_time_s"] == 1.5
    assert any("absorber" in warning for warning in reading.warnings) is (factor is not None)


def test_every_measurement_of_a_brml_is_a_scan():
    reading = read(container(*[brml(["TwoTheta"])] * 12), "scan.brml", "xrd")
    assert reading.metadata["scan_count"] == 12


def test_a_brml_over_another_axis_is_refused_by_its_name():
    with pytest.raises(UnreadableFile, match="is over Coupled, not over 2theta"):
        read(container(brml(["Theta"])), "scan.brml", "xrd")


def raw3(ranges=1, extra=40, step=0.02, steps=500, counts=COUNTS):
    """A RAW1.01 by offsets: 712 bytes, then for each range 304 bytes, an extra record, the counts."""
    head = bytearray(712)
    struct.pack_into("<8sI", head, 0, b"RAW1.01", 1)
    struct.pack_into("<I10s2x10s", head, 12, ranges, b"03/04/10", b"20:59:14")
    head[608:610] = b"Cu"
    struct.pack_into("<5d", head, 616, 1.54184, 1.5406, 1.54439, 1.39222, 0.5)
    made = bytes(head)
    for _ in range(ranges):
        block = bytearray(304 + extra)
        struct.pack_into("<IIdd", block, 0, 304, steps, 5.0, 10.0)
        struct.pack_into("<d8xf", block, 176, step, 1.5)
        struct.pack_into("<d", block, 240, 1.5406)
        struct.pack_into("<I", block, 256, extra)
        made += bytes(block) + counts.astype("<f4").tobytes()
    return made


@pytest.mark.parametrize("extra", [0, 16])
def test_bruker_raw_version_2(extra):
    reading = read(raw2(extra=extra), "scan.raw", "xrd")
    same(reading)
    assert reading.metadata["wavelength_angstrom"] == 1.5406
    assert reading.metadata["anode"] == "Cu"
    assert reading.metadata["counting_time_s"] == 1.5
    assert reading.metadata["header"]["started"] == "09-Mar-1998 14:22:07"
    assert read(raw2(ranges=3, extra=extra), "scan.raw", "xrd").metadata["scan_count"] == 3


def test_a_text_may_begin_as_version_2_does():
    text = "RAW2 of the morning\n2theta counts\n" + "".join(
        f"{x:.2f} {y:g}\n" for x, y in zip(ANGLES, COUNTS, strict=True)
    )
    same(read(text.encode(), "scan.xy", "xrd"))


def segment(kind, body):
    return struct.pack("<II", kind, 8 + len(body)) + body


def raw4(ranges=1, extra=0, scan=b"Locked Coupled", size=4, start=10.0, counts=COUNTS):
    """A RAW4.00 by offsets: 61 bytes, segments, then for each range 160 bytes, its segments, the counts."""
    head = bytearray(61)
    struct.pack_into("<8s4x12s12s", head, 0, b"RAW4.00", b"07/11/2018", b"15:55:31")
    tube = bytearray(128)
    struct.pack_into("<5d", tube, 64, 1.54184, 1.5406, 1.54439, 1.39222, 0.5)
    tube[108:110] = b"Cu"
    made = (
        bytes(head)
        + segment(10, struct.pack("<4x24s", b"SAMPLEID") + b"NC-0042")
        + segment(30, bytes(tube))
    )
    for _ in range(ranges):
        block = bytearray(160)
        struct.pack_into("<24s", block, 32, scan)
        struct.pack_into("<ddIf", block, 72, start, 0.02, len(counts), 2.5)
        struct.pack_into("<dII4xIII", block, 112, 1.5406, 0, 1, 0, size, extra)
        struct.pack_into("<II", block, 136, size, extra)
        points = np.zeros((len(counts), size // 4), dtype="<f4")
        points[:, 0] = counts
        made += bytes(block) + bytes(extra) + points.tobytes()
    return made


@pytest.mark.parametrize("extra", [0, 40])
def test_bruker_raw_version_3(extra):
    reading = read(raw3(extra=extra), "scan.raw", "xrd")
    same(reading)
    assert reading.metadata["wavelength_angstrom"] == 1.5406
    assert reading.metadata["anode"] == "Cu"
    assert reading.metadata["counting_time_s"] == 1.5
    assert read(raw3(ranges=3, extra=extra), "scan.raw", "xrd").metadata["scan_count"] == 3


@pytest.mark.parametrize(("extra", "size"), [(0, 4), (3736, 4), (96, 8)])
def test_bruker_raw_version_4(extra, size):
    reading = read(raw4(extra=extra, size=size), "scan.raw", "xrd")
    same(reading)
    assert reading.metadata["wavelength_angstrom"] == 1.5406
    assert reading.metadata["anode"] == "Cu"
    assert reading.metadata["header"]["sampleid"] == "NC-0042"
    assert (
        read(raw4(ranges=2, extra=extra, size=size), "scan.raw", "xrd").metadata["scan_count"] == 2
    )


BAD = {
    "cut version 2": raw2()[:-7], "cut in the header 2": raw2()[:200], "no range 2": raw2(count=0), "ranges 2": raw2(count=3),
    "step 2": raw2(step=float("nan")), "angles 2": raw2(start=900.0), "header 2": raw2()[:256] + bytes(2) + raw2()[258:],
    "no steps 2": raw2()[:258] + bytes(2) + raw2()[260:], "no counts 2": raw2(counts=np.full(500, 1e30)),
    "cut version 3": raw3()[:-7], "cut version 4": raw4()[:-7], "cut in the header": raw4()[:150], "steps": raw3(steps=10**7),
    "step": raw3(step=float("nan")), "angles": raw4(start=500.0), "no step": raw3(step=0.0),
    "no counts": raw3(counts=np.full(500, 1e30)), "text counts": raw4(counts=np.full(500, -3e20)),
    "another axis": raw4(scan=b"Rocking Curve"), "ranges": raw3()[:12] + b"\xff\xff\xff\x7f" + raw3()[16:],
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bruker_raw_that_makes_no_sense_is_refused(name):
    with pytest.raises(UnreadableFile):
        read(BAD[name], "scan.raw", "xrd")


@pytest.mark.parametrize(
    "content",
    [raw2(), raw3(), raw4(), container(brml(["TwoTheta"]))],
    ids=["raw2", "raw3", "raw4", "brml"],
)
def test_a_diffractogram_is_named_when_it_is_taken_for_a_spectrum(content):
    with pytest.raises(UnreadableFile, match="diffraction file, not a PL spectrum"):
        read(content, "scan.raw", "pl")


LOOP = "loop_\n_pd_meas_2theta_scan\n_pd_meas_counts_total\n_pd_calc_intensity_total\n"
RANGE = "_pd_meas_2theta_range_min {:.2f}\n_pd_meas_2theta_range_max {:.2f}\n_pd_meas_2theta_range_inc 0.02\nloop_\n_pd_proc_intensity_total\n"


@pytest.mark.parametrize(
    "points",
    [
        LOOP + "".join(f"{x:.2f} {y:.0f} {y * 1.1:.1f}\n" for x, y in zip(ANGLES, COUNTS, strict=True)),
        LOOP + "".join(f"{x:.2f} {y:.0f}({int(y**0.5)}) ?\n" for x, y in zip(ANGLES, COUNTS, strict=True)),
        RANGE.format(ANGLES[0], ANGLES[-1]) + "".join(f"{y:.1f}({3})\n" for y in COUNTS),
    ],
    ids=["loop", "with uncertainties", "range"],
)  # fmt: skip
def test_a_powder_cif(points):
    content = f"data_film\n_diffrn_radiation_wavelength 1.54056\n{points}"
    reading = read(content.encode(), "film.cif", "xrd")
    same(reading)
    assert reading.metadata["wavelength_angstrom"] == 1.54056


def test_a_powder_cif_whose_range_does_not_fit_is_refused():
    content = "data_a\n" + RANGE.format(10, 80) + "".join(f"{y:.1f}\n" for y in COUNTS)
    with pytest.raises(UnreadableFile, match="do not fit the range"):
        read(content.encode(), "film.cif", "xrd")


@pytest.mark.parametrize(("end", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress)])
@pytest.mark.parametrize("name", ["quartz.xrdml", "two_theta.xy"])
def test_a_packed_file_is_read_as_the_file_inside(name, end, pack):
    content = own_file(f"xrd/{name}").read_bytes()
    plain, packed = read(content, name, "xrd"), read(pack(content), f"{name}.{end}", "xrd")
    assert packed.reader == plain.reader
    np.testing.assert_array_equal(packed.y.values, plain.y.values)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_several_packed_one_behind_the_other_are_one_file(pack):
    """As `cat a.gz b.gz` and loggers that append make them; the first alone would be half of the data."""
    content = own_file("xrd/two_theta.xy").read_bytes()
    half = len(content) // 2
    parts = pack(content[:half]) + pack(content[half:]) + bytes(512)
    whole = read(pack(content), "a.xy.gz", "xrd")
    np.testing.assert_array_equal(read(parts, "a.xy.gz", "xrd").y.values, whole.y.values)
    with pytest.raises(UnreadableFile, match="Behind the end"):
        read(pack(content) + b"more", "a.xy.gz", "xrd")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_packed_file_that_is_cut_or_too_large_is_refused(pack):
    with pytest.raises(UnreadableFile, match=r"cut off|broken"):
        read(pack(own_file("xrd/two_theta.xy").read_bytes())[:-200], "a.xy.gz", "xrd")
    with pytest.raises(UnreadableFile, match="unpacks to more than 64 MiB"):
        read(pack(bytes(70 * 2**20)), "a.xy.gz", "xrd")


def test_a_container_that_unpacks_to_too_much_is_refused():
    bomb = container(b" " * (40 * 2**20), b" " * (40 * 2**20))
    assert len(bomb) < 200_000
    with pytest.raises(UnreadableFile, match="unpacks to more than 64 MiB"):
        read(bomb, "scan.brml", "xrd")


def test_a_container_without_points_says_so():
    empty = container("<RawData><DataRoutes><DataRoute/></DataRoutes></RawData>")
    with pytest.raises(UnreadableFile, match="holds no scan over 2theta"):
        read(empty, "scan.brml", "xrd")


def test_entities_inside_a_container_are_not_followed():
    evil = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><RawData>&b;</RawData>'
    with pytest.raises(UnreadableFile, match="broken"):
        read(container(evil), "scan.brml", "xrd")
