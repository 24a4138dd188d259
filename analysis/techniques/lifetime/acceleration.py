"""A lifetime at another luminance: L0ⁿ·T50 = constant, with an exponent that only a person gives.

The exponent is of one kind of device and one way of ageing (1.5 to 2 for many OLEDs, measured for few perovskite
LEDs), so none is assumed and none is fitted from one trace.
"""

from __future__ import annotations

import numpy as np

from analysis.result import Figure
from analysis.techniques.lifetime.crossing import Crossing, Initial
from analysis.techniques.lifetime.trace import Trace

LEVEL = "standard uncertainty"


def at_reference(
    found: Crossing,
    initial: Initial,
    trace: Trace,
    exponent: float | None,
    reference_cd_m2: float | None,
    luminance_u: float,
) -> tuple[list[Figure], str]:
    """Return T50 (h) as it would be at the reference luminance, or a sentence that says why not.

    ``luminance_u`` is the relative calibration of the meter: it counts n-fold, as the reference is a true luminance.
    """
    if exponent is None and reference_cd_m2 is None:
        return [], ""
    if exponent is None or reference_cd_m2 is None:
        return [], (
            "No T50 at another luminance: it takes both the exponent, which you have to know of such devices, and the"
            " luminance."
        )
    if not trace.is_luminance:
        return [], (
            "No T50 at another luminance: the trace is no luminance, so its L0 is not known in cd/m²."
        )
    if found.value is None or found.uncertainty is None or trace.clipped:
        return [], "No T50 at another luminance: T50 itself is not known."
    factor = float((initial.value / reference_cd_m2) ** exponent)
    relative = float(
        np.hypot(
            found.uncertainty / found.value,
            exponent * np.hypot(initial.uncertainty / initial.value, luminance_u),
        )
    )
    value = found.value * factor
    label = f"T50 at {reference_cd_m2:g} cd/m², by L0ⁿ·T50 = constant with n = {exponent:g}"
    note = (
        f"n = {exponent:g} as given, without an uncertainty; luminance {luminance_u:.0%} (default)"
    )
    return [
        Figure("t50_at_reference_h", value, value * relative, "h", label, note=note, level=LEVEL)
    ], ""
