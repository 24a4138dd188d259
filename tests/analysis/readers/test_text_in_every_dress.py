"""The same spectrum comes back from every delimiter, decimal sign, encoding and layout."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from analysis.techniques.registry import TECHNIQUES
from tests.analysis.readers.spectra import DELIMITERS, HEADS, spectrum, table

READ = [name for name in TECHNIQUES if name in HEADS]  # what is an axis and numbers along it
DRESSES = [
    (name, comma)
    for name in DELIMITERS
    for comma in (False, True)
    if not (name == "comma" and comma)
]


def assert_same(reading, x, y, tolerance=1e-9):
    np.testing.assert_allclose(reading.x.values, x, atol=tolerance)
    np.testing.assert_allclose(reading.y.values, y, atol=tolerance)


@pytest.mark.parametrize("technique", READ)
@pytest.mark.parametrize(("delimiter", "comma"), DRESSES)
def test_every_delimiter_and_decimal_sign_gives_the_spectrum_back(technique, delimiter, comma):
    x, y = spectrum(technique)
    sign = DELIMITERS[delimiter]
    content = sign.join(HEADS[technique]) + "\n" + table((x, y), sign, comma)
    reading = read(content.encode(), "scan.txt", technique)
    assert_same(reading, x, y)
    assert reading.warnings == ()


numbers = st.lists(
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda y: round(y, 4)), min_size=5, max_size=40
)


@settings(max_examples=150)
@given(
    ys=numbers,
    start=st.integers(300, 500),
    step=st.sampled_from([0.25, 0.5, 1, 2.5]),
    dress=st.sampled_from(DRESSES),
    form=st.sampled_from(["{:.4f}", "{:.10E}", "{:.9g}"]),
    end=st.sampled_from(["\n", "\r\n", "\r", "\r\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    falling=st.booleans(),
    above=st.lists(st.sampled_from(["Sample: NC-0042", "Date\t04.04.2025", "", "# µ-PL of the 2nd flask", "Slit;2,5"]), max_size=6),
)  # fmt: skip
def test_a_spectrum_survives_any_dress(ys, start, step, dress, form, end, encoding, falling, above):
    x, y = start + step * np.arange(len(ys)), np.array(ys)
    sign = DELIMITERS[dress[0]]
    order = slice(None, None, -1) if falling else slice(None)
    lines = [*above, sign.join(HEADS["pl"])]
    content = end.join(lines) + end + table((x[order], y[order]), sign, dress[1], form, end)
    reading = read(content.encode(encoding), "scan.txt", "pl")
    assert_same(reading, x, y, tolerance=1e-2 if form == "{:.9g}" else 1e-4)
    assert (reading.x.name, reading.x.unit) == ("wavelength", "nm")


@pytest.mark.parametrize(
    ("head", "name", "unit"),
    [
        ("Wavelength (nm)", "wavelength", "nm"), ("Wavelength[nm]", "wavelength", "nm"), ("wavelength_nm", "wavelength", "nm"),
        ("Wavelength / nm", "wavelength", "nm"), ("Wavelength, nm", "wavelength", "nm"), ("λ (nm)", "wavelength", "nm"),
        ("nm", "wavelength", "nm"), ("Energy (eV)", "photon_energy", "eV"), ("Photon energy / eV", "photon_energy", "eV"),
        ("Wavenumber (cm-1)", "wavenumber", "1/cm"), ("Wavenumber (cm⁻¹)", "wavenumber", "1/cm"),
    ],
)  # fmt: skip
def test_the_axis_is_named_with_its_unit(head, name, unit):
    x, y = spectrum("pl")
    reading = read(f"{head}\tCounts\n{table((x, y))}".encode(), "scan.txt", "pl")
    assert (reading.x.name, reading.x.unit, reading.y.name, reading.y.unit) == (
        name,
        unit,
        "intensity",
        "counts",
    )
    np.testing.assert_allclose(reading.x.values, x)


@pytest.mark.parametrize(
    ("unit", "ns"), [("ps", 1e-3), ("ns", 1), ("µs", 1e3), ("us", 1e3), ("s", 1e9)]
)
def test_times_are_given_in_ns(unit, ns):
    x, y = spectrum("trpl")
    reading = read(f"Time ({unit}),Counts\n{table((x, y), ',')}".encode("cp1252"), "d.csv", "trpl")
    np.testing.assert_allclose(reading.x.values, x * ns)
    assert reading.x.unit == "ns"


@pytest.mark.parametrize(
    ("head", "name", "factor", "unit"),
    [
        ("Current (mA)", "current", 1e-3, "A"), ("Current / A", "current", 1, "A"), ("I [µA]", "current", 1e-6, "A"),
        ("J (mA/cm2)", "current_density", 1, "mA/cm2"), ("J (A/cm^2)", "current_density", 1e3, "mA/cm2"),
        ("Current density (mA cm-2)", "current_density", 1, "mA/cm2"), ("Current density (A/m²)", "current_density", 0.1, "mA/cm2"),
        ("Luminance (cd/m2)", "luminance", 1, "cd/m2"), ("L (cd m⁻²)", "luminance", 1, "cd/m2"), ("L [nits]", "luminance", 1, "cd/m2"),
        ("EQE (%)", "eqe", 1, "%"), ("PE (lm/W)", "power_efficiency", 1, "lm/W"), ("CE (cd/A)", "current_efficiency", 1, "cd/A"),
    ],
)  # fmt: skip
def test_a_sweep_column_is_known_by_its_head(head, name, factor, unit):
    x, y = spectrum("jvl")
    content = f"Cell area [mm^2]: 4.0\nVoltage (V);{head};Current (A)\n{table((x, y, y), ';')}"
    reading = read(content.encode(), "sweep.txt", "jvl")
    channel = reading.channels[1]
    assert (channel.name, channel.unit, channel.label) == (name, unit, head)
    np.testing.assert_allclose(channel.values, y * factor)
    assert reading.metadata["area_cm2"] == pytest.approx(0.04)


def test_a_row_of_units_below_the_heads_is_joined_with_it():
    x, y = spectrum("jvl")
    reading = read(f"Voltage\tb_rev\n[V]\t[mA/cm2]\n{table((x, y))}".encode(), "a.txt", "jvl")
    assert (reading.y.name, reading.y.unit, reading.y.label) == (
        "current_density",
        "mA/cm2",
        "b_rev",
    )


def test_a_sweep_there_and_back_keeps_every_point_and_says_where_it_turns():
    up = np.arange(0, 5, 0.5)
    voltage = np.concatenate([up, up[::-1]])
    reading = read(
        f"Voltage (V),Current (A)\n{table((voltage, voltage**2), ',')}".encode(), "a.csv", "jvl"
    )
    np.testing.assert_allclose(reading.x.values, voltage)
    assert reading.metadata["sweeps"] == [
        {"start": 0, "stop": 10, "direction": "up"},
        {"start": 10, "stop": 20, "direction": "down"},
    ]


def test_a_spoilt_row_is_named_with_its_line_and_the_rest_is_kept():
    lines = table(spectrum("xrd")).splitlines()
    lines[20] = "14.3900\t#####"
    reading = read("\n".join(lines).encode(), "a.xy", "xrd")
    assert len(reading.x.values) == 59
    assert any("Line 21" in warning and "#####" in warning for warning in reading.warnings)


def test_nan_and_infinite_values_are_left_out_and_counted():
    x, y = spectrum("pl")
    y[[4, 9]] = np.nan, np.inf
    reading = read(f"Wavelength (nm)\tIntensity\n{table((x, y))}".encode(), "a.txt", "pl")
    assert len(reading.x.values) == 58
    assert np.isfinite(reading.y.values).all()
    assert any(warning.startswith("2 of 60 points") for warning in reading.warnings)


def test_repeated_abscissae_are_averaged_with_a_warning():
    x, y = spectrum("xrd")
    x[11] = x[10]
    reading = read(table((x, y)).encode(), "a.xy", "xrd")
    assert len(reading.x.values) == 59
    assert reading.y.values[10] == pytest.approx((y[10] + y[11]) / 2)
    assert any("averaged" in warning for warning in reading.warnings)


@pytest.mark.parametrize("shift", [0, 0.3])
def test_every_scan_of_a_file_is_read_and_none_is_chosen(shift):
    x, y = spectrum("pl")
    head = "Wavelength (nm)\tIntensity\n"
    content = f"{head}{table((x, y))}\n{head}{table((x + shift, 2 * y))}".encode()
    reading = read(content, "a.txt", "pl")
    assert reading.asks_for_a_scan
    assert [scan.points for scan in reading.scans] == [60, 60]
    second = read(content, "a.txt", "pl", scan="2")
    assert not second.asks_for_a_scan
    np.testing.assert_allclose(second.x.values, x + shift)
    np.testing.assert_allclose(second.y.values, 2 * y, atol=1e-3)
    with pytest.raises(UnreadableFile, match=r"no scan '3'.*1 \(lines 2 to 61\), 2 \("):
        read(content, "a.txt", "pl", scan="3")


def test_samples_beside_one_axis_are_scans_by_the_names_of_their_columns():
    x, y = spectrum("pl")
    content = f"Wavelength (nm)\tbatch 12\tbatch 13\n{table((x, y, 3 * y))}".encode()
    reading = read(content, "a.txt", "pl")
    assert [scan.label for scan in reading.scans] == ["batch 12", "batch 13"]
    chosen = read(content, "a.txt", "pl", scan="2")
    np.testing.assert_allclose(chosen.y.values, 3 * y, atol=1e-3)


def test_pixels_beside_one_voltage_are_sweeps_of_their_own():
    x, y = spectrum("jvl")
    heads = "Voltage (V)\tA1 J (mA/cm2)\tA1 L (cd/m2)\tA2 J (mA/cm2)\tA2 L (cd/m2)"
    content = f"{heads}\n{table((x, y, 2 * y, 3 * y, 4 * y))}".encode()
    reading = read(content, "a.txt", "jvl")
    assert len(reading.scans) == 2
    second = read(content, "a.txt", "jvl", scan="2")
    assert [channel.name for channel in second.channels] == [
        "voltage",
        "current_density",
        "luminance",
    ]
    np.testing.assert_allclose(second.channel("luminance").values, 4 * y, atol=1e-3)


def test_sweeps_one_below_another_without_a_gap_are_told_apart():
    x, y = spectrum("pl")
    reading = read(
        f"Wavelength (nm)\tIntensity\n{table((x, y))}{table((x, y + 1))}".encode(), "a.txt", "pl"
    )
    assert len(reading.x.values) == 60
    assert len(reading.channels) == 3


def test_scans_of_different_length_side_by_side_keep_their_own_points():
    x, y = spectrum("pl")
    rows = [f"{a},{b},{c},{d}" for a, b, c, d in zip(x, y, x + 5, y, strict=True)]
    rows[40:] = [f"{a},{b},," for a, b in zip(x[40:], y[40:], strict=True)]
    content = "Wavelength (nm),S1,Wavelength (nm),S2\n" + "\n".join(rows)
    reading = read(content.encode(), "a.csv", "pl")
    assert [(scan.label, scan.points) for scan in reading.scans] == [("S1", 60), ("S2", 40)]
    np.testing.assert_allclose(reading.x.values, x)


def test_a_comma_that_is_delimiter_and_decimal_sign_is_refused():
    rows = "\n".join(f"{450 + i},0,{i % 7},25" for i in range(20))
    with pytest.raises(UnreadableFile, match="both the delimiter and the decimal sign"):
        read(f"Wavelength (nm),Intensity\n{rows}".encode(), "a.csv", "pl")


def test_quoted_cells_with_decimal_commas_are_read():
    x, y = spectrum("pl")
    rows = "\n".join(f'"{a:.2f}","{b:.3f}"'.replace(".", ",") for a, b in zip(x, y, strict=True))
    reading = read(f'"Wavelength (nm)","Intensity"\n{rows}'.encode(), "a.csv", "pl")
    assert_same(reading, x, y, tolerance=0.01)


def test_a_header_number_pair_is_not_taken_for_a_point():
    x, y = spectrum("xrd")
    reading = read(f"5.0 60.0 0.93 sample A\n{table((x, y), '  ')}".encode(), "a.dat", "xrd")
    assert len(reading.x.values) == 60


def test_a_column_of_clock_times_does_not_disturb():
    x, y = spectrum("jvl")
    rows = "\n".join(f"12:00:{i:02d},{a},{b}" for i, (a, b) in enumerate(zip(x, y, strict=True)))
    reading = read(f"Clock,Voltage (V),Current (mA)\n{rows}".encode(), "a.csv", "jvl")
    np.testing.assert_allclose(reading.y.values, y * 1e-3)


@pytest.mark.parametrize("technique", READ)
def test_a_foreign_axis_is_refused_with_what_the_file_has(technique):
    x, y = spectrum("pl")
    head = "Voltage (V)\tPower (W)" if technique != "jvl" else "Wavelength (nm)\tIntensity"
    with pytest.raises(UnreadableFile, match=r"Choose the technique|Name the columns"):
        read(f"{head}\n{table((x, y))}".encode(), "a.txt", technique)


def test_a_sweep_without_column_names_is_refused_not_guessed():
    with pytest.raises(UnreadableFile, match="no names"):
        read(table(spectrum("jvl")).encode(), "a.txt", "jvl")
