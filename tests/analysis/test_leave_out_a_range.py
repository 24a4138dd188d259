"""Ranges of the axis that a person leaves out: what they mend, how they are said, where they are kept."""

import re
from dataclasses import replace

import numpy as np
import pytest

from analysis.left_out import ranges_of, without
from analysis.models import Analysis
from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.files import read
from analysis.techniques.registry import TECHNIQUES
from analysis.techniques.ta.global_fit import TA_GLOBAL
from analysis.techniques.trpl.decay import TRPL_DECAY
from analysis.techniques.ups.levels import UPS_LEVELS
from analysis.techniques.xps.presence import XPS_PRESENCE
from labnotebook.demo.files import diffraction
from tests.analysis.factories import HC_EV_NM, address, pl_file, run_jobs, text
from tests.analysis.techniques.ta.maps import cascade, truth
from tests.analysis.techniques.ta.maps import measured as measured_map
from tests.analysis.techniques.ups.spectra import spectrum as ups_spectrum
from tests.analysis.techniques.xps.regions import lead_4f
from tests.analysis.techniques.xps.test_metallic_lead_and_calcium import reading_of
from tests.analysis.test_measurement_pages import measured

APEX_NM = 686.0


def answer(technique, content, name, *ranges):
    reading = without(read(content, name, technique, {}, ""), ranges)
    return TECHNIQUES[technique].methods[0].run(reading, {})


def figure(result, quantity):
    return next(one for one in result.figures if one.quantity == quantity)


def with_bump(content, at, width, height):
    """Return a two-column file with something in it that is not of the sample."""
    lines = []
    for line in content.decode().strip().splitlines():
        try:
            x, y = map(float, line.replace(",", " ").split())
        except ValueError:
            lines.append(line)
        else:
            lines.append(
                f"{x:.3f},{y + round(height * np.exp(-0.5 * ((x - at) / width) ** 2)):.0f}"
            )
    return "\n".join(lines).encode()


def test_a_second_thing_on_the_flank_of_an_emission_is_left_out():
    spoiled = with_bump(pl_file(APEX_NM), 699.0, 2.5, 9000)
    before = figure(answer("pl", spoiled, "pl.csv"), "pl_peak_nm")
    after = figure(answer("pl", spoiled, "pl.csv", (690.5, 708.0)), "pl_peak_nm")
    assert abs(after.value - APEX_NM) < 2 * after.uncertainty < 2
    assert (
        before.uncertainty > after.uncertainty
        or abs(before.value - APEX_NM) > 2 * before.uncertainty
    )


def test_a_line_of_the_substrate_is_left_out_of_a_pattern():
    spoiled = with_bump(diffraction("gamma", 12.0, 3), 33.0, 0.06, 40 * 500)
    seen = answer("xrd", spoiled, "x.csv")
    assert any(abs(one["two_theta_deg"] - 33.0) < 0.2 for one in seen.detail["unexplained"])
    mended = answer("xrd", spoiled, "x.csv", (32.5, 33.5))
    assert mended.detail["unexplained"] == []
    assert mended.phase == "gamma"
    tilt = figure(mended, "xrd_tilt")
    assert abs(tilt.value - 1) < 2 * tilt.uncertainty  # simulated from the published γ


def test_a_line_of_the_sample_that_is_left_out_is_not_missed_by_the_fit():
    # The strongest line is gone from the data; a fit that saw a flat stretch there would be far off.
    seen = answer("xrd", diffraction("alpha", 12.0, 3), "x.csv", (28.0, 29.7))
    assert figure(seen, "reduced_chi2").value < 1.4
    assert seen.phase in ("alpha", None)


def test_a_step_of_the_instrument_is_no_exciton_once_it_is_left_out():
    x = np.arange(450.0, 850.0, 1.0)
    noise = np.random.default_rng(5).normal(0, 2e-4, x.size)
    edge = np.sqrt(np.clip(HC_EV_NM / x - 1.80, 0, None)) / (HC_EV_NM / x) + 0.02 + noise
    stepped = edge + 0.05 * ((x > 740) & (x < 760))
    rows = "\n".join(f"{a:.1f},{b:.5f}" for a, b in zip(x, stepped, strict=True))
    csv = f"Wavelength (nm),Absorbance\n{rows}".encode()
    before, after = (
        answer("absorbance", csv, "a.csv"),
        answer("absorbance", csv, "a.csv", (739, 761)),
    )
    assert "exciton" in before.summary
    gap = figure(after, "gap_ev")
    assert abs(gap.value - 1.80) < gap.uncertainty


def with_plateau(reading, at, half, height):
    x, y, *others = reading.channels
    raised = y.values + height * (abs(x.values - at) < half)
    return replace(reading, channels=(x, replace(y, values=raised), *others))


@pytest.mark.parametrize("irf", [False, True])
def test_a_reflection_is_left_out_of_a_decay(irf):
    # 12 ns, and a second, smaller pulse 25 ns behind the first, off a lens: light of the laser, no decay
    time = np.arange(0, 120, 0.1)
    pulse = np.exp(-0.5 * ((time - 10) / 0.15) ** 2)
    decay = np.convolve(pulse, np.exp(-np.arange(0, 120, 0.1) / 12))[: time.size]
    spoilt = 3000 * decay / decay.max() + 500 * np.exp(-0.5 * ((time - 35) / 1.5) ** 2) + 2
    counts = np.random.default_rng(4).poisson(spoilt)
    more = (Channel("irf", "", np.round(5000 * pulse)),) if irf else ()
    reading = Reading(
        "trpl", "test 1", (Channel("time", "ns", time), Channel("counts", "", counts), *more)
    )
    run = TRPL_DECAY.run
    before = figure(run(reading, {}), "lifetime_ns")
    after = figure(run(without(reading, [(29.0, 41.0)]), {}), "lifetime_ns")
    assert before.value is None or abs(before.value - 12) > 3 * before.uncertainty
    assert abs(after.value - 12) < 2 * after.uncertainty < 1


def test_scattered_pump_is_left_out_of_a_map():
    # 20 nm of the probe hold a signal of 30 ps that is none of the sample's: the map falls within 800 ps
    clean = measured_map(
        truth(cascade(0.4, 800), 680, 680), 3, wavelengths=np.arange(640, 721, 2.0)
    )
    waves, delays = (np.array(clean.metadata[name]) for name in ("wavelengths_nm", "delays_ps"))
    stray = (
        6
        * (np.abs(waves - 710) < 9)[:, None]
        * np.exp(-np.clip(delays, 0, None) / 30)
        * (delays > 0)
    )
    spoilt = replace(clean, image=replace(clean.image, values=clean.image.values + stray))
    before, after = TA_GLOBAL.run(spoilt, {}), TA_GLOBAL.run(without(spoilt, [(700, 720)]), {})
    assert after.detail["wavelengths_nm"][1] < 700
    told = [one.value for one in after.figures if one.quantity.startswith("ta_tau")]
    assert told == pytest.approx([0.4, 800], rel=0.05)
    assert any(one.value == pytest.approx(30, rel=0.2) for one in before.figures if one.value)


def test_a_glitch_is_left_out_of_a_photoelectron_spectrum():
    valence = with_plateau(ups_spectrum(3, onset=1.74), 2.6, 0.15, 3e5)
    method, said = UPS_LEVELS.run, {"bias_v": 0}
    assert figure(method(valence, said), "valence_onset_ev").value > 2.2
    onset = figure(method(without(valence, [(2.4, 2.8)]), said), "valence_onset_ev")
    assert abs(onset.value - 1.74) < 2 * onset.uncertainty
    lead = with_plateau(reading_of(*lead_4f(3, metal=0.04)), 140.5, 0.35, 4000)
    assert figure(XPS_PRESENCE.run(lead, {}), "metallic_lead_percent").value is None
    metal = figure(XPS_PRESENCE.run(without(lead, [(140.0, 141.0)]), {}), "metallic_lead_percent")
    assert abs(metal.value - 4) < 2 * metal.uncertainty


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("600-620", [[600, 620]]),
        ("620 – 600; 700,5..710", [[600, 620], [700.5, 710]]),
        ("700 to 710, 600 to 620", [[600, 620], [700, 710]]),
        ([["700", 710]], [[700, 710]]),
        ("", []),
    ],
)
def test_ranges_are_said_in_the_usual_ways(said, meant):
    assert ranges_of(said) == meant


@pytest.mark.parametrize(
    "said", ["600", "600-", "a to b", "600-600", [[1, 2, 3]], [[1, float("nan")]], 7, [[1, 2]] * 21]
)
def test_what_is_no_range_is_refused_in_words(said):
    with pytest.raises(NoResult, match="Ranges to leave out"):
        ranges_of(said)


@pytest.mark.django_db
def test_a_range_makes_a_run_of_its_own_that_says_so(page, batch):
    measurement = measured(batch)
    there = address("measurement-analyse", measurement.pk)
    refused = page.post(there, {"technique": "pl", "exclude": "six hundred"})
    assert refused.status_code == 422
    assert "six hundred" in text(refused)
    assert page.post(there, {"technique": "pl", "exclude": "640-650; 700-705"}).status_code == 302
    run_jobs("analyse")
    first, second = Analysis.objects.filter(measurement=measurement).order_by("number")
    assert first.parameters == {}
    assert (
        second.parameters
        == second.provenance["parameters"]
        == {"exclude": [[640, 650], [700, 705]]}
    )
    assert len(second.reading["channels"][0]["values"]) == 360  # drawn whole
    sentence = "Left out by hand: 640–650; 700–705 nm, 32 of 360 points."
    assert second.result["warnings"][0] == sentence
    shown = text(page.get(address("measurement-detail", measurement.pk)))
    assert sentence in shown
    assert 'value="640–650; 700–705"' in shown
    drawn = page.get(address("measurement-data", measurement.pk)).json()
    assert drawn["left_out"] == [[640, 650], [700, 705]]


def test_a_range_without_a_point_is_refused_with_the_range_of_the_axis():
    said = "No point lies between 900 and 950, which shall be left out: the axis runs from 600 to 779.5 nm."
    with pytest.raises(NoResult, match=said):
        answer("pl", pl_file(), "pl.csv", (900, 950))


@pytest.mark.django_db
@pytest.mark.parametrize("technique", ["trpl", "ta"])
def test_ranges_are_dragged_over_the_chart_of_a_decay_and_of_a_map(page, batch, technique):
    time = np.arange(0, 100, 0.5)
    decay = "\n".join(f"{t:g},{2000 * np.exp(-t / 20) * (t > 5) + 5:.0f}" for t in time)
    delays, waves = np.geomspace(0.1, 1000, 20), np.arange(600, 700, 5.0)
    rows = [
        [w, *(-5 * np.exp(-(((w - 650) / 20) ** 2)) * np.exp(-delays / 80) + 1e-3 * np.cos(7 * w * delays))]
        for w in waves
    ]  # fmt: skip
    matrix = "\n".join(",".join(f"{v:.6g}" for v in row) for row in [[0, *delays], *rows])
    content = {"trpl": f"Time (ns),Counts\n{decay}", "ta": f"wavelength (nm),delay (ps)\n{matrix}"}
    measurement = measured(batch, technique, content[technique].encode())
    shown = page.get(address("measurement-detail", measurement.pk)).content.decode()
    field = re.search(r'data-ranges="([^"]+)"', shown)
    assert field, text(page.get(address("measurement-detail", measurement.pk)))[:3000]
    assert f'id="{field[1]}"' in shown
