"""How long the methods take, beside the bare calls of scipy and numpy that they are made of.

Every call of a solver, filter or sorting function of theirs is kept with what it was given, and made again by itself:
that is the reference. What a method takes beyond it is our own code: preparing, choosing, judging, writing sentences.
Fitted functions lie within the solvers, so they count on both sides; plain arithmetic on arrays counts as ours.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import scipy

from analysis.reading import Channel, Image, Reading
from analysis.techniques.absorbance.absorption import run as run_absorbance
from analysis.techniques.emission.emission import run_pl
from analysis.techniques.tem.sizes import run as run_tem
from analysis.techniques.trpl.decay import run as run_trpl
from analysis.techniques.xrd.diffraction import XRD_PHASE
from tests.analysis.techniques.absorbance import edges
from tests.analysis.techniques.emission import bands
from tests.analysis.techniques.readings import histogram, spectrum
from tests.analysis.techniques.tem import particles
from tests.analysis.techniques.trpl import decays
from tests.analysis.techniques.xrd.diffraction.confusion import CASES
from tests.analysis.techniques.xrd.diffraction.debye import powder
from tests.analysis.techniques.xrd.diffraction.simulated import reading
from tests.benchmarks.measuring import Line, side_by_side

LIMIT = 1.5
XRD_P95_S = 1.0
PATTERNS = 10  # of each kind of crystal
SOLVERS: dict[ModuleType, tuple[str, ...]] = {
    scipy.optimize: ("least_squares", "nnls", "lsq_linear", "minimize"),
    scipy.ndimage: (
        "binary_dilation",
        "binary_erosion",
        "distance_transform_edt",
        "find_objects",
        "gaussian_filter",
        "gaussian_filter1d",
        "label",
        "map_coordinates",
    ),
    scipy.signal: ("find_peaks", "peak_widths"),
    np.linalg: ("lstsq", "pinv", "solve", "svd"),
    np: ("histogram", "median", "percentile", "quantile"),
}


def image(seed: int) -> Reading:
    grey = particles.rendered(particles.crystals(seed, 24, 28, 0.1), seed=seed, side=440).grey
    levels = Channel("grey", "", np.arange(5.0)), Channel("pixels", "", np.ones(5))
    return Reading("tem", "benchmark", levels, image=Image(grey.astype(np.float32), 12 / 28))


METHODS = {
    "PL, 3,000 counts": (run_pl, lambda k: spectrum(*bands.measured("red tail (EMG)", 3000, k))),
    "absorbance, 451 points": (
        run_absorbance,
        lambda k: spectrum(*edges.measured(edges.nanocrystals, k), "absorbance", y_unit=""),
    ),
    "TRPL, 5,000 counts, response 0.6 ns": (
        run_trpl,
        lambda k: histogram(*decays.measured("two exponentials", 5000, k, irf_ns=0.6)),
    ),
    "TEM, 24 particles, 440 × 440": (run_tem, image),
    "XRD, γ": (XRD_PHASE.run, lambda k: crystals("γ", k)),
}


def crystals(case: str, seed: int) -> Reading:
    drawn = powder(*CASES[case], seed)
    return reading(drawn.two_theta_deg, drawn.counts, anode="Cu")


class Calls:
    """The outermost calls that a method makes."""

    def __init__(self) -> None:
        self.made: list[tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]] = []
        self._inside = False

    def _kept(self, function: Callable[..., object]) -> Callable[..., object]:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> object:
            if self._inside:
                return function(*args, **kwargs)
            self.made.append((function, args, kwargs))
            self._inside = True
            try:
                return function(*args, **kwargs)
            finally:
                self._inside = False

        return call

    def watch(self, act: Callable[[], object]) -> Calls:
        """Do ``act`` and keep what it calls."""
        with pytest.MonkeyPatch.context() as patch:
            for module, names in SOLVERS.items():
                for name in names:
                    patch.setattr(module, name, self._kept(getattr(module, name)))
            act()
        return self

    def again(self) -> None:
        """Make the same calls by themselves."""
        for function, args, kwargs in self.made:
            function(*args, **kwargs)


@pytest.mark.parametrize("what", METHODS)
def test_a_method_costs_little_more_than_its_bare_calls(table, what):
    run, draw = METHODS[what]
    readings: list[Reading] = [draw(k) for k in range(5)]
    bare = [Calls().watch(lambda one=one: run(one, {})) for one in readings]
    assert all(one.made for one in bare)
    table.add_times(
        what,
        *side_by_side(
            lambda turn: run(readings[turn % 5], {}),
            lambda turn: bare[turn % 5].again(),
            repeats=10,
            rounds=3,
        ),
        limits={"p50": LIMIT},
    )


def test_a_pattern_is_named_within_a_second(table):
    """The reference is the limit itself: 1 s for the slowest of twenty patterns."""
    patterns = [crystals(case, seed) for case in CASES for seed in range(PATTERNS)]
    taken = []
    for one in patterns:
        began = time.perf_counter()
        XRD_PHASE.run(one, {})
        taken.append(time.perf_counter() - began)
    p50, *_, p95 = statistics.quantiles(taken, n=20, method="inclusive")[9::9]
    for name, s in (("p50", p50), ("p95", p95)):
        table.add(Line(f"XRD, {len(patterns)} patterns, {name}", 1e3 * s, 1e3 * XRD_P95_S, 1.0))
