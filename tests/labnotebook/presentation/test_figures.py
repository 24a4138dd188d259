"""Figures are well-formed, say what they show, escape every word and hide no noise."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.blocks import Chance, Layer, probabilities, stack
from labnotebook.records.presentation.device_figures import Pixel, Sweep, eqe_j, jvl, pixel_strip
from labnotebook.records.presentation.figure import Curve, phase_mark
from labnotebook.records.presentation.figures import (
    PhaseCurve,
    decay,
    forecast_curves,
    histogram,
    outcome_scatter,
    pattern,
    phase_strip,
    spectrum,
)
from labnotebook.records.presentation.plots import Plot, Point, decimated
from labnotebook.records.presentation.qr import qr_svg
from labnotebook.records.presentation.samples import gallery

ATTACK = '<script>alert("x")</script>'


def parsed(markup):
    """Parse markup as XML; anything unescaped or unclosed fails here."""
    return ElementTree.fromstring(f"<div>{markup}</div>")


def heights(markup, name):
    """Return the y of every point on the path with a class."""
    (path,) = re.findall(rf'class="{name}" d="([^"]+)"', markup)
    return [float(y) for y in re.findall(r"[ML][\d.-]+ ([\d.-]+)", path)]


@pytest.mark.parametrize("figure", gallery()["figures"])
def test_every_sample_figure_is_well_formed_and_has_a_sentence(figure):
    root = parsed(figure.html())
    drawings = [svg for svg in root.iter("svg") if svg.get("role") == "img"]
    assert drawings
    assert all(len(svg.get("aria-label")) > 10 for svg in drawings)
    assert " style=" not in figure.html()
    assert all("viewBox" not in svg.attrib for svg in drawings)


@pytest.mark.parametrize(
    "markup",
    [
        Plot(Axis(0, 1, ATTACK, ATTACK), Axis(0, 1, ATTACK), ATTACK, size=ATTACK).svg(),
        Plot(Axis(0, 1, "x"), Axis(0, 1, "y"), "s").note(0.5, 0.5, ATTACK, ATTACK).svg(),
        Plot(Axis(0, 1, "x"), Axis(0, 1, "y"), "s").gap(0, 1, ATTACK).vertical(0.5, ATTACK).svg(),
        Plot(Axis(0, 1, "x"), Axis(0, 1, "y"), "s").row_label(0.5, ATTACK).svg(),
        outcome_scatter([Point(0.5, 1.0, ATTACK, ATTACK, label=ATTACK)], ATTACK).html(),
        spectrum([1, 2], [1, 2], "s", second=Curve(ATTACK, [1, 2], [1, 2]))
        .titled(ATTACK, ATTACK)
        .html(),
        pattern([1, 2], [1, 2], "s", sticks={ATTACK: ([1.5], [1])}, marks=[(1.5, ATTACK)]).html(),
        forecast_curves({ATTACK: PhaseCurve([0, 1], [0, 1], [0, 1], [0, 1])}, "s").html(),
        pixel_strip([(ATTACK, [Pixel(ATTACK, None, ATTACK)])], ATTACK).html(),
        stack([Layer(ATTACK, 1.0, ATTACK, f"/{ATTACK}", ATTACK)]),
        stack([Layer("Al", 1.0, "metal", "javascript:alert(1)", "go")]),
        probabilities([Chance(ATTACK, 0.5, 0.4, 0.6)]),
        phase_mark(ATTACK, ATTACK),
        qr_svg("x", ATTACK),
    ],
)
def test_no_word_of_a_record_becomes_markup(markup):
    root = parsed(markup)
    assert not list(root.iter("script"))
    assert "<script" not in markup
    assert all("javascript:" not in (a.get("href") or "") for a in root.iter("a"))


def test_a_single_outlier_survives_the_thinning_of_a_long_curve():
    x = np.linspace(0, 1, 100_000)
    y = np.zeros_like(x)
    y[54_321], y[77_777] = 5.0, -3.0
    thin_x, thin_y = decimated(x, y)
    assert thin_x.size <= 4 * 360
    assert (thin_y.max(), thin_y.min()) == (5.0, -3.0)
    assert (np.diff(thin_x) > 0).all()


def test_a_hole_in_the_data_is_a_hole_in_the_curve():
    plot = Plot(Axis(0, 4, "x"), Axis(0, 1, "y"), "s").line([0, 1, 2, 3, 4], [0, 1, np.nan, 1, 0])
    (path,) = re.findall(r'class="ln" d="([^"]+)"', plot.svg())
    assert path.count("M") == 2


def test_empty_channels_of_a_decay_are_dots_at_the_foot_and_no_spikes():
    markup = decay(np.arange(7.0), [1000, 0, 100, 0, 10, 20, 40], "s").svg()
    foot, curve = re.findall(r'class="ln" d="([^"]+)"', markup)
    assert [float(y) for y in re.findall(r"M[\d.]+ ([\d.]+)", foot)] == pytest.approx([996, 996])
    assert curve.count("M") == 3  # two channels alone between empty ones, and the run of three
    assert max(float(y) for y in re.findall(r" ([\d.]+)", curve)) < 950


def test_a_curve_whose_arrays_differ_in_length_is_refused():
    with pytest.raises(ValueError, match="3 places and 2 values"):
        spectrum([1, 2, 3], [1, 2], "s")


def test_the_gap_is_grey_along_r_and_absent_where_x_is_not_r():
    points = [Point(0.1, 1.0, "alpha"), Point(0.6, 2.0, "gamma")]
    assert "gapfill" in outcome_scatter(points, "s").svg()
    assert "gapfill" not in outcome_scatter(points, "s", gap=None).html()


def test_the_gap_lies_between_a_quarter_and_a_half():
    curve = PhaseCurve([0, 1], [0.5, 0.5], [0.4, 0.4], [0.6, 0.6])
    svg = forecast_curves({"gamma": curve}, "s").svg()
    assert '<rect class="gapfill" x="25.00%" width="25.00%"' in svg


def test_a_batch_without_a_phase_is_drawn_as_unknown():
    svg = outcome_scatter([Point(0.1, 1.0, None), Point(0.2, 2.0, "purple")], "s").html()
    assert svg.count('href="#m-unknown" x=') == 2
    assert "unknown</span>" in svg


def test_points_are_never_joined_by_a_line():
    svg = outcome_scatter([Point(0.1, 1.0, "alpha"), Point(0.6, 2.0, "gamma")], "s").svg()
    assert "<path" not in svg


def test_a_probability_that_is_not_known_is_a_dash_without_a_bar():
    html = probabilities([Chance("gamma", None)])
    assert "—" in html
    assert "<circle" not in html


def test_shorted_pixels_stay_in_sight():
    svg = pixel_strip([("D-1", [Pixel("P1", 20.0), Pixel("P4", None, "shorted")])], "s").svg()
    assert "D-1 P4, shorted" in svg
    assert svg.count("<circle") == 1


def test_what_was_not_measured_is_no_cross_and_many_crosses_stay_at_the_left():
    shorted = [Pixel(f"P{n}", None, "shorted") for n in range(40)]
    svg = pixel_strip(
        [("D-1", [Pixel("P0", 20.0, ""), Pixel("P1", None, ""), *shorted])], "s"
    ).svg()
    places = [float(x) for x in re.findall(r'href="#m-failed" x="([\d.]+)%"', svg)]
    assert len(places) == 40
    assert max(places) <= 12.01
    assert svg.count("<circle") == 1


def test_the_sweeps_of_other_pixels_are_thin_on_the_axes_of_all():
    volt, dim, bright = [0, 1, 2], [0.1, 1.0, 10.0], [1.0, 10.0, 1e5]
    svg = jvl(volt, dim, dim, "s", turn_on_v=1.0, others=[Sweep(volt, bright, bright)]).svg()
    assert svg.count('class="ln thin"') == svg.count('class="ln s3 thin"') == 1
    assert "10⁵" in svg
    assert svg.count("turn-on 1.0 V") == 1


@pytest.mark.parametrize(
    "figure",
    [
        outcome_scatter([], "s"),
        phase_strip([], "s"),
        pixel_strip([], "s"),
        histogram([], "x", "nm", "s"),
        histogram([3.0], "x", "nm", "s"),
        forecast_curves({}, "s"),
        spectrum([], [], "s"),
        spectrum([500.0], [1.0], "s", fit=[1.0], mark=(500.0, "500 nm")),
        decay([0.0, 1.0], [0, 0], "s"),
        jvl([0, 1], [0, 0], [0, 0], "s"),
        eqe_j([Curve("P1", [0.1, 1.0], [np.nan, np.nan])], "s"),
    ],
)
def test_an_empty_lab_still_has_figures(figure):
    parsed(figure.html())


def test_a_thin_layer_stays_visible_to_scale_and_an_unknown_one_says_so():
    html = stack(
        [Layer("LiF", 1, "salt"), Layer("ITO", 150, "ito"), Layer("X", None, "htl")], to_scale=True
    )
    tall = [float(h) for h in re.findall(r'height="([\d.]+)"', html)]
    assert min(tall) > 1
    assert tall[1] > tall[0]
    assert sum(tall) == pytest.approx(93, abs=0.5)
    assert '<span class="right">—</span>' in html


def test_a_qr_code_has_four_modules_of_quiet_around_it():
    svg = qr_svg("http://lab/q/NC-0042/", "NC-0042")
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    places = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1", svg)]
    assert min(min(place) for place in places) == 4
    assert max(max(place) for place in places) == side - 5
