"""JCAMP-DX in its plain and packed forms. Truth: the numbers the test packs, by the rules of the standard."""

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read

NM = 400.0 + np.arange(450)
RAW = np.round(11000 / (1 + np.exp((NM - 690) / 9)) + 40 * np.sin(NM / 3) + 300).astype(int)

SQUEEZED = dict(zip("0123456789", "@ABCDEFGHI", strict=True))
NEGATIVE = dict(zip("123456789", "abcdefghi", strict=True))
DIFFERENCE = dict(zip("0123456789", "%JKLMNOPQR", strict=True))
FALLING = dict(zip("123456789", "jklmnopqr", strict=True))


def packed(number, plus, minus):
    digits = str(abs(number))
    return (minus if number < 0 else plus)[digits[0]] + digits[1:]


def affn(ys, sign):
    return sign.join(map(str, ys))


def squeezed(ys, _):
    return "".join(packed(y, SQUEEZED, NEGATIVE) for y in ys)


def pac(ys, _):
    return "".join(f"{y:+d}" for y in ys)


def lines(write, ys, x_factor, each=7, sign=" "):
    return "\n".join(
        f"{round(NM[n] / x_factor)}{sign if write is affn else ''}{write(ys[n : n + each], sign)}"
        for n in range(0, len(ys), each)
    )


def by_difference(ys, x_factor, each=9):
    """Lines of differences; each begins with the last value of the one before, as a check."""
    rows, n = [], 0
    while n < len(ys):
        part = ys[max(n - 1, 0) : n + each]
        begin = max(n - 1, 0)
        steps = np.diff(part)
        rows.append(
            f"{round(NM[begin] / x_factor)}{packed(part[0], SQUEEZED, NEGATIVE)}"
            + "".join(packed(int(s), DIFFERENCE, FALLING) for s in steps)
        )
        n += each
    return "\n".join([*rows, f"{round(NM[-1] / x_factor)}{packed(ys[-1], SQUEEZED, NEGATIVE)}"])


def spectrum(body, x_factor, y_factor, *, units=("NANOMETERS", "ABSORBANCE"), more=""):
    return (
        f"##TITLE=film\n##JCAMP-DX=4.24 $$ a comment\n##DATA TYPE=UV/VIS SPECTRUM\n##XUNITS={units[0]}\n##YUNITS={units[1]}\n"
        f"##XFACTOR={x_factor:g}\n##YFACTOR={y_factor:g}\n##FIRSTX={NM[0]:g}\n##LASTX={NM[-1]:g}\n##NPOINTS={len(NM)}\n{more}"
        f"##XYDATA=(X++(Y..Y))\n{body}\n##END=\n"
    ).encode()


@pytest.mark.parametrize("write", [affn, squeezed, pac])
@pytest.mark.parametrize(("x_factor", "y_factor"), [(0.1, 1e-4), (1, 1e-4), (0.01, 2.5e-4)])
def test_numbers_are_times_their_factors(write, x_factor, y_factor):
    reading = read(
        spectrum(lines(write, RAW, x_factor), x_factor, y_factor), "film.jdx", "absorbance"
    )
    np.testing.assert_allclose(reading.x.values, NM)
    np.testing.assert_allclose(reading.y.values, RAW * y_factor)
    assert (reading.x.name, reading.x.unit, reading.y.name) == ("wavelength", "nm", "absorbance")
    assert reading.warnings == ()


def test_differences_are_added_up_and_checked():
    body = by_difference(RAW, 1)
    reading = read(spectrum(body, 1, 1e-4), "film.dx", "absorbance")
    np.testing.assert_allclose(reading.y.values, RAW * 1e-4)
    rows = body.splitlines()
    rows[20] = rows[20].replace("J", "K").replace("j", "k")  # a damaged line
    with pytest.raises(UnreadableFile, match="check of the line"):
        read(spectrum("\n".join(rows), 1, 1e-4), "film.dx", "absorbance")


def test_repeated_values_and_differences():
    # 400: 100, three times; then +2 four times (DUP of a DIF); then 50
    ys = [100, 100, 100, 102, 104, 106, 108, 50]
    content = spectrum("400A00UKVE0", 1, 1)
    content = content.replace(b"##LASTX=849", b"##LASTX=407").replace(
        b"##NPOINTS=450", b"##NPOINTS=8"
    )
    reading = read(content, "film.jdx", "absorbance")
    np.testing.assert_array_equal(reading.y.values, ys)


@pytest.mark.parametrize("falling", [False, True])
def test_the_axis_may_be_given_by_its_step(falling):
    ys = RAW[::-1] if falling else RAW
    first, step = (NM[-1], -1) if falling else (NM[0], 1)
    content = (
        f"##TITLE=film\n##JCAMP-DX=4.24\n##XUNITS=NANOMETERS\n##YUNITS=ABSORBANCE\n##XFACTOR=1\n##YFACTOR=0.0001\n"
        f"##FIRSTX={first:g}\n##DELTAX={step}\n##XYDATA=(X++(Y..Y))\n"
        + "\n".join(
            f"{first + step * n:g} {' '.join(map(str, ys[n : n + 6]))}"
            for n in range(0, len(ys), 6)
        )
    )
    reading = read(content.encode(), "film.jdx", "absorbance")
    np.testing.assert_allclose(reading.x.values, NM)
    np.testing.assert_allclose(reading.y.values, RAW * 1e-4)


def test_points_may_be_listed():
    body = "\n".join(f"{x:g}, {y}" for x, y in zip(NM, RAW, strict=True))
    content = spectrum(body, 1, 1).replace(b"##XYDATA=(X++(Y..Y))", b"##XYPOINTS=(XY..XY)")
    reading = read(content, "film.jdx", "absorbance")
    np.testing.assert_array_equal(reading.y.values, RAW)


@pytest.mark.parametrize("units", ["TRANSMITTANCE", "% TRANSMITTANCE"])
def test_transmittance_becomes_absorbance(units):
    full = 100 if "%" in units else 1
    t = full * 10 ** (-RAW / 10000)
    body = lines(affn, [f"{one:.8f}" for one in t], 1)
    reading = read(spectrum(body, 1, 1, units=("NANOMETERS", units)), "film.jdx", "absorbance")
    np.testing.assert_allclose(reading.y.values, RAW / 10000, atol=1e-6)


@pytest.mark.parametrize(
    ("units", "nm"), [("MICROMETERS", 1e3), ("NANOMETERS", 1), ("ANGSTROMS", 0.1)]
)
def test_an_emission_spectrum_in_its_units(units, nm):
    x = NM / nm
    content = (
        f"##TITLE=PL\n##JCAMP-DX=5.00\n##XUNITS={units}\n##YUNITS=COUNTS\n##FIRSTX={x[0]:.9g}\n##LASTX={x[-1]:.9g}\n"
        f"##NPOINTS={len(x)}\n##XFACTOR=1\n##YFACTOR=1\n##XYDATA=(X++(Y..Y))\n"
        + "\n".join(f"{a:.9g} {b}" for a, b in zip(x, RAW, strict=True))
        + "\n##END=\n"
    )
    reading = read(content.encode(), "pl.jdx", "pl")
    np.testing.assert_allclose(reading.x.values, NM, rtol=1e-7)
    np.testing.assert_array_equal(reading.y.values, RAW)


def test_several_spectra_are_several_scans():
    reading = read(spectrum(lines(affn, RAW, 1), 1, 1) * 3, "film.jdx", "absorbance")
    assert reading.metadata["scan_count"] == 3


def test_a_spectrum_of_another_kind_is_refused():
    with pytest.raises(UnreadableFile, match="ABSORBANCE"):
        read(spectrum(lines(affn, RAW, 1), 1, 1), "film.jdx", "pl")
