"""Signs between thousands, overflows and commas of two meanings: the numbers come back, or the file is refused.

Truth: the numbers that the test writes down.
"""

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read

X = np.round(np.arange(600, 800, 0.5), 1)
COUNTS = np.round(20000 * np.exp(-(((X - 700) / 18) ** 2)) + 95 + 7 * np.sin(X)).astype(int)


def parted(number, sign, decimal="."):
    """Write a number with ``sign`` between its thousands."""
    return f"{number:,}".replace(",", "§").replace(".", decimal).replace("§", sign)


def rows(delimiter, sign, decimal=".", form="{:.1f}", ys=COUNTS):
    return "".join(
        form.format(x).replace(".", decimal) + delimiter + parted(y, sign, decimal) + "\n"
        for x, y in zip(X, ys, strict=True)
    )


DRESSES = {
    "comma, tab": ("\t", ",", "."), "comma, semicolon": (";", ",", "."), "comma, blanks": ("   ", ",", "."),
    "dot, tab": ("\t", ".", ","), "dot, semicolon": (";", ".", ","), "apostrophe, tab": ("\t", "'", "."),
    "curly apostrophe, comma": (",", "’", "."), "blank, tab": ("\t", " ", ","), "blank, comma": (",", " ", "."),
    "blank, wide blanks": ("    ", " ", "."), "thin blank, comma": (",", "\u202f", "."),
    "hard blank, blanks": ("  ", "\u00a0", ","), "hard blank, semicolon": (";", "\u00a0", ","),
}  # fmt: skip


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("ys", [COUNTS, COUNTS + 0.25], ids=["whole", "with decimals"])
def test_thousands_never_split_a_table(dress, ys):
    delimiter, sign, decimal = DRESSES[dress]
    content = f"Wavelength (nm){delimiter}Counts\n{rows(delimiter, sign, decimal, ys=ys)}"
    reading = read(content.encode(), "scan.txt", "pl")
    np.testing.assert_array_equal(reading.x.values, X)
    np.testing.assert_array_equal(reading.y.values, ys)
    assert reading.warnings == ()


@pytest.mark.parametrize(("delimiter", "sign"), [("\t", ","), ("\t", "."), (";", ".")])
def test_whole_numbers_with_parted_thousands_are_no_decimals(delimiter, sign):
    # nothing but whole numbers: 600<tab>113 and 700<tab>20,095
    content = rows(delimiter, sign, form="{:.0f}", ys=COUNTS)
    content = "\n".join(content.splitlines()[::2])  # whole wavelengths only
    reading = read(content.encode(), "scan.txt", "pl")
    np.testing.assert_array_equal(reading.x.values, X[::2])
    np.testing.assert_array_equal(reading.y.values, COUNTS[::2])


@pytest.mark.parametrize("quoted", ["{:,.2f}", "{:,.0f}"])
def test_quoted_thousands_in_a_comma_file(quoted):
    volts = np.arange(0, 8.2, 0.2)
    light = 0.01 + 40 * np.maximum(volts - 3, 0) ** 3.7
    lines = ["Voltage (V),Current density (mA/cm2),Luminance (cd/m2)"]
    lines += [
        f'{v:.2f},{v**3:.4f},"{quoted.format(one)}"' for v, one in zip(volts, light, strict=True)
    ]
    reading = read("\n".join(lines).encode(), "sweep.csv", "jvl")
    written = [float(quoted.format(one).replace(",", "")) for one in light]
    assert max(written) > 10_000
    np.testing.assert_array_equal(reading.channel("luminance").values, written)
    assert len(reading.x.values) == 41


def test_two_groups_are_read():
    content = "".join(
        f"{x:.1f}\t{parted(int(y) * 1000, ',')}\n" for x, y in zip(X, COUNTS, strict=True)
    )
    reading = read(content.encode(), "scan.txt", "pl")
    assert reading.y.values.max() == COUNTS.max() * 1000


def test_decimals_of_three_digits_stay_decimals():
    y = 0.5 + COUNTS / 20000
    content = "".join(f"{x:.3f}\t{v:.3f}\n".replace(".", ",") for x, v in zip(X, y, strict=True))
    reading = read(content.encode(), "scan.txt", "pl")
    np.testing.assert_allclose(reading.x.values, X)
    np.testing.assert_allclose(reading.y.values, y, atol=6e-4)


def test_a_comma_that_may_be_either_is_asked_about():
    content = "".join(f"{x:.0f}\t{y:,}\n" for x, y in zip(X[::2], COUNTS[::2] + 1000, strict=True))
    with pytest.raises(UnreadableFile, match=r"may be a decimal sign .* or part thousands"):
        read(content.encode(), "scan.txt", "pl")


@pytest.mark.parametrize(("delimiter", "sign", "word"), [(",", ",", "comma"), (" ", " ", "blank")])
def test_a_sign_that_parts_columns_and_thousands_is_refused(delimiter, sign, word):
    content = f"Wavelength{delimiter}Counts\n{rows(delimiter, sign)}"
    with pytest.raises(
        UnreadableFile, match=f"The {word} is both the delimiter and the sign between thousands"
    ):
        read(content.encode(), "scan.txt", "pl")


@pytest.mark.parametrize("head", ["", "Wavelength (nm),Intensity\n"])
@pytest.mark.parametrize("form", ["{:.1f}", "{:.2f}"])
@pytest.mark.parametrize("technique", ["pl", "xrd"])
def test_a_comma_that_is_delimiter_and_decimal_sign_is_named(head, form, technique):
    x = X if technique == "pl" else 10 + (X - 600) / 5
    lines = [
        f"{form.format(a).replace('.', ',')},{y}" for a, y in zip(x[:40], COUNTS[:40], strict=True)
    ]
    head = head if technique == "pl" else head.replace("Wavelength (nm)", "2theta (deg)")
    with pytest.raises(UnreadableFile, match="comma is both the delimiter and the decimal sign"):
        read((head + "\n".join(lines)).encode(), "scan.csv", technique)


def test_a_sweep_with_the_comma_in_two_meanings_is_refused():
    volts = np.arange(0, 8, 0.2)
    rows = [f"{v:.1f},{v * 1e-5:.2E},{v * v:.2f}".replace(".", ",") for v in volts]
    with pytest.raises(UnreadableFile, match="comma is both the delimiter and the decimal sign"):
        read(("Voltage (V),Current (A),L (cd/m2)\n" + "\n".join(rows)).encode(), "sweep.csv", "jvl")


def test_three_whole_columns_with_three_heads_are_no_decimals():
    lines = ["2theta,counts,monitor", *(f"{10 + n},{n * n + 5},{100 + n % 3}" for n in range(30))]
    reading = read("\n".join(lines).encode(), "scan.csv", "xrd")
    np.testing.assert_array_equal(reading.y.values, [n * n + 5 for n in range(30)])


@pytest.mark.parametrize(
    "cell",
    [
        "9.91E+37",
        "9.910000e37",
        "-9.9e37",
        "1e38",
        "OVERFLOW",
        "OVLD",
        "Over range",
        "3.4028235e38",
        "Saturation",
        "OVRNG",
        "Out of range",
        "> 20000",
        "Sat.",
    ],
)
def test_an_overflow_is_named_and_never_a_figure(cell):
    lines = ["Voltage (V)\tCurrent density (mA/cm2)\tLuminance (cd/m2)"]
    lines += [f"{v / 10}\t{v * v / 100}\t{v * v}" for v in range(40)]
    lines += [f"4.0\t16.0\t{cell}", f"4.1\t16.8\t{cell}"]
    reading = read("\n".join(lines).encode(), "sweep.txt", "jvl")
    light = reading.channel("luminance").values
    assert np.nanmax(light) == 39 * 39
    assert np.isnan(light[-2:]).all()
    assert any("overflow" in warning and "Luminance" in warning for warning in reading.warnings)


def test_an_overflow_of_what_is_measured_leaves_its_row_out():
    lines = ["Wavelength (nm);Counts", *(f"{x};{y}" for x, y in zip(X, COUNTS, strict=True))]
    lines[100] = f"{X[99]};9.91e+37"
    reading = read("\n".join(lines).encode(), "scan.txt", "pl")
    assert len(reading.x.values) == len(X) - 1
    assert reading.y.values.max() == np.delete(COUNTS, 99).max()
    assert any("9.91e+37" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    "cell", ["Err", "#####", "***", "-----", "n. d.", "compliance", "?", "<0.01"]
)
@pytest.mark.parametrize("sign", ["\t", ";"])
def test_a_word_in_the_place_of_a_number_loses_its_cell_alone(cell, sign):
    # at the turn of a sweep, where a new table would begin: both ways have to stay together
    volts = [v / 10 for v in (*range(60), *range(58, -1, -1))]
    rows = [[f"{v}", f"{v * v}", cell if v > 4.5 else f"{10 * v**3:.3f}"] for v in volts]
    lines = [sign.join(["Voltage (V)", "J (mA/cm2)", "L (cd/m2)"]), *map(sign.join, rows)]
    reading = read("\n".join(lines).encode(), "sweep.txt", "jvl")
    np.testing.assert_allclose(reading.x.values, volts)
    light = reading.channel("luminance").values
    assert np.nanmax(light) == 10 * 4.5**3
    assert np.isnan(light).sum() == sum(v > 4.5 for v in volts)
    assert any("column 3" in one and cell in one for one in reading.warnings) or "-" in cell


def test_a_saturday_is_no_overflow():
    days = ["Fri", "Sat", "Sun"]
    lines = ["Day;Time (h);Luminance (cd/m2)"]
    lines += [f"{days[n // 24]};{n};{900 - n}" for n in range(72)]
    reading = read("\n".join(lines).encode(), "trace.csv", "lifetime")
    assert sum(scan.points for scan in reading.scans) == 72
    assert reading.warnings == ()
