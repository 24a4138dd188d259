"""Photo- and electroluminescence spectra: peak and width of the main band.

Symmetric and skewed shapes, and two bands at once, are fitted in energy with the Jacobian
I(E) = I(λ)·λ²/hc (Mooney & Kambhampati, J. Phys. Chem. Lett. 2013, 4, 3316). What they agree on, and what
a reading without a shape says, makes value and uncertainty (`agreement`). Two peaks are given: the maximum
of I(λ), which is what a person reads off the spectrum, and the maximum of I(E).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.emission.agreement import Agreed
from analysis.techniques.emission.bands import Chosen, Marks, choose_band, excitation_of, fit_points
from analysis.techniques.emission.colour import colour_figures
from analysis.techniques.emission.fitting import Described, bands_nm, describe, follows
from analysis.techniques.shared.band_search import smoothed
from analysis.techniques.shared.band_shapes import SHAPES
from analysis.techniques.shared.calibration import LEVEL, WAVELENGTH, Known, known
from analysis.techniques.shared.rounding import rounded_figure
from analysis.techniques.shared.saturation import saturated_points
from analysis.techniques.shared.settings import settings_for
from analysis.techniques.shared.spectrum import HC_EV_NM, Spectrum, binned, spectrum_of

SIGNALS = ("intensity", "counts", "photon_flux", "radiance", "power", "y")
MOST_POINTS = 4000
WORTH = 0.25  # of the width: a peak or width less certain than this is not given
COUNTED = {2: "Two", 3: "Three"}
PEAK_NOTE = "fit, spread of shapes and {}"
WIDTH_NOTE = "fit and spread of shapes; the slit is not taken off"

PARAMETERS = (
    Parameter("excitation_nm", "Excitation wavelength", "nm", None, 150, 2000,
              help="Lines at this wavelength and at twice it are ignored."),
    Parameter("from_nm", "Fit from", "nm", None, 150, 5000),
    Parameter("to_nm", "Fit to", "nm", None, 150, 5000),
    Parameter("shape", "Band shape", "", "auto", choices=("auto", *SHAPES)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Names:
    prefix: str
    noun: str


def run_pl(reading: Reading, given: dict[str, Any]) -> Result:
    """Peak and width of a photoluminescence spectrum; raises `NoResult`."""
    return _run(reading, given, _Names("pl", "PL"))


def run_el(reading: Reading, given: dict[str, Any]) -> Result:
    """Peak, width and colour of an electroluminescence spectrum; raises `NoResult`."""
    return _run(reading, given, _Names("el", "EL"))


def _run(reading: Reading, given: dict[str, Any], names: _Names) -> Result:
    settings = settings_for(PARAMETERS, given)
    spectrum = _window(spectrum_of(reading, SIGNALS), settings["from_nm"], settings["to_nm"])
    near_limit = spectrum.counts and 65000 <= float(np.max(spectrum.signal)) <= 65535
    spectrum = binned(spectrum, MOST_POINTS)
    saturated = saturated_points(spectrum.signal)
    chosen = choose_band(spectrum, settings["excitation_nm"] or excitation_of(reading))
    use = fit_points(spectrum, chosen, saturated)
    described = describe(spectrum, use, chosen, settings["shape"])
    _refuse_doubtful(described)
    scale = known(reading, WAVELENGTH)
    figures, unsure = _figures(described, names, scale, saturated=bool(saturated.any()))
    bands = bands_nm(described)
    warnings = [
        *chosen.warnings, *_warnings(described, saturated, bands, near_limit=near_limit), *unsure
    ]  # fmt: skip
    detail = _detail(described, chosen, bands)
    detail["u_wavelength_scale_nm"] = scale.u
    if names.prefix == "el":
        background = described.best.background(spectrum.wavelength_nm)
        colour, remarks = colour_figures(spectrum, background, scale)
        detail["cie_1931_xy"] = [one.value for one in colour] or None
        figures = (*figures, *colour)
        warnings += remarks
    return Result(
        figures=figures,
        summary=_summary(figures, names, described, bands),
        warnings=tuple(warnings),
        curves=_curves(described),
        detail=detail,
    )


def _window(spectrum: Spectrum, from_nm: float | None, to_nm: float | None) -> Spectrum:
    inside = np.ones(spectrum.wavelength_nm.size, dtype=bool)
    if from_nm is not None:
        inside &= spectrum.wavelength_nm >= from_nm
    if to_nm is not None:
        inside &= spectrum.wavelength_nm <= to_nm
    if inside.sum() < 12:
        raise NoResult(
            f"Only {int(inside.sum())} points lie in the chosen range; the file covers "
            f"{spectrum.wavelength_nm[0]:g} to {spectrum.wavelength_nm[-1]:g} nm."
        )
    return Spectrum(
        spectrum.wavelength_nm[inside],
        spectrum.signal[inside],
        spectrum.per_energy,
        spectrum.counts,
    )


def _refuse_doubtful(described: Described) -> None:
    peak = described.figures[0]
    points, fit = described.points, described.best
    if peak is None or not points.x[0] < peak.value < points.x[-1]:
        where = "lies" if peak is None else f"({peak.value:.1f} nm) lies"
        raise NoResult(
            f"The fitted maximum {where} outside the points that were fitted "
            f"({points.x[0]:g} to {points.x[-1]:g} nm): the band is cut off at the edge of the scan."
        )
    rest = points.y - fit.band(points.x) - fit.background(points.x)
    scatter = float(np.std(smoothed(rest)[0]))
    height = float(np.max(fit.band(points.x)))
    uncertain = float(np.sqrt(fit.covariance[0, 0])) * fit.scale
    if height < 3 * scatter or (height < 4 * uncertain and fit.shape == "gaussian"):
        raise NoResult(
            f"A bump at {peak.value:.1f} nm is not clearly above what the fit leaves unexplained: no peak is "
            "reported. Integrate longer or measure a background."
        )


def _figures(
    described: Described, names: _Names, scale: Known, *, saturated: bool
) -> tuple[tuple[Figure, ...], list[str]]:
    """Return the figures that are certain enough to be worth something, and words for the others."""
    peak, width, peak_ev, width_ev = described.figures
    assert peak is not None
    broad = peak.value * 0.1 if width is None else width.value
    unsure = []
    if width is None:
        unsure.append(
            "Width undetermined: the band does not fall to half its height on both sides inside the scan."
        )
    elif saturated:
        unsure.append("Width undetermined: the top of the band is cut off.")
    elif width.u > WORTH * width.value:
        unsure.append(
            f"Width undetermined: shapes that describe the data alike give {width.lowest:.1f} to "
            f"{width.highest:.1f} nm."
        )
    wide = not unsure
    if peak.u > WORTH * broad:
        raise NoResult(
            f"The peak is undetermined: shapes that describe the data alike put it between {peak.lowest:.1f} and "
            f"{peak.highest:.1f} nm. Integrate longer, or measure a range that shows the whole band."
        )
    scale_ev = scale.u * HC_EV_NM / peak.value**2
    prefix, noun = names.prefix, names.noun
    kept = [
        _figure(f"{prefix}_peak_nm", peak, "nm", f"{noun} peak, maximum of I(λ)", scale),
    ]
    if wide and width is not None:
        kept.append(
            _figure(f"{prefix}_fwhm_nm", width, "nm", f"{noun} full width at half maximum, in I(λ)")
        )
    if wide and width_ev is not None:
        label = f"{noun} full width at half maximum, in I(E)"
        kept.append(_figure(f"{prefix}_fwhm_mev", width_ev, "meV", label, factor=1e3))
    if peak_ev is not None:
        kept.append(
            _figure(
                f"{prefix}_peak_ev",
                peak_ev,
                "eV",
                f"{noun} peak, maximum of I(E)",
                replace(scale, u=scale_ev),
            )
        )
        nm_per_ev = HC_EV_NM / peak_ev.value**2
        as_nm = Agreed(
            HC_EV_NM / peak_ev.value,
            nm_per_ev * peak_ev.statistics,
            nm_per_ev * peak_ev.models,
            HC_EV_NM / peak_ev.highest,
            HC_EV_NM / peak_ev.lowest,
        )
        label = f"{noun} peak of I(E), as a wavelength"
        kept.append(_figure(f"{prefix}_peak_energy_fit_nm", as_nm, "nm", label, scale))
    return tuple(kept), unsure


def _figure(
    quantity: str,
    agreed: Agreed,
    unit: str,
    label: str,
    scale: Known | None = None,
    factor: float = 1.0,
) -> Figure:
    return Figure(
        quantity,
        factor * agreed.value,
        factor * float(np.hypot(agreed.u, scale.u if scale else 0.0)),
        unit,
        label,
        note=PEAK_NOTE.format(scale.said) if scale else WIDTH_NOTE,
        level=LEVEL,
    )


def _warnings(
    described: Described, saturated: Marks, bands: list[float], *, near_limit: bool
) -> list[str]:
    warnings = []
    clipped = int(saturated.sum())
    if clipped:
        warnings.append(
            f"The top is flat over {clipped} points: the detector was probably saturated. They were left out "
            "of the fit; measure again with less light."
        )
    elif near_limit:
        warnings.append(
            "Counts come close to the 16-bit limit (65535): check the detector's linearity."
        )
    if bands:
        warnings.append(
            f"{COUNTED[len(bands)]} bands: {_listed(bands)} nm. Peak and width are those of their sum and "
            "not of one transition."
        )
    elif not follows(described):
        warnings.append(
            "No single band shape describes this spectrum (more bands, re-absorption, interference?): what is "
            "read off the data without a shape counts more than the fit."
        )
    peak, width = described.figures[:2]
    if peak is not None and width is not None and not clipped:
        inside = np.abs(described.points.x - peak.value) < width.value / 2
        if inside.sum() < 5:
            warnings.append(
                "Fewer than five points lie within the width: step too coarse for a good width."
            )
    return warnings


def _detail(described: Described, chosen: Chosen, bands: list[float]) -> dict[str, Any]:
    names = ("peak_nm", "fwhm_nm", "peak_ev", "fwhm_ev")
    agreed = zip(names, described.figures, strict=True)
    read = zip(names, described.read, strict=True)
    return {
        "shape": described.best.shape,
        "background": "sloped" if described.best.sloped else "level",
        "reduced_chi2": described.best.reduced_chi2,
        "highest_point_nm": chosen.main.wavelength_nm,
        "other_features_nm": [c.wavelength_nm for c in (*chosen.overlapping, *chosen.others)],
        "bands_nm": bands,
        "shapes_heard": [
            {"shape": fit.shape, "sloped": fit.sloped, "weight": weight, "peak_nm": _number(fit.reading()[0]),
             "fwhm_nm": _number(fit.reading()[1])}
            for fit, weight in described.fits
        ],
        "read_without_a_shape": {n: [r.value, r.u] for n, r in read if r is not None},
        "u_parts": {n: {"statistics": a.statistics, "models": a.models} for n, a in agreed if a is not None},
    }  # fmt: skip


def _listed(bands: list[float]) -> str:
    *first, last = (f"{band:.0f}" for band in bands)
    return f"{', '.join(first)} and {last}"


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _summary(
    figures: tuple[Figure, ...], names: _Names, described: Described, bands: list[float]
) -> str:
    by_name = {figure.quantity.removeprefix(f"{names.prefix}_"): figure for figure in figures}
    peak = by_name["peak_nm"]
    said = f"{names.noun} peak at {rounded_figure(peak)}"
    if "fwhm_nm" in by_name:
        said += f", {rounded_figure(by_name['fwhm_nm'])} wide"
    if "fwhm_mev" in by_name:
        said += f" ({rounded_figure(by_name['fwhm_mev'])})"
    if bands:
        said += f", {COUNTED[len(bands)].lower()} bands at {_listed(bands)} nm"
    elif follows(described):
        said += f"; shape in energy: {described.best.shape}"
    else:
        said += "; read off the spectrum, as no single band describes it"
    return said + "."


def _curves(described: Described) -> tuple[Curve, ...]:
    points, fit = described.points, described.best
    fine = np.linspace(points.x[0], points.x[-1], 400)
    rest = points.y - fit.band(points.x) - fit.background(points.x)
    return (
        Curve("fit", fine.tolist(), (fit.band(fine) + fit.background(fine)).tolist(), x_unit="nm"),
        Curve("background", fine.tolist(), fit.background(fine).tolist(), x_unit="nm"),
        Curve("residual", points.x.tolist(), rest.tolist(), "residual", "nm"),
    )


PL_PEAK = Method("pl-peak", "3", "pl", "PL peak and width", run_pl, PARAMETERS, leaves_out=True)
EL_SPECTRUM = Method(
    "el-spectrum",
    "4",
    "el_spectrum",
    "EL peak, width and colour",
    run_el,
    PARAMETERS,
    leaves_out=True,
)
