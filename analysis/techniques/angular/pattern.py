"""Whether a pixel emits as a Lambertian one, and the factor by which its EQE from the luminance is multiplied."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.quantity import Quantity
from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, Result
from analysis.techniques.shared.angular import Pattern, pattern_of
from analysis.techniques.shared.calibration import LEVEL
from analysis.techniques.shared.rounding import rounded_figure
from analysis.techniques.shared.settings import settings_for

TWICE = 1.96
LEAST_DIFFERENCE = 0.05  # of the factor: what a Lambertian EQE is not corrected for
SKEW = 0.1  # of the intensity ahead
QUANTITIES = (
    Quantity(
        "lambertian_factor",
        "",
        "Light over that of a Lambertian emitter",
        "Pattern factor",
        high=10,
    ),
    Quantity("pattern_exponent", "", "Exponent m of cos^m of the angle", "m", high=100),
)


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Factor and exponent of a pattern; raises `NoResult`."""
    settings_for((), given)
    found = pattern_of(reading)
    figures = (
        Figure("lambertian_factor", found.factor, found.u, "", "Light over that of a Lambertian emitter as bright ahead",
               level=LEVEL, note=f"measured to {found.highest_deg:g}°, beyond as cos^m"),
        Figure("pattern_exponent", found.exponent, found.exponent_u, "", "m of I ∝ cos^m θ, 1 is Lambertian",
               level=LEVEL, note="scatter about cos^m"),
    )  # fmt: skip
    warnings = []
    if found.asymmetry > SKEW:
        warnings.append(
            f"The two sides differ by {found.asymmetry:.0%} of the light ahead: the pixel was off the axis, or 0° is not"
            " the normal. The factor is of their mean."
        )
    theta = found.angle_deg
    return Result(
        figures=figures,
        summary=f"{verdict(found)} (factor {rounded_figure(figures[0])}).",
        warnings=tuple(warnings),
        curves=(
            Curve("pattern", theta.tolist(), found.intensity.tolist(), x_unit="deg"),
            Curve("Lambertian", theta.tolist(), np.cos(np.radians(theta)).tolist(), x_unit="deg"),
        ),
        detail={"highest_deg": found.highest_deg, "is_lambertian": is_lambertian(found)},
    )


def is_lambertian(found: Pattern) -> bool | None:
    """Whether the factor is 1 within 5 %; None where it is not known that well."""
    apart = abs(found.factor - 1)
    if apart - TWICE * found.u > LEAST_DIFFERENCE:
        return False
    return True if apart < LEAST_DIFFERENCE else None


def verdict(found: Pattern) -> str:
    """Say in a sentence what the pattern is."""
    said = is_lambertian(found)
    if said:
        return "Lambertian within 5 %: EQE from the luminance holds as it is"
    if said is None:
        return "Whether it is Lambertian within 5 % is not known well enough"
    narrow = found.factor < 1
    return (
        f"{'Narrower' if narrow else 'Wider'} than Lambertian: EQE from the luminance is"
        f" {'too high' if narrow else 'too low'} by {abs(1 / found.factor - 1):.0%} without it"
    )


ANGULAR_FIGURES = Method("angular-pattern", "1", "angular", "Lambertian check", run)
