"""What the pages draw of lifetime traces, single-carrier sweeps, photoelectrons, spheres and maps of ΔA: data, lines and marks."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.drawing import Drawn
from analysis.techniques.registry import TECHNIQUES
from tests.analysis.techniques.lifetime.traces import cycled, measured
from tests.analysis.techniques.plqy.sphere import measured as in_a_sphere
from tests.analysis.techniques.sclc.devices import measured as single_carrier
from tests.analysis.techniques.ta.maps import cascade, truth
from tests.analysis.techniques.ta.maps import measured as pumped
from tests.analysis.techniques.ups.spectra import spectrum as photoelectrons

FILM = {"thickness_nm": 200, "relative_permittivity": 6.3}
CASES = {
    "lifetime": (measured("1/(1 + t/15 h)", 1), {}, "15", "Time of operation"),
    "on-off-cycles": (cycled(1000 * 0.9 ** np.arange(6)), {}, "of the best", "Cycle"),
    "sclc": (single_carrier(1), FILM, "fit", "Current density"),
    "ups-levels": (photoelectrons(), {"bias_v": 0}, "cut-off 17.2", "Binding energy"),
    "ta-global": (pumped(truth(cascade(0.4, 800)), 2), {}, "recovery of the bleach", "global fit"),
    "plqy-de-mello": (in_a_sphere(), {}, "indirect", "Photons"),
}


def drawn(method: str, of_nothing: bool = False):
    reading, settings, *_ = CASES[method]
    technique = TECHNIQUES[reading.technique]
    run = next(one.run for one in technique.methods if one.name == method)
    channels = [
        {"name": c.name, "unit": c.unit, "label": c.label, "values": c.values.tolist()}
        for c in reading.channels
    ]
    result = {} if of_nothing else run(reading, settings).as_dict()
    return technique.drawing, Drawn(technique.title, {"channels": channels}, result)


@pytest.mark.parametrize("method", CASES)
def test_a_result_is_drawn_with_its_words(method):
    drawing, what = drawn(method)
    page = str(drawing.figure(what, drawing).html())
    for words in CASES[method][2:]:
        assert words in page
    assert drawing.columns(what)[0]["values"]


@pytest.mark.parametrize("method", CASES)
def test_what_was_read_is_drawn_where_nothing_was_found(method):
    drawing, what = drawn(method, of_nothing=True)
    assert "<svg" in str(drawing.figure(what, drawing).html())
    assert len(drawing.columns(what)) >= 2
