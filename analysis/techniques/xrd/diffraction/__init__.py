"""X-ray diffraction: which CsPbI3 phase is it, how tilted, how large, and what is beside it."""

from __future__ import annotations

from typing import Any

from analysis.reading import Reading
from analysis.result import Method, NoResult, Parameter, Result
from analysis.techniques.shared.calibration import TWO_THETA, known
from analysis.techniques.xrd.diffraction import radiation, report
from analysis.techniques.xrd.diffraction.identify import identify

_INSTRUMENT_FWHM_DEG = 0.12

_PARAMETERS = (
    Parameter(
        "wavelength_angstrom",
        "Wavelength",
        "Å",
        minimum=0.1,
        maximum=3.0,
        help="Empty: what the file says, or Cu Kα (1.5418 Å) with a warning when it does not say.",
    ),
    Parameter(
        "range_from_deg",
        "Fit from 2θ",
        "deg",
        minimum=0.0,
        maximum=180.0,
        help="Empty: spacings up to 11 Å (8° for Cu Kα).",
    ),
    Parameter(
        "range_to_deg",
        "Fit to 2θ",
        "deg",
        minimum=0.0,
        maximum=180.0,
        help="Empty: spacings down to 1.76 Å (52° for Cu Kα).",
    ),
    Parameter(
        "instrument_fwhm_deg",
        "Line width of the instrument",
        "deg",
        default=_INSTRUMENT_FWHM_DEG,
        minimum=0.005,
        maximum=1.0,
        help="Full width at half maximum of a line of large crystals; it limits the crystallite size.",
    ),
)


def _number(parameters: dict[str, Any], name: str) -> float | None:
    """Return a parameter as a number within its limits, or None when it is empty."""
    value = parameters.get(name)
    described = next(p for p in _PARAMETERS if p.name == name)
    if value is None or value == "":
        return None if described.default is None else float(described.default)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise NoResult(
            f"{described.label} must be a number in {described.unit}, not {value!r}."
        ) from None
    low, high = described.minimum, described.maximum
    if low is not None and high is not None and not low <= number <= high:
        raise NoResult(
            f"{described.label} must lie between {low:g} and {high:g} {described.unit}, not {number:g}."
        )
    return number


def run(reading: Reading, parameters: dict[str, Any]) -> Result:
    """Identify the phase in an X-ray diffraction pattern. Raises NoResult in words."""
    source, assumed, warnings = radiation.resolve(
        reading.metadata, _number(parameters, "wavelength_angstrom")
    )
    instrument = _number(parameters, "instrument_fwhm_deg")
    findings = identify(
        reading,
        source,
        assumed=assumed,
        instrument_fwhm_deg=_INSTRUMENT_FWHM_DEG if instrument is None else instrument,
        from_deg=_number(parameters, "range_from_deg"),
        to_deg=_number(parameters, "range_to_deg"),
    )
    return report.result(findings, warnings, known(reading, TWO_THETA))


XRD_PHASE = Method(
    name="xrd-phase",
    version="2",
    technique="xrd",
    title="Crystal phase from X-ray diffraction",
    run=run,
    parameters=_PARAMETERS,
    leaves_out=True,
)

__all__ = ["XRD_PHASE"]
