"""The methods that turn readings into figures of merit, by name."""

from __future__ import annotations

from analysis.methods.absorption import ABSORBANCE_EDGE
from analysis.methods.decay import TRPL_DECAY
from analysis.methods.diffraction import XRD_PHASE
from analysis.methods.electroluminescence import JVL_FIGURES
from analysis.methods.emission import EL_SPECTRUM, PL_PEAK
from analysis.result import Method, NoResult

METHODS: dict[str, Method] = {
    method.name: method
    for method in (XRD_PHASE, PL_PEAK, EL_SPECTRUM, ABSORBANCE_EDGE, TRPL_DECAY, JVL_FIGURES)
}


def default_method(technique: str) -> Method:
    """The method that is run first on a measurement of ``technique``; raises `NoResult`."""
    for method in METHODS.values():
        if method.technique == technique:
            return method
    known = ", ".join(sorted({method.technique for method in METHODS.values()}))
    raise NoResult(f"No method analyses “{technique}”. Techniques with a method: {known}.")
