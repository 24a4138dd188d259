"""Files of traces over time: time units, signals, cycles, and what is no trace."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from analysis.techniques.guess import guess_technique
from analysis.techniques.lifetime.lifetime import run
from tests.analysis.instruments import own_file, shared_file
from tests.analysis.techniques.readings import figures

T = np.linspace(0, 100, 60)


def text(heads, *columns):
    rows = ["\t".join(f"{cell:.6g}" for cell in row) for row in zip(*columns, strict=True)]
    return "\n".join([heads, *rows]).encode()


@pytest.mark.parametrize(
    ("head", "hours"),
    [("Time (h)", 1), ("t / min", 1 / 60), ("Elapsed time [s]", 1 / 3600), ("Time (d)", 24), ("time_hours", 1), ("Time (days)", 24)],
)  # fmt: skip
def test_times_are_hours(head, hours):
    reading = read(text(f"{head}\tLuminance (cd/m2)", T, 500 - T), "a.txt", "lifetime")
    assert (reading.x.name, reading.x.unit) == ("time", "h")
    assert reading.x.values[-1] == pytest.approx(100 * hours)


def test_the_unit_of_time_is_asked_where_it_is_not_said():
    content = text("Time\tLuminance (cd/m2)", T, 500 - T)
    with pytest.raises(UnreadableFile, match=r'may be h or s or min.*"x_unit"'):
        read(content, "a.txt", "lifetime")
    told = read(content, "a.txt", "lifetime", {"x_unit": "min"})
    assert told.x.values[-1] == pytest.approx(100 / 60)


@pytest.mark.parametrize(
    ("heads", "first"),
    [
        ("Time (h)\tVoltage (V)\tCurrent (mA)\tLuminance (cd/m2)", "luminance"),
        ("Time (s)\tVoltage (V)\tCurrent density (mA/cm2)\tPower (mW/cm2)", "power"),
        ("Time (h)\tVoltage (V)\tCurrent (mA)\tPhotocurrent (uA)", "intensity"),
        ("Time (h)\tVoltage (V)\tCurrent (mA)\tL/L0", "luminance"),
        ("Time (h)\tVoltage (V)\tCurrent (mA)\tPCE (%)", "pce"),
    ],
)
def test_the_signal_comes_first_whatever_stands_before_it(heads, first):
    reading = read(text(heads, T, T * 0 + 4, T * 0 + 1, 500 - T), "a.txt", "lifetime")
    assert reading.y.name == first
    assert reading.y.values[-1] == 400


def test_a_table_of_cycles_has_cycles_for_its_axis():
    number = np.arange(1, 41)
    reading = read(text("Cycle\tLuminance (cd/m2)", number, 500 - number), "a.txt", "lifetime")
    assert reading.x.name == "cycle"
    assert reading.y.name == "luminance"


def test_two_pixels_side_by_side_are_two_scans():
    content = text("Time (h)\tLuminance A (cd/m2)\tLuminance B (cd/m2)", T, 500 - T, 300 - T)
    reading = read(content, "a.txt", "lifetime")
    assert [scan.label for scan in reading.scans] == ["Luminance A (cd/m2)", "Luminance B (cd/m2)"]


def test_a_sweep_with_time_stamps_is_no_trace():
    content = text("Time (s)\tVoltage (V)\tLuminance (cd/m2)", T, T / 12, T**2)
    with pytest.raises(UnreadableFile, match="sweep with time stamps"):
        read(content, "a.txt", "lifetime")


@pytest.mark.parametrize(
    ("name", "head"),
    [("NC-0042_mpp.txt", b"a\tb\n"), ("LT50_px3.csv", b""), ("a.txt", b"Time (h)\tLuminance (cd/m2)\n0\t1\n")],
)  # fmt: skip
def test_a_trace_is_told_from_name_or_heads(name, head):
    assert guess_technique(name, head) == "lifetime"


def test_simulated_power_tracking_is_read():
    content = own_file("device/power_point.mpp.csv").read_bytes()
    assert read(content, "a.csv", "lifetime").y.name == "power"


# SOURCES.md: points, first and last time in s, largest size of PCE or power and when
REAL = {
    "KIT_MPP.mpp.csv": (254, 1.722, 300.43, "pce", 17.9614, 135.208),
    "PERS_loc2.mpp.txt": (103, 0, 204, "power", -13.2394, 202),
}


@pytest.mark.parametrize("name", REAL)
def test_real_power_tracking_is_read_and_its_lifetime_is_a_bound(name):
    points, first, last, signal, top, at = REAL[name]
    reading = read(shared_file(f"device/{name}").read_bytes(), name, "lifetime")
    assert guess_technique(name, b"") == "lifetime"
    assert reading.x.values.size == points
    assert (reading.x.values[[0, -1]] * 3600).tolist() == pytest.approx([first, last])
    values = reading.channel(signal).values
    assert values.max() == pytest.approx(top, rel=1e-5)
    assert reading.x.values[np.argmax(values)] * 3600 == pytest.approx(at)
    found = figures(run(reading, {}))
    assert found["t80_h"].value is None
    assert found["t80_h"].low * 3600 == pytest.approx(last, rel=0.03)
