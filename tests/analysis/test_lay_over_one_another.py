"""Several measurements over one another, and what is taken home: SVG, PDF and CSV of one and of many."""

import csv
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from analysis.curves.chart import chart
from analysis.curves.overlaid import LETTERS, One, overlaid
from analysis.curves.printed import printed
from analysis.drawing import Drawing, Drawn, DrawnCurve
from analysis.services import overlays
from labnotebook.records.presentation.overlay import Scale
from tests.analysis.factories import address, make_batch, make_pixel, pl_file, text
from tests.analysis.test_measurement_pages import measured
from tests.factories import make_person, make_project, owner_of

SVG = "{http://www.w3.org/2000/svg}"
POINTS_PER_MM = 72 / 25.4


def spectrum(peak_nm, height=1000.0):
    x = np.linspace(600, 780, 361)
    return DrawnCurve(
        x, height * np.exp(-0.5 * ((x - peak_nm) / 12) ** 2), "Wavelength", "nm", "Intensity", ""
    )


def many(count):
    return [One(LETTERS[k], f"NC-{k}", spectrum(660 + 2 * k, 10.0**k)) for k in range(count)]


def test_normalised_curves_have_one_height_and_staggered_ones_stand_apart():
    emission = Drawing(dark_around=True)
    flat = overlaid(many(20), emission, "PL")
    assert [max(one["y"]) for one in flat["series"]] == pytest.approx([1.0] * 20)
    apart = overlaid(many(20), emission, "PL", Scale.STACKED)
    steps = np.diff([max(one["y"]) for one in apart["series"]])
    assert steps == pytest.approx([steps[0]] * 19)
    assert steps[0] < -0.2
    as_is = overlaid(many(3), emission, "PL", Scale.MEASURED)
    assert [max(one["y"]) for one in as_is["series"]] == pytest.approx([1, 10, 100], rel=1e-3)
    looks = {(one["colour"], one["dash"]) for one in flat["series"]}
    assert len(looks) == 20  # no two alike


def test_a_staggered_decay_is_shifted_by_a_factor_and_keeps_its_slope():
    x = np.linspace(0, 100, 201)
    ones = [
        One(name, name, DrawnCurve(x, n * np.exp(-x / 20), "Time", "ns", "Counts", ""))
        for name, n in (("A", 1e4), ("B", 50))
    ]
    a, b = (
        np.array(one["y"])
        for one in overlaid(ones, Drawing(log=True), "TRPL", Scale.STACKED)["series"]
    )
    assert a / b == pytest.approx(np.full(x.size, a[0] / b[0]))
    assert a[0] / b[0] > 2


def test_long_curves_are_thinned_together_and_keep_a_single_spike():
    x = np.linspace(0, 1, 100_000)
    y = np.ones_like(x)
    y[54_321] = 9.0
    drawn = overlaid(
        [One("A", "A", DrawnCurve(x, y, "x", "", "y", ""))] * 20, Drawing(), "t", Scale.MEASURED
    )
    assert sum(len(one["x"]) for one in drawn["series"]) <= 24_000
    assert max(drawn["series"][0]["y"]) == 9.0


def lines_of(sheet):
    """Return the places of each path of the SVG in mm, and its texts."""
    root = ElementTree.fromstring(sheet.svg())
    paths = [
        np.array(re.findall(r"[\d.-]+", p.get("d")), dtype=float).reshape(-1, 2)
        for p in root.iter(f"{SVG}path")
    ]
    return root, paths, [t.text for t in root.iter(f"{SVG}text")]


def test_the_printed_figure_is_one_column_wide_with_units_and_text_as_text():
    sheet = printed(overlaid(many(6), Drawing(dark_around=True), "PL"))
    root, paths, words = lines_of(sheet)
    assert root.get("width") == "85mm"
    assert "Wavelength / nm" in words
    assert "Intensity, normalised" in words
    assert "A NC-0" in words
    assert all(path[:, 0].min() >= 0 and path[:, 0].max() <= 85 for path in paths)
    assert all(path[:, 1].min() >= 0 and path[:, 1].max() <= sheet.height_mm for path in paths)
    # The apex of A, read off the drawing with the numbers that stand under its ticks.
    ticks = {
        float(t.text): float(t.get("x"))
        for t in root.iter(f"{SVG}text")
        if re.fullmatch(r"[67]\d\d", t.text)
    }
    slope, at_zero = np.polyfit(list(ticks.values()), list(ticks), 1)
    curve = max(paths, key=len)
    apex = curve[int(np.argmin(curve[:, 1])), 0]
    assert any(abs(slope * apex + at_zero - (660 + 2 * k)) < 0.6 for k in range(6))


def test_a_background_of_two_points_is_drawn_across_the_stretch_that_is_shown():
    ends = {"label": "background", "kind": "line", "x": [0, 1000], "y": [1.0, 3.0]}
    shown = {"title": "t", "x": {"label": "x", "unit": "nm"}, "y": {"label": "y", "unit": ""}}
    sheet = printed({**shown, "series": [ends], "open": [400, 600]})
    (line,) = [
        path
        for path in lines_of(sheet)[1]
        if len(path) == 2 and np.ptp(path[:, 1]) > 0.1 and np.ptp(path[:, 0]) > 60
    ]
    assert np.ptp(line[:, 0]) == pytest.approx(85 - 13 - 2, abs=0.01)


def test_svg_and_pdf_draw_the_same_and_the_same_bytes_each_time():
    sheet = printed(overlaid(many(3), Drawing(dark_around=True), "PL"))
    pdf = sheet.pdf()
    assert pdf == printed(overlaid(many(3), Drawing(dark_around=True), "PL")).pdf()
    width, height = (
        float(n) for n in re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", pdf).groups()
    )
    assert width == pytest.approx(85 * POINTS_PER_MM, abs=0.01)
    assert height == pytest.approx(sheet.height_mm * POINTS_PER_MM, abs=0.01)
    assert b"/FontFile2" in pdf  # letters, not outlines


def test_a_chart_of_zeros_on_a_log_axis_still_prints():
    channels = [
        {"name": n, "unit": "", "label": "", "values": v}
        for n, v in (("time", [0, 1, 2]), ("counts", [0, 0, 0]))
    ]
    sheet = printed(chart(Drawn("t", {"channels": channels}, {}), Drawing(log=True)))
    assert sheet.svg().count("<path") > 3


@pytest.mark.django_db
def test_measurements_are_laid_over_one_another_and_taken_home(
    page, batch, django_assert_max_num_queries
):
    ones = [measured(batch, content=pl_file(peak)) for peak in (680.0, 690.0)]
    hidden = measured(make_batch(make_project()), content=pl_file(650.0))
    there = address("overlay")
    asked = {"m": [*(one.pk for one in ones), hidden.pk]}
    with django_assert_max_num_queries(16):
        shown = text(page.get(there, asked))
    assert "PL, 2 over one another" in shown
    assert f"There is no measurement {hidden.pk} for you." in shown
    data = page.get(address("overlay-data"), {**asked, "axis": "eV"}).json()
    assert data["x"]["unit"] == "eV"
    assert [one["short"] for one in data["series"]] == ["A", "B"]
    assert page.get(address("overlay-svg"), asked).content.startswith(b"<?xml")
    assert page.get(address("overlay-pdf"), asked).content.startswith(b"%PDF")
    rows = list(csv.reader(io.StringIO(b"".join(page.get(address("overlay-csv"), asked)).decode())))
    assert ["# B sha256", ones[1].file.sha256] in rows
    body = [row for row in rows if not row[0].startswith("#")]
    assert body[0] == ["letter", "name", "Wavelength / nm", "Intensity"]
    assert len(body) == 1 + 2 * 360
    one = text(page.get(there, {"m": ones[0].pk}))
    assert f'value="{ones[1].pk}"' in one  # offered as a tick
    assert f'value="{hidden.pk}"' not in one
    assert page.get(there).status_code == 200  # the empty lab
    asked_by_code = page.get(there, {"m": ones[1].pk, "of": f"{batch.code} {hidden.batch.code}"})
    assert asked_by_code["Location"] == f"{there}?m={ones[1].pk}&m={ones[0].pk}"
    assert page.get(address("overlay-svg"), {"m": hidden.pk})["Location"].startswith(there)

    table = b"".join(page.get(address("measurement-csv", ones[0].pk))).decode()
    facts = [row for row in csv.reader(io.StringIO(table)) if row[0].startswith("#")]
    assert ["# sha256", ones[0].file.sha256] in facts
    head, *body = [row for row in csv.reader(io.StringIO(table)) if not row[0].startswith("#")]
    assert head[2:] == ["fit", "background", "residual"]
    fitted = [[float(cell) for cell in row] for row in body if row[2]]
    assert all(abs(counts - fit - rest) < 1e-9 for _x, counts, fit, _b, rest in fitted)
    rest = np.array([(row[1] - row[2]) / np.sqrt(row[2]) for row in fitted])
    assert 0.8 < rest.std() < 1.25  # counting noise is what the fit leaves


@pytest.mark.django_db
def test_amperes_never_stand_on_an_axis_of_current_density(client):
    pixel = make_pixel(area_mm2=None)
    client.force_login(owner_of(pixel.device.project))
    volts = np.arange(0, 3, 0.1)

    def swept(head, factor):
        rows = "\n".join(f"{v:.2f},{factor * np.exp(v):.6g}" for v in volts)
        return measured(
            pixel, "jvl", f"voltage (V),{head}\n{rows}\n".encode(), pixel.device.project
        )

    ones = [
        swept("current density (mA/cm2)", 1.0),
        swept("current (A)", 1e-3),
        swept("current density (mA/cm2)", 2.0),
    ]
    asked = {"m": [one.pk for one in ones]}
    as_is = client.get(address("overlay-data"), {**asked, "scale": "measured"}).json()
    assert as_is["y"]["unit"] == "mA cm⁻²"
    assert [max(one["y"]) for one in as_is["series"]] == pytest.approx(
        [np.exp(2.9), 2 * np.exp(2.9)], rel=1e-4
    )
    shown = text(client.get(address("overlay"), {**asked, "scale": "measured"}))
    assert (
        "is not drawn as measured: its ordinate is Current / A, that of A Current density" in shown
    )
    flat = client.get(address("overlay-data"), asked).json()
    assert len(flat["series"]) == 3
    assert flat["y"]["label"] == "Current density or Current, normalised"
    sent = b"".join(client.get(address("overlay-csv"), {**asked, "scale": "measured"})).decode()
    head, *body = [row for row in csv.reader(io.StringIO(sent)) if not row[0].startswith("#")]
    assert head == ["letter", "name", "Voltage / V", "y", "y is"]
    top = {row[0]: (float(row[3]), row[4]) for row in body}  # the last of each
    assert top["C"] == (pytest.approx(1e-3 * np.exp(2.9), rel=1e-4), "Current / A")
    assert top["B"] == (pytest.approx(2 * np.exp(2.9), rel=1e-4), "Current density / mA cm⁻²")


@pytest.mark.django_db
def test_the_table_of_an_overlay_has_every_point_or_says_how_many_lack(page, batch, monkeypatch):
    x = np.linspace(600, 780, 9000)
    y = np.round(20 + 20_000 * np.exp(-0.5 * ((x - 690) / 14) ** 2), 1)
    rows = "\n".join(f"{a:.4f},{b:.1f}" for a, b in zip(x, y, strict=True))
    long = measured(batch, content=f"Wavelength (nm),Intensity (counts)\n{rows}\n".encode())
    short = measured(batch)

    def table():
        sent = b"".join(page.get(address("overlay-csv"), {"m": [short.pk, long.pk]})).decode()
        said = list(csv.reader(io.StringIO(sent)))
        return said, [float(row[3]) for row in said if row[0] == "B"]

    said, heights = table()
    assert heights == y.tolist()
    run = long.analyses.get()
    assert ["# B sha256", long.file.sha256] in said
    assert ["# B method", f"{run.method} {run.method_version}, run 1"] in said
    assert not any(row[0] == "# B points" for row in said)
    monkeypatch.setattr(overlays, "SECONDS", 0)  # no time to read a file once more
    said, heights = table()
    assert [f"{len(heights)} of 9000"] == [
        row[1].split(":")[0] for row in said if row[0] == "# B points"
    ]
    assert len(heights) < 9000


def sweep_file(v_on, eqe):
    volts = np.arange(0, 6, 0.25)
    density = 1e-4 + np.clip(volts - v_on, 0, None) ** 3
    percent = np.where(volts > v_on, eqe * volts / 6, 0)
    rows = zip(volts, density, 100 * density, percent, strict=True)
    head = "Voltage (V),Current density (mA/cm2),Luminance (cd/m2),EQE (%)"
    return "\n".join([head, *(",".join(f"{x:.6g}" for x in row) for row in rows)]).encode()


def test_sweeps_of_pixels_of_several_devices_are_laid_as_j_v_and_as_eqe_j(client, db):
    mira = make_person("mira")
    project = make_project(mira, "Red LEDs")
    sweeps = [
        measured(make_pixel(project), "jvl", sweep_file(v_on, 10.0), project) for v_on in (2.0, 2.5)
    ]
    client.force_login(mira)
    query = "&".join(f"m={one.pk}" for one in sweeps)
    data = client.get(f"{address('overlay-data')}?{query}&show=j-v").json()
    axes = (data["x"]["label"], data["y"]["label"], data["y"]["scale"])
    assert axes == ("Voltage", "Current density", "log")
    assert data["series"][0]["y"][-1] == pytest.approx(1e-4 + 3.75**3, rel=1e-5)  # as measured
    eqe = client.get(f"{address('overlay-data')}?{query}&show=eqe-j").json()
    assert eqe["x"]["label"] == "lg J, J in mA cm⁻²"
    assert eqe["y"] == {"label": "EQE", "unit": "%", "scale": "linear"}
    assert eqe["series"][0]["x"][-1] == pytest.approx(np.log10(1e-4 + 3.75**3), rel=1e-4)
    assert eqe["series"][0]["y"][-1] == pytest.approx(10 * 5.75 / 6, rel=1e-4)
    page = text(client.get(f"{address('overlay')}?{query}&show=eqe-j"))
    assert re.search(r'aria-current="(page|true)"[^>]*>\s*EQE–J', page)
    table = b"".join(client.get(f"{address('overlay-csv')}?{query}&show=eqe-j"))
    assert "lg J" in table.decode()


def test_fifty_are_laid_over_one_another_each_with_a_letter_of_its_own():
    assert len(set(LETTERS)) == len(LETTERS) == 50
    drawn = overlaid(many(50), Drawing(), "PL")
    assert [one["short"] for one in drawn["series"]][-2:] == ["AW", "AX"]
