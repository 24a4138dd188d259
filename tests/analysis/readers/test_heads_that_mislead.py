"""Heads that could be two things: names of aliquots, models, logarithms, per cent, axes without a unit.

Truth: the formula by which the test wrote the column.
"""

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from tests.analysis.readers.spectra import table

NM = np.arange(400.0, 851.0)
ABSORBANCE = 0.05 + 1.1 / (1 + np.exp((NM - 690) / 8))
T_NS = np.arange(0, 200, 0.1)
DECAY = np.round(5 + 2000 * np.exp(-np.maximum(T_NS - 10, 0) / 25) * (T_NS >= 10))


def of(content, technique, name="scan.csv", **told):
    return read(content.encode() if isinstance(content, str) else content, name, technique, told)


@pytest.mark.parametrize(
    "heads",
    [
        ["20 s", "40 s", "60 s"], ["0.5 min", "2 min", "10 min"], ["t = 20 s", "t = 40 s", "t = 90 s"],
        ["aliquot 20 s", "aliquot 40 s", "aliquot 1 h"], ["batch A", "batch B", "batch V"], ["20s", "40s", "60s"],
        ["5 nm", "7 nm", "9 nm"], ["Film (20 s)", "Film (40 s)", "Film (60 s)"],
        ["5 s (Abs)", "10 s (Abs)", "20 s (Abs)"], ["NC-1 (absorbance)", "NC-2 (absorbance)", "NC-3 (absorbance)"],
        ["Sample 1", "Sample 2", "Sample 3"], ["Sample 1 (toluene)", "Sample 2 (toluene)", "Sample 3 (octane)"],
        ["A", "B", "C"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("sign", [",", "\t"])
def test_a_column_that_is_named_by_a_value_is_a_sample(heads, sign):
    columns = [ABSORBANCE * factor for factor in (1, 1.1, 1.2)]
    content = (
        sign.join(["Wavelength (nm)", *heads]) + "\n" + table([NM, *columns], sign, form="{:.5f}")
    )
    reading = of(content, "absorbance")
    assert (reading.x.name, reading.x.unit) == ("wavelength", "nm")
    assert [c.label for c in reading.channels[1:]] == heads
    assert {c.name for c in reading.channels[1:]} == {"absorbance"}
    assert reading.metadata["scan_count"] == 3
    np.testing.assert_allclose(reading.channels[3].values, columns[2], atol=1e-5)


@pytest.mark.parametrize(
    ("head", "full"),
    [("%T", 100), ("T (%)", 100), ("Transmittance (%)", 100), ("% Transmittance", 100), ("Transmittance", 1), ("T", 1),
     ("Transmission", 100), ("Percent transmittance", 100), ("透过率 (%)", 100)],
)  # fmt: skip
@pytest.mark.parametrize("axis", ["nm", "Wavelength (nm)"])
def test_transmittance_becomes_absorbance(head, full, axis):
    content = f"{axis}\t{head}\n" + table([NM, full * 10**-ABSORBANCE], form="{:.6f}")
    reading = of(content, "absorbance")
    assert reading.y.name == "absorbance"
    np.testing.assert_allclose(reading.y.values, ABSORBANCE, atol=2e-5)
    assert any(
        "transmittance" in warning and "A = -lg T" in warning for warning in reading.warnings
    )


def test_a_dark_sample_whose_transmittance_has_no_unit_is_asked_about():
    content = "Wavelength (nm)\tTransmittance\n" + table([NM, 1.5 * 10**-ABSORBANCE], form="{:.6f}")
    with pytest.raises(UnreadableFile, match="a fraction or per cent"):
        of(content, "absorbance")


@pytest.mark.parametrize("head", ["%R", "R (%)", "Reflectance"])
def test_reflectance_is_refused_by_its_name(head):
    content = f"Wavelength (nm)\t{head}\n" + table([NM, 50 + NM / 100], form="{:.4f}")
    with pytest.raises(UnreadableFile, match="holds reflectance"):
        of(content, "absorbance")


@pytest.mark.parametrize(
    ("head", "base"),
    [("log10(counts)", 10), ("log counts", 10), ("lg Counts", 10), ("Counts (log10)", 10), ("log(Intensity)", 10),
     ("ln(Counts)", np.e), ("log counts", np.e), ("log_counts", 10)],
)  # fmt: skip
def test_a_logarithm_of_counts_is_undone(head, base):
    content = f"Time (ns)\t{head}\n" + table([T_NS, np.log(DECAY) / np.log(base)], form="{:.6f}")
    reading = of(content, "trpl")
    np.testing.assert_array_equal(reading.y.values, DECAY)
    assert any("logarithm" in warning for warning in reading.warnings)


def test_a_logarithm_whose_base_nothing_tells_is_refused():
    content = "Time (ns)\tlog intensity\n" + table([T_NS, np.log10(DECAY * 0.0137)], form="{:.6f}")
    with pytest.raises(UnreadableFile, match="logarithms and does not say of which base"):
        of(content, "trpl")


@pytest.mark.parametrize(
    "heads",
    [
        ("time_ns", "expected_counts", "measured_counts"), ("Time (ns)", "Fit", "Decay"), ("Time (ns)", "model", "Counts"),
        ("Time (ns)", "Calculated counts", "Counts"), ("Time (ns)", "counts_fit", "counts"), ("Time (ns)", "I_calc", "I"),
        ("Time (ns)", "simulated", "data"), ("Time (ns)", "Residuals", "Counts"), ("Time (ns)", "Fit Peak 1", "Counts"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_a_model_is_never_taken_for_what_was_measured(heads, first):
    model = 5 + 1900 * np.exp(-T_NS / 30)
    order = [0, 1, 2] if first else [0, 2, 1]
    columns = [T_NS, model, DECAY]
    content = ",".join(heads[c] for c in order) + "\n" + table([columns[c] for c in order], ",")
    reading = of(content, "trpl")
    np.testing.assert_array_equal(reading.y.values, DECAY)
    np.testing.assert_allclose(reading.channel("model").values, model, atol=1e-4)
    assert any("is a model" in warning for warning in reading.warnings)


def test_the_parts_of_a_fit_are_no_samples():
    heads = "Time (ns),Counts,Fit Peak 1,Fit Peak 2,Cumulative Fit Peak\n"
    reading = of(heads + table([T_NS, DECAY, DECAY / 2, DECAY / 3, DECAY], ","), "trpl")
    assert len(reading.scans) == 1
    assert [c.name for c in reading.channels[1:]] == ["counts", "model", "model", "model"]


def test_the_only_column_is_read_and_called_a_model():
    reading = of("Time (ns),Fit\n" + table([T_NS, DECAY], ","), "trpl")
    np.testing.assert_array_equal(reading.y.values, DECAY)
    assert any("not a measurement" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("head", "factor"),
    [("Wavelength (Å)", 10), ("Wavelength (angstrom)", 10), ("Wavelength (µm)", 1e-3), ("Wavelength [um]", 1e-3),
     ("Wavelength (m)", 1e-9), ("Wavelength / micron", 1e-3), ("Wavelength (metres)", 1e-9)],
)  # fmt: skip
@pytest.mark.parametrize("sign", ["\t", ";"])
def test_lengths_are_given_in_nm(head, factor, sign):
    content = f"{head}{sign}Intensity (counts)\n" + table(
        [NM * factor, NM**2], sign, form="{:.10g}"
    )
    reading = of(content, "pl")
    assert (reading.x.name, reading.x.unit) == ("wavelength", "nm")
    np.testing.assert_allclose(reading.x.values, NM, rtol=1e-9)
    assert "to nm" in reading.metadata["converted"][0]


BAND = 20000 * np.exp(-(((NM - 690) / 20) ** 2)) + 90


@pytest.mark.parametrize(
    ("head", "factor", "unit"),
    [("", 10, "angstrom"), ("Wavelength\tIntensity\n", 10, "angstrom"), ("Wavelength\tCounts\n", 1e-3, "um"),
     ("", 1e-3, "um"), ("# film 3\n", 10, "angstrom")],
)  # fmt: skip
def test_an_axis_that_may_be_in_several_units_is_asked_about(head, factor, unit):
    content = head + table([NM * factor, BAND], form="{:.6g}")
    with pytest.raises(UnreadableFile, match=r'"x_unit" \(.*\)') as refusal:
        of(content, "pl")
    assert unit in str(refusal.value)
    assert "unit" in str(refusal.value)
    told = of(content, "pl", x_unit=unit)
    np.testing.assert_allclose(told.x.values, NM, rtol=1e-5)
    assert (told.x.name, told.x.unit) == ("wavelength", "nm")


def test_a_wavenumber_can_be_told():
    content = table([1e7 / NM[::-1], BAND[::-1]], form="{:.8g}")
    with pytest.raises(UnreadableFile, match="1/cm or angstrom"):
        of(content, "pl")
    told = of(content, "pl", x_unit="cm-1")
    assert (told.x.name, told.x.unit) == ("wavenumber", "1/cm")
    np.testing.assert_allclose(told.x.values, 1e7 / NM[::-1], rtol=1e-6)


def test_what_the_file_says_is_not_overruled():
    content = "Wavelength (nm)\tCounts\n" + table([NM, BAND])
    np.testing.assert_array_equal(of(content, "pl", x_unit="um").x.values, NM)


def test_a_unit_that_the_axis_cannot_have_is_refused():
    with pytest.raises(UnreadableFile, match="which is no unit that the axis of a PL spectrum has"):
        of(table([NM * 10, BAND]), "pl", x_unit="furlong")


@pytest.mark.parametrize("axis", ["Wavelength", "λ"])
def test_nanometres_need_no_word(axis):
    reading = of(f"{axis}\tCounts\n" + table([NM, BAND]), "pl")
    assert reading.x.unit == "nm"


def test_times_that_no_decay_in_ns_has_are_asked_about():
    content = "Time,Counts\n" + table([T_NS / 1000, DECAY], ",", form="{:.6f}")
    with pytest.raises(UnreadableFile, match="x_unit"):
        of(content, "trpl")
    np.testing.assert_allclose(of(content, "trpl", x_unit="us").x.values, T_NS, atol=1e-9)


V = np.arange(0, 7.1, 0.1)
J = 1e-4 + 0.9 * np.maximum(V - 2, 0) ** 2.5


@pytest.mark.parametrize(
    ("head", "unit", "channel", "factor"),
    [("Current density", "A/cm2", "current_density", 1e3), ("J", "mA/cm²", "current_density", 1),
     ("Current", "mA", "current", 1e-3), ("I", "A", "current", 1), ("Current density", "A/m²", "current_density", 0.1)],
)  # fmt: skip
def test_a_current_without_a_unit_is_asked_about(head, unit, channel, factor):
    content = f"Voltage,{head},Luminance\n" + table([V, J, 50 * J], ",")
    with pytest.raises(UnreadableFile, match=r'has no unit.*"y_unit" \('):
        of(content, "jvl")
    told = of(content, "jvl", y_unit=unit)
    np.testing.assert_allclose(told.channel(channel).values, np.round(J, 4) * factor)


def test_a_unit_that_no_current_has_is_refused():
    with pytest.raises(UnreadableFile, match="no unit of a current"):
        of("Voltage (V),J,L (cd/m2)\n" + table([V, J, J], ","), "jvl", y_unit="nm")


@pytest.mark.parametrize("rows", ["Short Name", "Long Name"])
def test_a_signal_over_its_reference_is_an_intensity(rows):
    lines = [f"{rows}\tWavelength\tS1c / R1c", "Units\tnm\tCPS / MicroAmps"]
    lines += [f"{n}\t{x:g}\t{y:.4f}" for n, (x, y) in enumerate(zip(NM, BAND, strict=True), 1)]
    reading = of("\n".join(lines), "pl")
    assert (reading.y.name, reading.y.label) == ("intensity", "S1c / R1c")
    np.testing.assert_allclose(reading.x.values, NM)


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("03/02/2026", "09:00:{:02d}"),
        ("2026-02-03", "9:{:02d}"),
        ("03.02.2026", "09:12:{:02d}.5"),
        ("2/3/2026", "9:00:{:02d} PM"),
    ],
)
@pytest.mark.parametrize("sign", [" ", "\t", ";"])
def test_a_table_with_date_and_time_is_read(date, time, sign):
    lines = [sign.join(["frame", "twotheta", "intensity", "date", "time"])]
    angles = 10 + 0.04 * np.arange(200)
    counts = (100 + 50 * np.sin(angles)).round()
    lines += [
        sign.join(["0", f"{a:.2f}", f"{c:.0f}", date, time.format(n % 60)])
        for n, (a, c) in enumerate(zip(angles, counts, strict=True))
    ]
    reading = of("\n".join(lines), "xrd")
    np.testing.assert_allclose(reading.x.values, angles)
    np.testing.assert_array_equal(reading.y.values, counts)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("filling", [23, 400])
def test_nul_bytes_that_fill_a_header_are_left_out(end, filling):
    head = b"Serial 1908047U1" + bytes(filling) + end.encode() + b"Wave   ;Sample" + end.encode()
    head += b"[nm]   ;[counts]" + end.encode() * 2
    body = end.join(f"{x:.2f};{y:.0f}" for x, y in zip(NM, BAND, strict=True)).encode()
    reading = of(head + body, "pl", "scan.txt")
    np.testing.assert_array_equal(reading.x.values, NM)
    np.testing.assert_array_equal(reading.y.values, np.round(BAND))


@pytest.mark.parametrize("lines", [260, 400, 3000])
@pytest.mark.parametrize("unit", ["us", "ps"])
def test_the_unit_of_time_is_found_below_a_long_header(lines, unit):
    scale = {"us": 1e-3, "ps": 1e3}[unit]
    content = [
        "  Title : decay",
        *(f"  #SP [SP_{n},I,0]" for n in range(lines)),
        f"*BLOCK 1  ( Time[{unit}]  No_of_photons )",
    ]
    content += [f"{t * scale:.7f} , {c:.0f}" for t, c in zip(T_NS, DECAY, strict=True)] + ["*END"]
    reading = of("\r\n".join(content), "trpl", "decay.asc")
    np.testing.assert_allclose(reading.x.values, T_NS, atol=1e-6)
    np.testing.assert_array_equal(reading.y.values, DECAY)


def test_wavenumbers_are_a_unit_and_no_name_that_ends_in_a_number():
    rows = "".join(f"{12500 + 50 * n}\t{0.01 * n:.2f}\n" for n in range(40))
    reading = read(f"cm-1\tA\n{rows}".encode(), "a.txt", "absorbance")
    assert (reading.x.name, reading.x.unit) == ("wavenumber", "1/cm")


def test_letters_in_a_row_name_spectra_of_light_too():
    content = "Wavelength (nm);A;B\n" + table([NM, ABSORBANCE, 2 * ABSORBANCE], ";")
    reading = of(content, "pl")
    assert [scan.label for scan in reading.scans] == ["A", "B"]
    assert reading.y.name == "intensity"


def test_the_dots_of_a_date_do_not_make_thousands_of_decimals():
    # 10,000 to 19,980 degrees: three digits behind every comma, and the only dots stand in the dates
    angles, counts = 10 + 0.02 * np.arange(500), 100 + np.arange(500) % 7
    lines = ["2Theta;Counts;Datum"]
    lines += [
        f"{a:.3f}".replace(".", ",") + f";{c};27.11.26 09:00"
        for a, c in zip(angles, counts, strict=True)
    ]
    np.testing.assert_allclose(of("\n".join(lines), "xrd").x.values, angles)


@pytest.mark.parametrize("head", ["Pixel 1 L (cd/m2)", "No. 4 (cd/m2)", "Point A (cd/m2)"])
def test_a_number_of_a_pixel_with_a_unit_is_what_was_measured(head):
    content = f"Time (h);{head}\n" + table([np.arange(40.0), 900 - np.arange(40.0)], ";")
    reading = of(content, "lifetime")
    assert (reading.y.name, reading.y.unit) == ("luminance", "cd/m2")


@pytest.mark.parametrize("heads", ["Temps (h);Luminance (cd/m²)", "Tiempo (h);Luminancia (cd/m²)", "Tempo (h);Luminanza (cd/m²)",
                                   "时间 (h);亮度 (cd/m²)", "Zeit (h);Leuchtdichte (cd/m²)", "時間 (h);輝度 (cd/m²)"])  # fmt: skip
def test_time_and_luminance_are_known_in_other_languages(heads):
    reading = of(heads + "\n" + table([np.arange(40.0), 900 - np.arange(40.0)], ";"), "lifetime")
    assert (reading.x.name, reading.x.unit, reading.y.name) == ("time", "h", "luminance")


@pytest.mark.parametrize(
    "head",
    [
        "Reconvolution",
        "Anpassung",
        "Ajuste",
        "Ycal",
        "拟合",
        "Regression",
        "Yobs-Ycal",
        "Differenz",
    ],
)
def test_a_fit_in_other_words_is_no_second_sample(head):
    t = np.arange(0.0, 100, 0.5)
    content = f"Time (ns);{head};Counts\n" + table(
        [t, 900 * np.exp(-t / 30), np.round(1000 * np.exp(-t / 25))], ";"
    )
    reading = of(content, "trpl")
    assert (reading.y.label, len(reading.scans)) == ("Counts", 1)


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ("Counts", 10),
        ("Counts", np.e),
        ("Intensity (a.u.)", 10),
        ("lg(N)", 10),
        ("logarithmic counts", 10),
    ],
)
def test_a_logarithm_that_only_its_whole_powers_tell_is_undone(head, base):
    t = np.arange(0.0, 200, 0.2)
    counts = np.round(3000 * np.exp(-t / 25)) + 3
    content = f"Time (ns);{head}\n" + table([t, np.log(counts) / np.log(base)], ";", form="{:.5f}")
    reading = of(content, "trpl")
    np.testing.assert_allclose(reading.y.values, counts, rtol=1e-3)
    assert any("logarithm" in warning for warning in reading.warnings)


@pytest.mark.parametrize("height", [1.0, 7.0, 13.0])
def test_a_normalised_decay_is_no_logarithm(height):
    t = np.arange(0.0, 200, 0.2)
    y = height * np.exp(-t / 25) + 0.01
    content = "Time (ns);Counts\n" + table([t, y], ";", form="{:.5f}")
    reading = of(content, "trpl")
    np.testing.assert_allclose(reading.y.values, y, atol=1e-4)


@pytest.mark.parametrize(
    "head", ["PMT signal (V)", "Photocurrent (nA)", "Detector (mV)", "PL signal (V)"]
)
def test_the_voltage_of_a_detector_is_an_intensity(head):
    reading = of(f"Wavelength (nm);{head}\n" + table([NM, BAND], ";"), "pl")
    assert reading.y.name == "intensity"
    np.testing.assert_allclose(reading.y.values, BAND, atol=1e-3)


@pytest.mark.parametrize(
    "head", ["Wavelength (A)", "Wavelength [Ang.]", "λ (Angstroem)", "Wavelength / AA"]
)
def test_other_spellings_of_an_angstrom(head):
    reading = of(f"{head};Counts\n" + table([NM * 10, BAND], ";"), "pl")
    np.testing.assert_allclose(reading.x.values, NM)
    assert reading.x.unit == "nm"
