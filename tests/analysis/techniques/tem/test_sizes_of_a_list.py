"""Lists of particles: the truth is drawn here, the arithmetic is the standard library's."""

import math
import statistics
from dataclasses import replace

import numpy as np
import pytest

from analysis.reading import Calibrated, UnreadableFile
from analysis.result import NoResult
from analysis.techniques.files import read
from analysis.techniques.tem.distribution import distribution_of
from analysis.techniques.tem.sizes import run
from tests.analysis.techniques.readings import figures
from tests.analysis.techniques.tem.particles import crystals

EDGES = crystals(3, 150)
NAMED = {
    "area of squares, nm²": ("Area (nm^2)", 2, 1.0, {"what": "edge"}),
    "area, unit told": ("Area", 2, 1.0, {"what": "edge", "unit": "nm"}),
    "edge": ("Edge length [nm]", 1, 1.0, {}),
    "edge, µm": ("edge (µm)", 1, 1e-3, {}),
    "pixels": ("Side (px)", 1, 8.0, {"nm_per_pixel": 0.125}),
    "pixels that only the scale tells": ("Feret", 1, 8.0, {"nm_per_pixel": 0.125}),
    "radius": ("Radius_nm", 1, 0.5, {}),
}


def results_table(head, values):
    """A table as ImageJ saves it: the number of the particle has no head."""
    rows = [f"{k}\t{value:.6g}\t121.5\t8\t240" for k, value in enumerate(values, 1)]
    return "\n".join([f" \t{head}\tMean\tMin\tMax", *rows]).encode()


def analysed(content, settings=None, name="Results.txt"):
    return run(read(content, name, "tem"), settings or {})


@pytest.mark.parametrize("name", NAMED)
def test_a_list_gives_mean_and_standard_deviation(name):
    head, power, factor, settings = NAMED[name]
    result = analysed(results_table(head, EDGES**power * factor), settings)
    found = figures(result)
    assert found["size_nm"].value == pytest.approx(statistics.fmean(EDGES), rel=1e-4)
    assert found["size_sd_nm"].value == pytest.approx(statistics.stdev(EDGES), rel=1e-3)
    assert found["particle_count"].value == 150
    expected = math.hypot(statistics.stdev(EDGES) / math.sqrt(150), 0.03 * statistics.fmean(EDGES))
    assert found["size_nm"].uncertainty == pytest.approx(expected, rel=0.02)
    assert "150 particles" in result.summary


def test_edge_or_diameter_is_said():
    table = results_table("Area (nm²)", math.pi / 4 * EDGES**2)
    assert figures(analysed(table))["size_nm"].label.startswith("Mean diameter")
    edge = figures(analysed(table, {"what": "edge"}))["size_nm"]
    assert edge.label.startswith("Mean edge length")
    assert edge.value == pytest.approx(math.sqrt(math.pi) / 2 * statistics.fmean(EDGES), rel=1e-4)
    assert any("cubes" in warning for warning in analysed(table).warnings)


@pytest.mark.parametrize(
    "text",
    [
        "Diameter (nm)\n" + "\n".join(f"{edge:.3f}" for edge in EDGES),
        "\n".join(f"{edge:.3f}".replace(".", ",") for edge in EDGES),
        "No.;Diameter / nm\n" + "\n".join(f"{k};{edge:.2f}".replace(".", ",") for k, edge in enumerate(EDGES)),
        "Label,X,Y,Diameter_nm\n" + "\n".join(f"a.tif,{k},7,{edge:.3f}" for k, edge in enumerate(EDGES)),
    ],
)  # fmt: skip
def test_a_list_may_be_written_in_several_ways(text):
    found = figures(analysed(text.encode(), {} if "nm" in text else {"unit": "nm"}))
    assert found["size_nm"].value == pytest.approx(statistics.fmean(EDGES), rel=1e-3)


def test_a_unit_that_is_not_said_is_asked():
    with pytest.raises(NoResult, match="in which unit"):
        analysed(results_table("Feret", EDGES))
    with pytest.raises(NoResult, match="how many nm a pixel is"):
        analysed(results_table("Feret (pixels)", EDGES))
    with pytest.raises(NoResult, match="the setting says px"):
        analysed(results_table("Feret (nm)", EDGES), {"unit": "px"})


def test_two_sizes_have_no_mean_until_one_of_them_is_meant():
    table = results_table(
        "Diameter (nm)", np.concatenate([crystals(1, 60, 41), crystals(2, 90, 7)])
    )
    both = analysed(table)
    assert "size_nm" not in figures(both)
    assert "undetermined" in both.summary
    large = figures(analysed(table, {"from_nm": 20}))
    assert large["size_nm"].value == pytest.approx(41, rel=0.05)


def test_one_heap_is_not_taken_for_two():
    for seed in range(40):
        assert len(distribution_of(crystals(seed, 120)).populations) == 1


def test_too_few_particles_and_other_tables_are_refused():
    with pytest.raises(NoResult, match="9 particles are too few"):
        analysed(results_table("Edge (nm)", EDGES[:9]))
    with pytest.raises(NoResult, match=r"No particle from 90 nm"):
        analysed(results_table("Edge (nm)", EDGES), {"from_nm": 90})
    with pytest.raises(UnreadableFile, match="needs a column called area"):
        read(results_table("Voltage (V)", EDGES), "a.txt", "tem")


def test_the_same_list_gives_the_same_numbers():
    table = results_table("Edge (nm)", EDGES)
    assert analysed(table).as_dict() == analysed(table).as_dict()


def test_the_stated_uncertainty_holds_the_truth():
    """25 of a log-normal population under a microscope whose scale is off: a few of what `make coverage` draws."""
    held = {"size_nm": 0, "size_sd_nm": 0}
    for seed in range(60):
        scale = np.random.default_rng(1000 + seed).normal(1, 0.03)
        found = figures(analysed(results_table("Edge (nm)", crystals(seed, 25) * scale)))
        for name, right in (("size_nm", 12.0), ("size_sd_nm", 12 * 0.15)):
            held[name] += abs(found[name].value - right) <= 1.96 * found[name].uncertainty
    assert min(held.values()) >= 0.87 * 60  # 95 % less two standard deviations of 60 draws


def test_a_calibrated_microscope_counts_with_its_own_scale():
    reading = read(results_table("Edge (nm)", EDGES), "a.txt", "tem")
    record = Calibrated(0.5, "MI-0001, 2 Mar 2026")
    better = run(replace(reading, calibrated={"magnification_percent": record}), {})
    plain, known = figures(run(reading, {}))["size_nm"], figures(better)["size_nm"]
    sampling = statistics.stdev(EDGES) / math.sqrt(150)
    assert known.uncertainty == pytest.approx(math.hypot(sampling, 0.005 * known.value), rel=0.02)
    assert known.value == plain.value
    assert "MI-0001" in known.note


@pytest.mark.parametrize(
    "head", ["Durchmesser [nm]", "Diamètre (nm)", "Ø (nm)", "Diámetro (nm)", "直径 (nm)"]
)
@pytest.mark.parametrize("alone", [True, False])
def test_a_diameter_is_known_in_other_languages(head, alone):
    rows = [f"{edge:.2f}" if alone else f"{k};{edge:.2f}" for k, edge in enumerate(EDGES, 1)]
    content = "\n".join([head if alone else f"Nr.;{head}", *rows]).replace(".", ",")
    assert figures(analysed(content.encode()))["size_nm"].value == pytest.approx(
        statistics.fmean(EDGES), rel=1e-3
    )


def test_two_samples_in_one_list_are_never_the_first_alone():
    rows = [f"{edge:.3f},{edge + 3:.3f}" for edge in EDGES[:-9]]
    rows += [f"{edge:.3f}," for edge in EDGES[-9:]]
    content = "\n".join(["NC-12 diameter (nm),NC-13 diameter (nm)", *rows]).encode()
    reading = read(content, "sizes.csv", "tem")
    assert [scan.label for scan in reading.scans] == ["NC-12 diameter (nm)", "NC-13 diameter (nm)"]
    assert reading.asks_for_a_scan
    assert figures(run(reading.of("2"), {}))["size_nm"].value == pytest.approx(
        statistics.fmean(EDGES[:-9]) + 3, rel=1e-3
    )


@pytest.mark.parametrize("head", ["Count", "Frequency", "Number of particles", "Anzahl"])
def test_a_histogram_is_no_list_of_as_many_particles_as_it_has_bins(head):
    counts, edges = np.histogram(EDGES, 12)
    rows = [f"{low:.4f};{n}" for low, n in zip(edges[:-1], counts, strict=True)]
    with pytest.raises(UnreadableFile, match="histogram"):
        read("\n".join([f"Diameter (nm);{head}", *rows]).encode(), "sizes.csv", "tem")
