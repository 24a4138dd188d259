"""XPS regions of true Voigt lines on Tougaard's background: what is there is found, what is not there is not."""

import numpy as np
import pytest

from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.result import NoResult
from analysis.techniques.files import read
from analysis.techniques.guess import guess_technique
from analysis.techniques.xps.fitting import doublet
from analysis.techniques.xps.lines import CA_2P, PB_4F
from analysis.techniques.xps.presence import run
from tests.analysis.techniques.files.instrument_files import vamas
from tests.analysis.techniques.readings import figures
from tests.analysis.techniques.xps.regions import calcium_2p, carbon_1s, lead_4f, lines

REFERENCED = {"c_1s_ev": 284.8}


def reading_of(energy, counts, others=()):
    scans = [Scan(Channel("binding_energy", "eV", e), (Channel("counts", "counts", c),), key=str(k))
             for k, (e, c) in enumerate([(energy, counts), *others], 1)]  # fmt: skip
    first = scans[0]
    return Reading("xps", "test 1", (first.x, *first.ys), {}, (), tuple(scans), "1")


def held(figure, right):
    if figure.value is None:
        return figure.high >= right
    return abs(figure.value - right) <= 1.96 * figure.uncertainty


@pytest.mark.parametrize("metal", [0.0, 0.03, 0.05])
def test_metallic_lead_is_found_where_it_is(metal):
    found = [figures(run(reading_of(*lead_4f(k, metal, 20_000)), REFERENCED))["metallic_lead_percent"]
             for k in range(4)]  # fmt: skip
    assert {one.value is not None for one in found} == {metal > 0}
    assert all(held(one, 100 * metal) for one in found)


def test_metallic_lead_stands_where_the_paper_saw_it():
    """Guo et al. 2023: Pb(0) at 136.9 and 141.6 eV."""
    energy, counts = lead_4f(3, 0.1, 50_000)
    result = run(reading_of(energy, counts), REFERENCED)
    assert result.detail["metallic_lead"]
    assert result.detail["metal_ev"] == pytest.approx(136.9, abs=0.25)
    assert "Pb(0) is there" in result.summary


@pytest.mark.parametrize(("area", "there"), [(0, False), (4000, True)])
def test_calcium_is_found_or_has_a_limit(area, there):
    found = [run(reading_of(*calcium_2p(k, area)), REFERENCED) for k in range(6)]
    assert {one.detail["calcium"] for one in found} == {there}
    assert sum(held(figures(one)["ca_2p_area_counts_ev"], area) for one in found) >= 5
    assert ("Ca 2p is there" in found[0].summary) is there


@pytest.mark.parametrize("area", [0, 4000])
def test_rates_give_counts_where_the_time_of_a_point_is_known_and_else_none(area):
    energy, counts = calcium_2p(1, area)
    plain = figures(run(reading_of(energy, counts), REFERENCED))["ca_2p_area_counts_ev"]
    rates = (
        Channel("binding_energy", "eV", energy),
        Channel("counts", "counts/s", counts / 8),  # 4 sweeps of 2 s
    )
    times = {"dwell_s": 2.0, "sweeps": 4.0}
    timed = run(Reading("xps", "test 1", rates, times), REFERENCED)
    figure = figures(timed)["ca_2p_area_counts_ev"]
    assert (figure.unit, figure.value is None) == ("counts eV", plain.value is None)
    assert (figure.value or figure.high) == pytest.approx(plain.value or plain.high, rel=0.05)
    untimed = run(Reading("xps", "test 1", rates), REFERENCED)
    assert "ca_2p_area_counts_ev" not in figures(untimed)
    assert untimed.detail["calcium"] == timed.detail["calcium"] == (area > 0)
    assert any("is a rate" in warning for warning in untimed.warnings)


def test_carbon_in_the_file_sets_the_energies():
    """A film that charges by 3.1 eV."""
    lead, calcium = lead_4f(1, 0.06, 30_000, shift=3.1), calcium_2p(2, 9000, centre=347.2 + 3.1)
    carbon = carbon_1s(3, 284.8 + 3.1)
    result = run(reading_of(*lead, [carbon, calcium]), {})
    assert result.detail["shift_ev"] == pytest.approx(-3.1, abs=0.1)
    assert result.detail["main_ev"] == pytest.approx(138.4, abs=0.15)
    assert not any("no charge reference" in warning for warning in result.warnings)
    assert run(reading_of(*calcium, [carbon]), {}).detail["calcium"]
    unreferenced = run(reading_of(*lead), {})
    assert any("no charge reference" in warning for warning in unreferenced.warnings)
    alone = run(reading_of(*carbon), {})
    assert alone.detail["c_1s_ev"] == pytest.approx(287.9, abs=0.1)


def test_what_cannot_be_said_is_refused():
    energy = np.arange(0, 1200, 1.0)
    with pytest.raises(NoResult, match="survey"):
        run(reading_of(energy, 1000 + energy), {})
    energy = np.arange(610, 640, 0.1)
    counts = np.random.default_rng(0).poisson(1000, energy.size).astype(float)
    with pytest.raises(NoResult, match="holds none of Pb 4f"):
        run(reading_of(energy, counts), {})
    energy = np.arange(131, 149, 0.1)
    with pytest.raises(NoResult, match="No Pb 4f stands out"):
        run(reading_of(energy, counts[: energy.size]), REFERENCED)


def test_a_smoothed_region_is_named():
    energy, counts = lead_4f(0, 0.0, 5000)
    smooth = np.convolve(np.pad(counts, 4, mode="edge"), np.ones(9) / 9, mode="valid")
    assert any(
        "smoothed" in warning for warning in run(reading_of(energy, smooth), REFERENCED).warnings
    )
    assert not any(
        "smoothed" in warning for warning in run(reading_of(energy, counts), REFERENCED).warnings
    )


@pytest.mark.parametrize(
    ("kind", "split_ev", "ratio"),
    [(CA_2P, 3.55, (2 * 0.5 + 1) / (2 * 1.5 + 1)), (PB_4F, 4.86, (2 * 2.5 + 1) / (2 * 3.5 + 1))],
)
def test_a_doublet_has_its_split_and_ratio(kind, split_ev, ratio):
    """Areas as 2j + 1; splits of Moulder's handbook."""
    energy = np.arange(330, 370, 0.01)
    shape = doublet(energy, kind, 347.0, 0.3, 0.0)
    low, high = energy < 348.8, energy > 348.8
    assert np.sum(shape) * 0.01 == pytest.approx(1, abs=1e-6)
    assert np.sum(shape[high]) / np.sum(shape[low]) == pytest.approx(ratio, abs=1e-3)
    apart = np.average(energy[high], weights=shape[high]) - np.average(
        energy[low], weights=shape[low]
    )
    assert apart == pytest.approx(split_ev, abs=0.02)


def test_a_limit_lies_above_what_counting_leaves_open():
    """Of calcium by Poisson's noise of the background under its two lines alone, one-sided 95 %."""
    for seed in range(4):
        energy, counts = calcium_2p(seed, 0.0, 10_000)
        limit = figures(run(reading_of(energy, counts), REFERENCED))["ca_2p_area_counts_ev"].high
        # lines in a known place, best weighed: u² = B / Σ shape², the least that any method can state
        shape = lines(energy, 347.2, 3.55, 0.5, 0.55, 0.25) / 1.5
        least = np.sqrt(10_000 / np.sum(shape**2))
        assert 1.645 * least < limit < 12 * least


def blocks(calcium_atoms):
    """Pb 4f and Ca 2p as a spectrometer of Scofield's sensitivities sees ``calcium_atoms`` beside one lead, with C 1s."""
    lead = lead_4f(5, 0.0, 40_000)
    # a doublet of this height at its maximum has this area; both counted 0.1 s and 0.4 s a point
    area = 40_000 * 1.75 / 0.756 * 5.07 / 22.74 * calcium_atoms * 4
    regions = [
        ("Pb", "4f", *lead, 0.1),
        ("Ca", "2p", *calcium_2p(6, area, 20_000), 0.4),
        ("C", "1s", *carbon_1s(7, 284.8), 0.1),
    ]
    return [
        (s, t, 1486.69 - e[-1], e[1] - e[0], c[::-1].tolist(), dwell)
        for s, t, e, c, dwell in regions
    ]


def test_a_vamas_file_gives_calcium_beside_lead():
    reading = read(vamas(*blocks(0.5)), "NC-0042.vms", "xps")
    assert [scan.label for scan in reading.scans] == ["Pb 4f", "Ca 2p", "C 1s"]
    energy, counts = lead_4f(5, 0.0, 40_000)
    np.testing.assert_allclose(reading.scans[0].x.values, energy, atol=1e-3)
    np.testing.assert_allclose(reading.scans[0].ys[0].values, counts)
    assert reading.of("1").metadata["measured_at"] == "2026-11-26T09:30:00"
    assert reading.of("1").metadata["pass_ev"] == 20
    ratio = figures(run(reading.of("2"), {}))["ratio_ca_pb_surface"]
    assert abs(ratio.value - 0.5) <= 1.96 * ratio.uncertainty
    assert ratio.uncertainty < 0.3 * ratio.value
    none = figures(run(read(vamas(*blocks(0)), "a.vms", "xps").of("2"), {}))["ratio_ca_pb_surface"]
    assert none.value is None
    assert none.high < 0.1


def test_a_vamas_file_that_is_not_as_the_standard_says_is_refused():
    content = vamas(*blocks(0.5))
    with pytest.raises(UnreadableFile, match="ends before its blocks"):
        read(content[:4000], "a.vms", "xps")
    with pytest.raises(UnreadableFile, match="should be a part of the date"):
        read(content.replace(b"2026\r\n11", b"2026\r\nNov"), "a.vms", "xps")
    with pytest.raises(UnreadableFile, match="MAPPING"):
        read(content.replace(b"REGULAR", b"MAPPING"), "a.vms", "xps")


def test_a_text_may_have_kinetic_energies_and_models():
    energy, counts = lead_4f(5)
    rows = "\n".join(
        f"{1486.6 - e:.2f}\t{c:g}\t{c * 0.9:g}" for e, c in zip(energy, counts, strict=True)
    )
    text = f"Region Pb 4f, Al Kα\nKinetic Energy (eV)\tCounts\tBackground\n{rows}"
    reading = read(text.encode(), "a.txt", "xps")
    np.testing.assert_allclose(reading.x.values, energy, atol=0.01)
    np.testing.assert_allclose(reading.y.values, counts)
    with pytest.raises(UnreadableFile, match="photon energy"):
        read(text.replace(", Al Kα", "").encode(), "a.txt", "xps")


def test_photoelectron_spectra_are_guessed():
    assert guess_technique("a.vms", b"VAMAS Surface Chemical") == "xps"
    assert guess_technique("NC-0042_Pb4f.txt", b"") == "xps"
    assert guess_technique("a.txt", b"Binding Energy (eV)\tCounts") == "xps"


def rows_of(*columns):
    return "\n".join(
        "\t".join(f"{value:.3f}" for value in row) for row in zip(*columns, strict=True)
    )


@pytest.mark.parametrize(
    "heads", [["NC-12", "NC-13"], ["NC-12 (cps)", "NC-13 (cps)"], ["Counts 1", "Counts 2"]]
)
def test_samples_side_by_side_are_never_the_first_alone(heads):
    energy = np.arange(150.0, 130.0, -0.1)
    y = 500 + 8000 * np.exp(-((energy - 138.4) ** 2))
    text = "\t".join(["Binding Energy (eV)", *heads]) + "\n" + rows_of(energy, y, 2 * y)
    reading = read(text.encode(), "a.txt", "xps")
    assert [scan.label for scan in reading.scans] == heads
    assert reading.asks_for_a_scan
    assert reading.of("2").y.values.max() == pytest.approx(2 * y.max(), rel=1e-3)


def test_the_lines_that_casaxps_fitted_are_no_samples_and_its_binding_energy_is_read():
    energy = np.arange(150.0, 130.0, -0.1)
    y = 500 + 8000 * np.exp(-((energy - 138.4) ** 2))
    heads = ["K.E.", "Counts", "Pb 4f7/2", "Pb0", "Background", "B.E.", "CPS", "Pb 4f7/2 CPS"]
    columns = [1486.6 - energy, y, y / 2, y / 9, y / 9, energy, y / 10, y / 20]
    reading = read(("\t".join(heads) + "\n" + rows_of(*columns)).encode(), "a.txt", "xps")
    assert len(reading.scans) == 1
    assert (reading.x.values.min(), reading.x.values.max()) == pytest.approx((130.1, 150.0))
    assert reading.y.values.max() == pytest.approx(y.max(), rel=1e-3)
