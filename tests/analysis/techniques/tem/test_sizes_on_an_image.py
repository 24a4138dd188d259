"""Images of particles: rendered here by sampling shapes on a fine grid, so every size is known; and real ones."""

from functools import cache

import numpy as np
import pytest

from analysis.drawing import Drawn
from analysis.reading import Channel, Image, Reading, UnreadableFile
from analysis.result import NoResult
from analysis.techniques.files import read
from analysis.techniques.tem.sizes import run
from analysis.techniques.tem.technique import TEM
from tests.analysis.instruments import shared_file
from tests.analysis.techniques.files.instrument_files import digital_micrograph, tiff
from tests.analysis.techniques.readings import figures
from tests.analysis.techniques.tem.particles import crystals, rendered

NM = 0.4  # a pixel
CASES = {
    "discs": {},
    "squares": {"form": "square"},
    "spheres, their rim thin": {"form": "sphere", "contrast": 80},
    "low contrast": {"contrast": 18},
    "noise": {"noise": 25},
    "uneven background": {"uneven": 70},
    "touching": {"touching": 8},
    "out of focus": {"blur": 2.5},
}


def as_reading(grey, nm=NM):
    levels = Channel("grey", "", np.arange(5.0)), Channel("pixels", "", np.ones(5))
    return Reading("tem", "test 1", levels, image=Image(np.asarray(grey, np.float32), nm))


@cache
def found(case):
    """A rendered image, its true sizes in nm and what was found on it."""
    sizes = crystals(7, 26, 28, 0.1)
    image = rendered(sizes, seed=3, side=320, **CASES[case])
    return image.grey, NM * sizes, run(as_reading(image.grey), {})


@pytest.mark.parametrize("case", CASES)
def test_the_size_of_rendered_particles_is_found(case):
    _, sizes, result = found(case)
    size = figures(result)["size_nm"]
    assert abs(size.value - sizes.mean()) <= 1.96 * size.uncertainty
    assert size.uncertainty < 0.1 * size.value
    if case in ("discs", "squares"):  # nothing about their rim is in doubt
        assert size.value == pytest.approx(sizes.mean(), rel=0.02)
    assert result.detail["particles"] >= 24
    assert size.label.startswith("Mean edge" if case == "squares" else "Mean diameter")
    assert result.detail["darker_than_background"]


def test_bright_particles_are_found_as_dark_ones_are():
    grey, _, dark = found("discs")
    bright = run(as_reading(-grey), {})
    assert figures(bright)["size_nm"].value == pytest.approx(figures(dark)["size_nm"].value)
    assert not bright.detail["darker_than_background"]


def test_what_was_not_counted_is_said():
    """A particle cut by the border, two squares side by side without a neck, and a scale bar, above 20 others."""
    above = np.random.default_rng(2).normal(160, 8, (80, 340))
    above[10:38, 0:15] -= 60
    above[10:38, 100:156] -= 60
    above[60:66, 180:320] -= 120
    image = rendered(crystals(5, 20, 28, 0.05), "square", seed=1, side=340)
    result = run(as_reading(np.vstack([above, image.grey])), {})
    lost = {name: result.detail[name] for name in ("at_border", "irregular_or_merged", "faint")}
    assert result.detail["particles"] == 20
    assert lost == {"at_border": 1, "irregular_or_merged": 2, "faint": 0}
    assert result.detail["missed_share"] == pytest.approx(2 / 22)
    assert "Not counted: 1 at the border, 2 merged or irregular. About 9 %" in result.summary


def test_noise_alone_few_particles_and_no_scale_are_refused():
    noise = np.random.default_rng(0).normal(100, 10, (300, 300))
    with pytest.raises(NoResult):
        run(as_reading(noise), {})
    image = rendered(crystals(1, 6, 30, 0.1), seed=1, side=300)
    with pytest.raises(NoResult, match="6 particles are too few"):
        run(as_reading(image.grey), {})
    with pytest.raises(NoResult, match="does not say its scale"):
        run(as_reading(image.grey, None), {})
    tiny = rendered(crystals(1, 40, 6, 0.05), seed=1, side=300, noise=2, blur=0.5)
    with pytest.raises(NoResult, match="too few to measure them by"):
        run(as_reading(tiny.grey), {})


def test_a_diffraction_pattern_is_refused():
    """Spots of a crystal's lattice under a falling halo: f(g) = f(-g), as Friedel's law has it."""
    y, x = np.mgrid[-200:200, -200:200]
    pattern = 250 * np.exp(-np.hypot(x, y) / 60)
    for h in range(-5, 6):
        for k in range(-5, 6):
            spot = (x - 31 * h - 4 * k) ** 2 + (y - 29 * k + 3 * h) ** 2
            pattern += 900 * np.exp(-(h * h + k * k) / 9) * np.exp(-spot / 18)
    grey = np.random.default_rng(0).poisson(pattern + 3).astype(float)
    with pytest.raises(NoResult, match="diffraction pattern"):
        run(as_reading(grey), {})


def test_a_scale_that_a_person_tells_is_taken():
    grey, _, result = found("discs")
    told = run(as_reading(grey, 0.9 * NM), {"nm_per_pixel": 2 * NM})
    assert figures(told)["size_nm"].value == pytest.approx(2 * figures(result)["size_nm"].value)
    assert any("the setting was taken" in warning for warning in told.warnings)


def test_histogram_and_outlines_are_drawn():
    grey, _, result = found("discs")
    reading = as_reading(grey)
    channels = [{"name": c.name, "unit": "", "label": c.label, "values": c.values.tolist()} for c in reading.channels]  # fmt: skip
    drawn = Drawn("NC-0042", {"channels": channels}, result.as_dict())
    figure = str(TEM.drawing.figure(drawn, TEM.drawing).svg())
    assert figure.count("<svg") >= 2
    assert figure.count("Z") == result.detail["particles"]
    small = str(TEM.drawing.figure(drawn, TEM.drawing, small=True).svg())
    assert "Z" not in small
    unread = Drawn("NC-0042", {"channels": channels}, {})
    assert "<svg" in str(TEM.drawing.figure(unread, TEM.drawing).svg())


def test_a_tiff_of_imagej_brings_its_scale():
    values = np.arange(40 * 50).reshape(40, 50)
    said = {"x_resolution": 2500.0, "y_resolution": 2500.0, "resolution_unit": 1}
    content = tiff(values, description="ImageJ=1.54f\nunit=micron\nmin=0\n", **said)
    reading = read(content, "a.tif", "tem")
    assert reading.metadata["nm_per_pixel"] == pytest.approx(0.4)
    assert (reading.image.values == values).all()
    assert "nm_per_pixel" not in read(tiff(values, dpi=(300, 300)), "a.tif", "tem").metadata


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("little", [True, False])
def test_a_digital_micrograph_is_read_in_both_versions_and_byte_orders(version, little):
    values = np.random.default_rng(0).integers(0, 60000, (40, 50))
    content = digital_micrograph(values, 0.125, version, "µm", little)
    reading = read(content, "a.dm", "tem")
    assert (reading.image.values == values).all()
    assert reading.metadata["nm_per_pixel"] == pytest.approx(125)


def test_a_digital_micrograph_of_something_else_is_refused():
    values = np.arange(40 * 50).reshape(40, 50)
    with pytest.raises(UnreadableFile, match="diffraction pattern"):
        read(digital_micrograph(values, unit="1/nm"), "a.dm3", "tem")
    with pytest.raises(UnreadableFile, match="ends before its tags"):
        read(digital_micrograph(values)[:-60], "a.dm3", "tem")
    with pytest.raises(UnreadableFile, match="at least 32"):
        read(digital_micrograph(values[:20]), "a.dm3", "tem")
    unsaid = read(digital_micrograph(values, unit=""), "a.dm3", "tem")
    assert "nm_per_pixel" not in unsaid.metadata


# nm a pixel, columns, rows, lowest and highest grey, as SOURCES.md of these files says
REAL = {
    "JEOL_HAADF_Image.dm4": (1.2490, 112, 112, None),
    "test_STEM_image.dm3": (0.248538, 68, 68, (29407, 36106)),
    "imagej_calibrated.tif": (168.675, 68, 68, (2866, 3774)),
    "HZB_SEM.tif": (5.5825, 1024, 768, (0, 255)),
    "40nmAuNP_002.jpg": (None, 2044, 2048, None),
}


@pytest.mark.parametrize("name", REAL)
def test_a_real_image_is_read_with_its_scale(name):
    path = shared_file(f"microscopy/{name}")
    reading = read(path.read_bytes(), path.name, "tem")
    scale, columns, rows, greys = REAL[name]
    assert reading.metadata.get("nm_per_pixel") == (
        None if scale is None else pytest.approx(scale, rel=2e-4)
    )
    assert reading.image.values.shape == (rows, columns)
    if greys:
        assert (reading.image.values.min(), reading.image.values.max()) == greys


def test_the_gold_of_40_nm_is_told_from_its_seeds():
    """Two particles of 39.7 and 43.6 nm by another program, the rest of 6 to 11 nm; the scale bar is none."""
    path = shared_file("microscopy/40nmAuNP_002.jpg")
    result = run(read(path.read_bytes(), path.name, "tem"), {"nm_per_pixel": 0.15291})
    assert "size_nm" not in figures(result)
    seeds, gold = result.detail["populations"]
    assert round(gold["share"] * result.detail["particles"]) == 2
    assert gold["mean_nm"] == pytest.approx((39.7 + 43.6) / 2, rel=0.02)
    assert seeds["mean_nm"] < 11
