"""The list of methods: every technique has one, and each describes itself."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.registry import METHODS, default_method

CURVES = ("pl", "absorbance", "trpl", "jvl", "el_spectrum", "lifetime")


def test_every_technique_of_a_reading_has_a_default_method():
    for technique in ("xrd", *CURVES):
        assert default_method(technique).technique == technique


def test_an_unknown_technique_is_refused_in_words():
    with pytest.raises(NoResult, match=r"No method analyses “nmr”.*pl"):
        default_method("nmr")


def test_methods_are_listed_under_their_own_name():
    assert all(name == method.name for name, method in METHODS.items())
    assert {"pl-peak", "el-spectrum", "absorbance-edge", "trpl-decay", "jvl-figures"} <= set(
        METHODS
    )


@pytest.mark.parametrize("technique", CURVES)
@pytest.mark.parametrize(
    "values",
    [
        np.zeros(50), np.full(50, np.nan), np.full(50, -1.0), np.arange(50.0), np.array([]), np.ones(1),
        np.full(50, 1e300), np.full(50, np.inf), np.random.default_rng(0).normal(0, 1, 50),
    ],
    ids=["zeros", "nan", "negative", "ramp", "empty", "one", "huge", "infinite", "noise"],
)  # fmt: skip
def test_nonsense_is_refused_in_a_sentence_or_answered_with_numbers(technique, values):
    names = {
        "pl": ("wavelength", "intensity"),
        "el_spectrum": ("wavelength", "intensity"),
        "absorbance": ("wavelength", "absorbance"),
        "trpl": ("time", "counts"),
        "jvl": ("voltage", "luminance", "current_density"),
        "lifetime": ("time", "luminance"),
    }[technique]
    units = {
        "wavelength": "nm",
        "time": "ns",
        "voltage": "V",
        "luminance": "cd/m2",
        "current_density": "mA/cm2",
    }
    x = (
        np.linspace(400, 800, values.size)
        if "wavelength" in names
        else np.linspace(0, 10, values.size)
    )
    if technique == "lifetime":
        units["time"] = "h"
    channels = tuple(
        Channel(name, units.get(name, ""), x if k == 0 else values.astype(float))
        for k, name in enumerate(names)
    )
    try:
        result = default_method(technique).run(Reading(technique, "test 1", channels), {})
    except NoResult as no_result:
        refusal = str(no_result)
    else:
        refusal = ""
        assert result.summary
        assert all(
            any(b is not None and np.isfinite(b) for b in (f.value, f.low, f.high))
            for f in result.figures
        )
    assert not refusal or (len(refusal) > 30 and refusal.endswith("."))


@pytest.mark.parametrize("technique", CURVES)
def test_a_reading_with_one_column_is_refused_in_words(technique):
    reading = Reading(technique, "test 1", (Channel("wavelength", "nm", np.arange(50.0)),))
    with pytest.raises(NoResult, match="column"):
        default_method(technique).run(reading, {})
