"""What the chart of a measurement is given: the axis asked for, the stretch shown first, names, digits."""

import numpy as np
import pytest

from analysis.curves.abscissa import along
from analysis.curves.chart import chart
from analysis.drawing import Drawing, Drawn
from analysis.reading import Channel, Reading
from analysis.sandbox.tasks import reading_as_dict
from analysis.techniques.files import read
from analysis.techniques.registry import TECHNIQUES
from analysis.techniques.ups.levels import UPS_LEVELS
from labnotebook.demo.files import decay, diffraction
from tests.analysis.factories import HC_EV_NM, pl_file
from tests.analysis.techniques.ups.spectra import spectrum as ups_spectrum

WIDTH_EV, APEX_NM = 0.034, 686.0


def analysed(technique, content, name):
    """Return what the worker would keep of a file."""
    known = TECHNIQUES[technique]
    reading = read(content, name, technique, {}, "")
    return Drawn(name, reading_as_dict(reading), known.methods[0].run(reading, {}).as_dict())


@pytest.fixture(scope="module")
def emission():
    return analysed("pl", pl_file(APEX_NM, WIDTH_EV), "pl.csv")


def shown(drawn, technique, unit=""):
    drawing = TECHNIQUES[technique].drawing
    return chart(along(drawn, drawing, unit), drawing)


def test_an_emission_against_energy_is_the_gaussian_it_was_made_from(emission):
    # pl_file makes I(λ) = E²·exp(−(E − c)²/2w²): counted per eV the E² is gone again.
    centre_ev = HC_EV_NM / APEX_NM - 2 * WIDTH_EV**2 / (HC_EV_NM / APEX_NM)
    drawn = shown(emission, "pl", "eV")
    assert drawn["x"] == {"label": "Energy", "unit": "eV"}
    assert drawn["y"]["label"] == "Intensity per eV"
    x, y = (np.array(drawn["series"][0][name]) for name in "xy")
    wavelength, counts = (np.array(c["values"]) for c in emission.channels)
    assert np.trapezoid(y[::-1], x[::-1]) == pytest.approx(
        np.trapezoid(counts, wavelength), rel=1e-3
    )
    inside = abs(x - centre_ev) < 3 * WIDTH_EV
    shape = np.exp(-0.5 * ((x[inside] - centre_ev) / WIDTH_EV) ** 2)
    assert np.corrcoef(shape, y[inside])[0, 1] > 0.9995
    fit = next(one for one in drawn["series"] if one["label"] == "fit")
    assert fit["x"][int(np.argmax(fit["y"]))] == pytest.approx(centre_ev, abs=0.001)
    assert drawn["marks"][0]["x"] == pytest.approx(centre_ev, abs=0.002)


def test_a_place_is_written_with_the_digits_that_its_uncertainty_leaves(emission):
    assert shown(emission, "pl")["marks"][0]["label"] in ("685.9 nm", "686.0 nm", "686.1 nm")
    coarse = emission.result["figures"][0] | {"uncertainty": 2.4}
    unsure = Drawn("", emission.reading, {**emission.result, "figures": [coarse]})
    assert shown(unsure, "pl")["marks"][0]["label"] == "686 nm"


def test_an_absorbance_keeps_its_values_on_another_axis():
    wavelength = np.linspace(400, 800, 401)
    values = 1 / (1 + np.exp((wavelength - 650) / 8))
    channels = (Channel("wavelength", "nm", wavelength), Channel("absorbance", "", values))
    drawn = Drawn("", reading_as_dict(Reading("absorbance", "test", channels)), {})
    moved = shown(drawn, "absorbance", "eV")
    assert moved["series"][0]["y"] == pytest.approx(values)
    assert moved["series"][0]["x"][250] == pytest.approx(HC_EV_NM / 650)


def test_a_binding_energy_falls_to_the_right_and_nothing_else_does(emission):
    reading = Reading(
        "ups",
        "test 1",
        (
            Channel("binding_energy", "eV", np.linspace(0, 20, 50)),
            Channel("counts", "counts", np.geomspace(1e3, 1, 50)),
        ),
    )
    drawn = Drawn("a.txt", reading_as_dict(reading), {})
    assert shown(drawn, "ups")["x"]["falls"] is True
    assert "falls" not in shown(emission, "pl")["x"]
    assert "falls" not in shown(emission, "pl", "eV")["x"]
    (plot,) = TECHNIQUES["ups"].drawing.figure(drawn, Drawing()).plots
    assert (plot.x.at(0), plot.x.at(20)) == (1, 0)


def test_a_binding_energy_is_never_drawn_as_a_wavelength():
    channels = (
        Channel("binding_energy", "eV", np.linspace(0, 20, 50)),
        Channel("intensity", "", np.ones(50)),
    )
    drawn = Drawn("", reading_as_dict(Reading("ups", "test", channels)), {})
    assert shown(drawn, "ups", "nm")["x"]["unit"] == "eV"


def test_a_spectrum_under_bias_is_drawn_without_it_and_its_edges_with_it():
    reading = ups_spectrum(3, bias=-5.0)
    result = UPS_LEVELS.run(reading, {"bias_v": -5.0}).as_dict()
    drawn = Drawn("", reading_as_dict(reading), result, ((8.0, 9.0),))
    data = shown(drawn, "ups")
    energies = {one["label"]: one["x"] for one in data["series"]}
    assert min(energies["measured"]) == pytest.approx(-1.5, abs=0.1)
    assert min(energies["cut-off line"]) == pytest.approx(17.2, abs=1)
    assert "left_out" not in data  # said in numbers of the file, which are 5 eV away
    assert shown(Drawn("", reading_as_dict(ups_spectrum(3)), {}, ((8.0, 9.0),)), "ups")["left_out"]


def test_lines_of_a_method_that_counts_in_nm_go_along_with_a_file_in_ev():
    energy = np.linspace(1.6, 2.1, 300)
    counts = 50 + 9000 * np.exp(-0.5 * ((energy - 1.81) / 0.034) ** 2)
    rows = "\n".join(f"{a:.5f},{b:.1f}" for a, b in zip(energy, counts, strict=True))
    drawn = analysed("pl", f"Energy (eV),Intensity (counts)\n{rows}\n".encode(), "ev.csv")
    fit = next(one for one in shown(drawn, "pl")["series"] if one["label"] == "fit")
    assert fit["x"][int(np.argmax(fit["y"]))] == pytest.approx(1.81, abs=0.002)


def test_a_long_decay_opens_where_something_decays():
    drawn = analysed("trpl", decay(25.0, 3), "trpl.csv")
    whole = drawn.channels[0]["values"][-1]
    opened = shown(drawn, "trpl").get("open")
    assert opened is not None
    assert opened[1] < 0.7 * whole
    assert opened[1] > 5 * 25.0


def test_a_histogram_of_sizes_is_shown_whole_however_long_its_list_is():
    rows = "\n".join(
        f"{k},{size:.2f}" for k, size in enumerate(np.linspace(8.0, 12.0, 12), start=1)
    )
    drawn = analysed("tem", f"Particle,Diameter (nm)\n{rows}\n".encode(), "sizes.csv")
    shown_chart = shown(drawn, "tem")
    assert shown_chart["x"] == {"label": "Size", "unit": "nm"}
    assert "open" not in shown_chart


def test_reference_lines_have_rows_names_and_heights():
    drawn = shown(analysed("xrd", diffraction("gamma", 12.0, 3), "x.xy"), "xrd")
    rows = {one["row"]: one for one in drawn["series"] if one["kind"] == "sticks"}
    assert list(rows) == ["γ", "α", "δ", "PbI₂", "CaI₂"]
    alpha = dict(
        zip(rows["α"]["names"], zip(rows["α"]["x"], rows["α"]["y"], strict=True), strict=True)
    )
    # Bragg for Cu Kα and the edge that γ has: (100) and (200) of one cube.
    first, second = (np.sin(np.radians(alpha[name][0] / 2)) for name in ("100", "200"))
    assert second / first == pytest.approx(2, rel=1e-3)
    assert max(height for _, height in alpha.values()) == 100
    assert drawn["residual"]["unit"] == ""
    assert drawn["x"]["wavelength_angstrom"] == pytest.approx(1.5418, abs=2e-4)  # as the file says
