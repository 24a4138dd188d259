"""PicoQuant's binary files, made here byte by byte: the histogram that was packed comes back.

Truth: the counts that the test packs, record by record as the maker documents them.
"""

import struct

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from tests.analysis.techniques.files import older_photons as older

INT, FLOAT, TEXT, EMPTY = 0x10000008, 0x20000008, 0x4001FFFF, 0xFFFF0008
BINS = np.arange(400)
COUNTS = np.round(3 + 800 * np.exp(-np.maximum(BINS - 40, 0) / 60.0) * (BINS >= 40)).astype(int)


def tag(name, kind, value, index=-1):
    if kind == TEXT:
        text = value.encode() + bytes(8 - len(value) % 8)
        return struct.pack("<32siIq", name.encode(), index, kind, len(text)) + text
    return struct.pack("<32siI", name.encode(), index, kind) + struct.pack(
        "<d" if kind == FLOAT else "<q", value
    )


END = tag("Header_End", EMPTY, 0)


def phu(curves=1, width_s=25e-12, wrong_sum=0):
    head = b"PQHISTO\0" + b"1.0.00\0\0" + tag("CreatorSW_Name", TEXT, "PicoHarp Software")
    length = len(head) + curves * 5 * 48 + len(END)
    made = head
    for n in range(curves):
        made += tag("HistResDscr_CurveIndex", INT, n, n) + tag(
            "HistResDscr_DataOffset", INT, length + n * 4 * len(COUNTS), n
        )
        made += tag("HistResDscr_HistogramBins", INT, len(COUNTS), n) + tag(
            "HistResDscr_MDescResolution", FLOAT, width_s, n
        )
        made += tag("HistResDscr_IntegralCount", INT, int(COUNTS.sum() * (n + 1)) + wrong_sum, n)
    return made + END + b"".join((COUNTS * (n + 1)).astype("<u4").tobytes() for n in range(curves))


def ptu(words, kind, width_s=25e-12, tick_s=25e-12, count=None):
    head = b"PQTTTR\0\0" + b"1.0.00\0\0"
    head += tag("TTResultFormat_TTTRRecType", INT, kind) + tag(
        "MeasDesc_Resolution", FLOAT, width_s
    )
    head += tag("MeasDesc_GlobalResolution", FLOAT, tick_s) + tag(
        "TTResult_SyncRate", INT, 10_000_000
    )
    head += tag("TTResult_NumberOfRecords", INT, len(words) if count is None else count)
    return head + END + np.asarray(words, dtype="<u4").tobytes()


PHOTONS = np.random.default_rng(3).permutation(
    np.repeat(BINS, COUNTS)
)  # the bin of each photon, in any order


def t3_hydraharp(channel=0):
    nsync = np.arange(len(PHOTONS)) % 1024
    words = (channel << 25) | (PHOTONS << 10) | nsync
    overflow, marker = (1 << 31) | (63 << 25) | 1, (1 << 31) | (1 << 25)
    return np.insert(words, [5, 900, 901], [overflow, marker, overflow])


def t3_picoharp(channel=1):
    words = (channel << 28) | (PHOTONS << 16) | (np.arange(len(PHOTONS)) % 65536)
    return np.insert(words, [7, 70], [15 << 28, (15 << 28) | (1 << 16) | 9])


def t2(kind):
    """A sync before each photon; the clock goes over its end many times."""
    rng = np.random.default_rng(4)
    starts = np.cumsum(rng.integers(1000, 40_000, len(PHOTONS)))
    wrap = {0x00010203: 210698240, 0x00010204: 33552000, 0x01010204: 33554432}[kind]
    for turn in range(1, int(starts[-1]) // wrap):  # the clock ends between a sync and its photon
        starts[np.searchsorted(starts, turn * wrap) - 1] = turn * wrap - 1
    times = np.stack([starts, starts + PHOTONS], axis=1).ravel()
    is_sync = np.tile([True, False], len(PHOTONS))
    words, turns = [], 0
    for time, sync in zip(times.tolist(), is_sync.tolist(), strict=True):
        new = time // wrap - turns
        if new and kind == 0x01010204:
            words.append((1 << 31) | (63 << 25) | new)
        else:
            words += [(15 << 28) if kind == 0x00010203 else (1 << 31) | (63 << 25)] * new
        turns += new
        tick = time % wrap
        if kind == 0x00010203:
            words.append(((0 if sync else 1) << 28) | tick)
        else:
            words.append((1 << 31 if sync else 0) | tick)
    return np.array(words)


def same(reading, counts=COUNTS, width_ns=0.025):
    top = np.flatnonzero(counts)[-1] + 1
    np.testing.assert_array_equal(reading.y.values[:top], counts[:top])
    assert reading.y.values.sum() == counts.sum()
    np.testing.assert_allclose(reading.x.values, np.arange(len(reading.x.values)) * width_ns)
    assert (reading.x.unit, reading.y.unit) == ("ns", "counts")


def test_a_histogram_file_has_every_curve():
    same(read(phu(), "decay.phu", "trpl"))
    several = read(phu(curves=3, width_s=4e-12), "decay.phu", "trpl")
    same(several, width_ns=0.004)
    assert several.metadata["scan_count"] == 3
    np.testing.assert_array_equal(several.channels[3].values, 3 * COUNTS)


@pytest.mark.parametrize("kind", [0x00010304, 0x01010304, 0x00010305, 0x00010306, 0x00010307])
def test_photons_since_the_sync_become_a_histogram(kind):
    reading = read(ptu(t3_hydraharp(), kind), "decay.ptu", "trpl")
    same(reading)
    assert reading.metadata["repetition_mhz"] == 10


def test_photons_of_a_picoharp():
    same(read(ptu(t3_picoharp(), 0x00010303), "decay.ptu", "trpl"))


def test_each_detector_is_a_scan():
    words = np.concatenate([t3_hydraharp(0), t3_hydraharp(1), t3_hydraharp(1)])
    reading = read(ptu(words, 0x01010304), "decay.ptu", "trpl")
    assert [c.label for c in reading.channels[1:]] == ["channel 1", "channel 2"]
    np.testing.assert_array_equal(reading.channels[2].values, 2 * reading.channels[1].values)


@pytest.mark.parametrize("kind", [0x00010203, 0x00010204, 0x01010204])
def test_photons_since_the_start_are_counted_from_their_sync(kind):
    same(
        read(ptu(t2(kind), kind, width_s=1e-12, tick_s=1e-12), "decay.ptu", "trpl"), width_ns=0.001
    )


def test_photons_without_a_sync_have_no_decay():
    photons = np.cumsum(np.full(1000, 20_000))
    with pytest.raises(UnreadableFile, match="1000 photons without a sync"):
        read(ptu(photons, 0x01010204), "g2.ptu", "trpl")


def thd(curves=1):
    head = bytearray(540)
    struct.pack_into(
        "<16s6s6s18s2s", head, 0, b"TimeHarp 200", b"5.0", b"2.4", b"08/09/03 13:24:47", b"\r\n"
    )
    struct.pack_into("<5I", head, 304, len(COUNTS), curves, 32, 1, 1)
    made = bytes(head)
    for n in range(curves):
        curve = bytearray(100)
        struct.pack_into("<I", curve, 0, n)
        struct.pack_into("<IIIIf", curve, 72, 5_000_000, 0, 0, int(COUNTS.sum()), 0.025)
        made += bytes(curve) + COUNTS.astype("<u4").tobytes()
    return made


def test_a_timeharp_200_histogram():
    reading = read(thd(), "decay.thd", "trpl")
    same(reading)
    assert reading.metadata["repetition_mhz"] == 5
    assert read(thd(curves=2), "decay.thd", "trpl").metadata["scan_count"] == 2


def test_a_picoharp_histogram_has_every_curve():
    reading = read(older.phd(COUNTS, 2 * COUNTS), "decay.phd", "trpl")
    same(reading, width_ns=0.016)
    np.testing.assert_array_equal(reading.channels[2].values, 2 * COUNTS)
    assert reading.metadata["repetition_mhz"] == 10
    assert reading.metadata["header"]["comment"] == "NC-0042"


@pytest.mark.parametrize("images", [0, 36])
def test_photons_in_a_pt3_file(images):
    same(read(older.pt3(t3_picoharp(), images=images), "decay.pt3", "trpl"), width_ns=0.016)


def test_a_hydraharp_histogram_has_every_curve():
    reading = read(older.hhd(COUNTS, 3 * COUNTS), "decay.hhd", "trpl")
    same(reading, width_ns=0.016)
    np.testing.assert_array_equal(reading.channels[2].values, 3 * COUNTS)


@pytest.mark.parametrize(("version", "inputs"), [("1.0", 2), ("2.0", 4), ("2.0", 8)])
def test_photons_in_an_ht3_file(version, inputs):
    reading = read(older.ht3(t3_hydraharp(), version=version, inputs=inputs), "decay.ht3", "trpl")
    same(reading, width_ns=0.016)
    assert reading.metadata["repetition_mhz"] == 10


@pytest.mark.parametrize(("kind", "version"), [(0x00010204, "1.0"), (0x01010204, "2.0")])
def test_photons_in_an_ht2_file_are_counted_from_their_sync(kind, version):
    content = older.ht3(t2(kind), width_ps=1.0, version=version, mode=2)
    same(read(content, "decay.ht2", "trpl"), width_ns=0.001)


OLDER = {
    "cut": (older.phd(COUNTS)[:-9], "ends before"), "cut in its head": (older.phd(COUNTS)[:600], "ends before"),
    "version": (older.phd(COUNTS, Version=b"9.9"), "format '9.9' at byte 16"),
    "boards": (older.phd(COUNTS, Boards=2), "at byte 340 that it is of 2 boards"),
    "bits": (older.phd(COUNTS, Bits=16), "at byte 328"),
    "curves": (older.phd(COUNTS)[:328] + b"\xff\xff\xff\x7f" + older.phd(COUNTS)[332:], "2147483647 curves"),
    "width": (older.phd(COUNTS, width_ns=0.017), "width of 0.017 at byte 784"),
    "sum": (older.phd(COUNTS)[:-400] + bytes(400), "counts"),
    "cut photons": (older.ht3(t3_hydraharp())[:-9], "ends before"),
    "inputs": (older.ht3(t3_hydraharp(), inputs=200), "at byte 664 that it has 200 inputs"),
    "no photon": (older.ht3(np.array([1 << 31])), "no photon"),
    "no width": (older.hhd(COUNTS, board_ps=1e-300), "width of 16 at byte"),
    "one bin": (older.ht3(np.zeros(900, int)), "Only 1 points"),
    "a lost sync": (older.ht3(np.arange(1000) * 20_000, width_ps=1.0, mode=2), "without a sync"),
}  # fmt: skip


@pytest.mark.parametrize("name", OLDER)
def test_an_older_photon_file_that_makes_no_sense_is_refused_with_its_place(name):
    content, words = OLDER[name]
    with pytest.raises(UnreadableFile, match=words):
        read(content, "decay.phd", "trpl")


BAD = {
    "cut histogram": phu()[:-9], "cut in the header": phu()[:200], "sum": phu(wrong_sum=5), "no width": phu(width_s=0.0),
    "cut photons": ptu(t3_hydraharp(), 0x01010304)[:-9], "kind of record": ptu(t3_hydraharp(), 0x00019999),
    "too many records": ptu(t3_hydraharp(), 0x01010304, count=10**12), "cut .thd": thd()[:-9], "no photon": ptu([1 << 31], 0x01010304), "one bin": ptu([0] * 900, 0x01010304),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_photon_file_that_makes_no_sense_is_refused(name):
    with pytest.raises(UnreadableFile):
        read(BAD[name], "decay.ptu", "trpl")


@pytest.mark.parametrize("kind", [TEXT, 0xFFFFFFFF])
def test_a_width_of_time_bins_that_is_no_number_is_refused_in_words(kind):
    for content, name, index in (
        (ptu(t3_hydraharp(), 0x01010304), "MeasDesc_Resolution", -1),
        (phu(), "HistResDscr_MDescResolution", 0),
    ):
        empty = struct.pack("<32siIq", name.encode(), index, kind, 0)  # a text or bytes of length 0
        odd = content.replace(tag(name, FLOAT, 25e-12, index), empty)
        with pytest.raises(UnreadableFile, match="width of its time bins as no number"):
            read(odd, "decay.ptu", "trpl")


def test_a_photon_file_is_named_when_it_is_taken_for_a_spectrum():
    with pytest.raises(
        UnreadableFile, match=r"PicoQuant file of photons \(TRPL\), not a PL spectrum"
    ):
        read(phu(), "a.phu", "pl")


def sdt(curves=1, blocks=1, form="<u2", kind=0x01, tac_ns=50.0, gain=2, bins=400):
    """An .sdt by offsets: header of 42 bytes, identification, one description, blocks with their headers."""
    info = b"*IDENTIFICATION\r\n  ID        : SPC Setup & Data File\r\n*END\r\n"
    described = bytearray(512)
    described[0:8], described[9:19] = b"09:00:01", b"02-03-2026"
    struct.pack_into("<fh", described, 64, tac_ns * 1e-9, gain)
    struct.pack_into("<h", described, 82, bins)
    data = np.concatenate([COUNTS * (n + 1) for n in range(curves)]).astype(form).tobytes()
    code = kind | {"<u2": 0, "<u4": 0x100, "<f8": 0x200}[form]
    first = 42 + len(info) + len(described)
    head = struct.pack("<hihihihIihhHIHH", 0x28A, 42, len(info), 0, 0, first, blocks, len(data), 42 + len(info), 1, 512, 0x5555, blocks, 0, 0)  # fmt: skip
    made = head + info + bytes(described)
    for n in range(blocks):
        begin = first + n * (22 + len(data)) + 22
        made += (
            struct.pack(
                "<BBIIHhII",
                0,
                0,
                begin,
                begin + len(data) if n + 1 < blocks else 0,
                code,
                0,
                n,
                len(data),
            )
            + data
        )
    return made


@pytest.mark.parametrize("form", ["<u2", "<u4", "<f8"])
@pytest.mark.parametrize(("tac_ns", "gain"), [(50.0, 2), (20.0, 5)])
def test_a_becker_hickl_curve_has_its_time_from_the_tac(form, tac_ns, gain):
    reading = read(sdt(form=form, tac_ns=tac_ns, gain=gain), "decay.sdt", "trpl")
    np.testing.assert_array_equal(reading.y.values, COUNTS)
    np.testing.assert_allclose(reading.x.values, BINS * tac_ns / gain / 400, rtol=1e-6)


def test_every_curve_of_a_becker_hickl_file_is_a_scan():
    pages = read(sdt(curves=3, kind=0x11), "decay.sdt", "trpl")
    assert pages.metadata["scan_count"] == 3
    np.testing.assert_array_equal(pages.channels[3].values, 3 * COUNTS)
    assert read(sdt(blocks=4), "decay.sdt", "trpl").metadata["scan_count"] == 4


@pytest.mark.parametrize(
    "content", [sdt()[:-5], sdt(kind=0x61), sdt(bins=399), sdt(gain=0), sdt(tac_ns=0.0)],
    ids=["cut", "image", "bins", "gain", "range"],
)  # fmt: skip
def test_a_becker_hickl_file_that_makes_no_sense_is_refused(content):
    with pytest.raises(UnreadableFile):
        read(content, "decay.sdt", "trpl")
