"""Photo- and electroluminescence spectra: peak and width of the main band.

The band is fitted in energy (Gaussian, pseudo-Voigt or split pseudo-Voigt, level or sloped background, the
best by BIC) with the Jacobian I(E) = I(λ)·λ²/hc, after Mooney & Kambhampati, J. Phys. Chem. Lett. 2013, 4,
3316. Two peaks follow from one fit and both are given: the maximum of I(λ), which is what a person
reads off the spectrum, and the wavelength of the maximum of I(E).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.emission.band_reading import BandReading, read_band
from analysis.techniques.shared.band_search import (
    Candidate,
    candidates,
    is_excitation,
    is_line,
    saturated_points,
    smoothed,
)
from analysis.techniques.shared.band_shapes import BAND_VALUES, BandFit, Floats, apex_nm, fit_band
from analysis.techniques.shared.photometry import EmissionSpectrum
from analysis.techniques.shared.settings import settings_for
from analysis.techniques.shared.spectrum import HC_EV_NM, Spectrum, spectrum_of

SIGNALS = ("intensity", "counts", "photon_flux", "radiance", "power", "y")
EXCITATION_KEYS = (
    "excitation_nm",
    "excitation_wavelength_nm",
    "excitation_wavelength",
    "excitation",
)
MODEL_ERROR = 0.01
FIT_NOTE = "uncertainty of the fit alone; wavelength calibration and slit not included"

PARAMETERS = (
    Parameter("excitation_nm", "Excitation wavelength", "nm", None, 150, 2000,
              help="Lines at this wavelength and at twice it are ignored."),
    Parameter("from_nm", "Fit from", "nm", None, 150, 5000),
    Parameter("to_nm", "Fit to", "nm", None, 150, 5000),
    Parameter("shape", "Band shape", "", "auto", choices=("auto", *BAND_VALUES)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Chosen:
    main: Candidate
    others: tuple[Candidate, ...]
    warnings: tuple[str, ...]


def run_pl(reading: Reading, given: dict[str, Any]) -> Result:
    """Peak and width of a photoluminescence spectrum; raises `NoResult`."""
    return _run(reading, given, "pl", "PL")


def run_el(reading: Reading, given: dict[str, Any]) -> Result:
    """Peak, width and colour of an electroluminescence spectrum; raises `NoResult`."""
    return _run(reading, given, "el", "EL")


def _run(reading: Reading, given: dict[str, Any], prefix: str, noun: str) -> Result:
    settings = settings_for(PARAMETERS, given)
    spectrum = _window(spectrum_of(reading, SIGNALS), settings["from_nm"], settings["to_nm"])
    excitation_nm = settings["excitation_nm"] or excitation_of(reading)
    chosen = choose_band(spectrum, excitation_nm)
    use = fit_points(spectrum, chosen)
    fit = best_fit(spectrum, use, chosen.main, settings["shape"])
    _refuse_doubtful(spectrum, use, fit)
    warnings = (*chosen.warnings, *_fit_warnings(spectrum, use, fit))
    detail = _detail(fit, chosen)
    if follows_band(spectrum, fit, chosen.main):
        figures, how = _figures(fit, prefix, noun), f"from a {fit.shape} fitted in energy"
    else:
        figures = _read_figures(read_band(spectrum, chosen.main.index), prefix, noun)
        how = "read off the spectrum, as no single band describes it"
        warnings = (*warnings, "No single band shape describes this spectrum (two bands, re-absorption, "
                    "interference?): peak and width were read off the data; the fit is only drawn.")  # fmt: skip
    if prefix == "el":
        colour, remarks = _colour(spectrum, fit)
        detail["cie_1931_xy"] = colour
        warnings = (*warnings, *remarks)
    return Result(
        figures=figures,
        summary=_summary(figures, noun, how),
        warnings=warnings,
        curves=_curves(spectrum, use, fit),
        detail=detail,
    )


def excitation_of(reading: Reading) -> float | None:
    """The excitation wavelength (nm) that the file's header gives, None when it gives none."""
    for key in EXCITATION_KEYS:
        try:
            value = float(reading.metadata[key])
        except (KeyError, TypeError, ValueError):
            continue
        if 150 <= value <= 2000:
            return value
    return None


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


def choose_band(spectrum: Spectrum, excitation_nm: float | None) -> _Chosen:
    """Pick the main band; lines of scattered excitation are left out and named."""
    found = candidates(spectrum)
    lines = [c for c in found if is_excitation(c, excitation_nm) or is_line(c, found)]
    bands = [c for c in found if c not in lines]
    if not bands:
        raise NoResult(_why_no_band(spectrum, lines))
    main, others = bands[0], tuple(c for c in bands[1:] if c.height >= 0.05 * bands[0].height)
    warnings = [
        f"A narrow line at {line.wavelength_nm:.1f} nm was taken as scattered excitation and ignored."
        for line in lines
    ]
    if others:
        places = ", ".join(
            f"{c.wavelength_nm:.0f} nm ({c.height / main.height:.0%})" for c in others
        )
        warnings.append(
            f"More than one band: the main one is at {main.wavelength_nm:.0f} nm; others at {places} "
            "of its height were not fitted."
        )
    warnings.extend(_edge_warnings(spectrum, main))
    return _Chosen(main, (*others, *lines), tuple(warnings))


def _why_no_band(spectrum: Spectrum, lines: list[Candidate]) -> str:
    first, last = spectrum.wavelength_nm[0], spectrum.wavelength_nm[-1]
    if lines:
        return (
            f"Only the scattered excitation at {lines[0].wavelength_nm:.1f} nm stands out between "
            f"{first:g} and {last:g} nm: no emission band. Check the sample and the filter."
        )
    smooth, noise = smoothed(spectrum.signal)
    k = int(np.argmax(smooth))
    if k in (0, smooth.size - 1) and np.ptp(smooth) > 8 * noise:
        return (
            f"The signal is highest at the edge of the scan ({spectrum.wavelength_nm[k]:g} nm): the band "
            "is cut off. Measure a range that shows both sides of the peak."
        )
    return (
        f"No emission band stands out of the noise between {first:g} and {last:g} nm. "
        "Integrate longer, open the slits or check the sample."
    )


def _edge_warnings(spectrum: Spectrum, main: Candidate) -> list[str]:
    smooth, _ = smoothed(spectrum.signal)
    floor, top = float(np.min(smooth)), float(smooth[main.index])
    warnings = []
    for side, name in ((0, "short"), (-1, "long")):
        share = (smooth[side] - floor) / (top - floor)
        if share > 0.5:
            warnings.append(
                f"The signal at the {name}-wavelength end ({spectrum.wavelength_nm[side]:g} nm) is "
                f"{share:.0%} of the band: the scan is cut or scattered light runs into it; width uncertain."
            )
    return warnings


def fit_points(spectrum: Spectrum, chosen: _Chosen) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Mark the points to fit: three widths to either side, up to the valley to a neighbour."""
    main, wavelength_nm = chosen.main, spectrum.wavelength_nm
    energy = spectrum.energy_ev
    use = np.abs(energy - HC_EV_NM / main.wavelength_nm) <= 3 * main.fwhm_ev
    smooth, _ = smoothed(spectrum.signal)
    for other in chosen.others:
        a, b = sorted((main.index, other.index))
        valley = a + int(np.argmin(smooth[a : b + 1]))
        side = wavelength_nm <= wavelength_nm[valley]
        use &= side if other.index > main.index else ~side
    use &= ~saturated_points(spectrum.signal)
    # the rise of scattered light at an end of the scan is no part of the band
    for order, away in ((slice(None, main.index), -1), (slice(main.index, None), 1)):
        part = smooth[order]
        if part.size > 2:
            lowest = int(np.argmin(part)) + (0 if away < 0 else main.index)
            end = smooth[0] if away < 0 else smooth[-1]
            if end - smooth[lowest] > 0.1 * main.height:
                use &= np.arange(use.size) >= lowest if away < 0 else np.arange(use.size) <= lowest
    if use.sum() < 8:
        raise NoResult(
            f"Only {int(use.sum())} points describe the band at {main.wavelength_nm:.1f} nm: at least 8 "
            "are needed. Measure with a finer step."
        )
    return np.asarray(use)


def best_fit(
    spectrum: Spectrum, use: np.ndarray[Any, np.dtype[np.bool_]], main: Candidate, shape: str
) -> BandFit:
    """Fit every allowed shape and background; the lowest BIC wins."""
    sigma = point_sigma(spectrum)[use]
    shapes = tuple(BAND_VALUES) if shape == "auto" else (shape,)
    fits = [
        fit_band(
            spectrum.wavelength_nm[use], spectrum.signal[use], sigma, per_energy=spectrum.per_energy,
            centre_nm=main.wavelength_nm, fwhm_ev=main.fwhm_ev, shape=one, sloped=sloped,
        )
        for one in shapes
        for sloped in (False, True)
    ]  # fmt: skip
    converged = [fit for fit in fits if fit is not None]
    if not converged:
        raise NoResult(
            f"No band shape could be fitted at {main.wavelength_nm:.1f} nm. Narrow the range with "
            "“fit from” and “fit to”."
        )
    return min(converged, key=lambda fit: fit.bic)


def point_sigma(spectrum: Spectrum) -> Floats:
    """Standard deviation of each point: a constant part and one that grows with the signal.

    Both are estimated from second differences, so that corrected or rescaled counts weigh as they
    scatter. 1 % of the band's height is added: no band shape is right to better than that, and
    without it a quiet background would outvote the peak.
    """
    signal = spectrum.signal
    smooth, _ = smoothed(signal)
    height = float(np.ptp(smooth))
    squares = (signal[:-2] - 2 * signal[1:-1] + signal[2:]) ** 2 / 6
    level = np.clip(smooth[1:-1] - np.min(smooth), 0, None) / height
    (constant, growing), _ = scipy.optimize.nnls(
        np.column_stack([np.ones_like(level), level]), squares
    )
    full_level = np.clip(smooth - np.min(smooth), 0, None) / height
    variance = constant + growing * full_level + (MODEL_ERROR * height) ** 2
    return np.asarray(np.sqrt(variance), dtype=float)


def _refuse_doubtful(
    spectrum: Spectrum, use: np.ndarray[Any, np.dtype[np.bool_]], fit: BandFit
) -> None:
    peak_nm = apex_nm(fit).position
    inside = spectrum.wavelength_nm[use]
    if not inside[0] < peak_nm < inside[-1]:
        raise NoResult(
            f"The fitted maximum ({peak_nm:.1f} nm) lies outside the points that were fitted "
            f"({inside[0]:g} to {inside[-1]:g} nm): the band is cut off at the edge of the scan."
        )
    rest = spectrum.signal[use] - fit.band(inside) - fit.background(inside)
    scatter = float(np.std(smoothed(rest)[0]))
    height = float(fit.band(np.array([peak_nm]))[0])
    uncertain = fit.uncertainty_of(lambda p: float(p[0])) * fit.scale
    if height < 3 * scatter or height < 4 * uncertain:
        raise NoResult(
            f"A bump at {peak_nm:.1f} nm is not clearly above what the fit leaves unexplained: no peak is "
            "reported. Integrate longer or measure a background."
        )


def _figures(fit: BandFit, prefix: str, noun: str) -> tuple[Figure, ...]:
    apex = apex_nm(fit)
    centre_ev, fwhm_ev = float(fit.values[1]), fit.fwhm_ev(fit.values)
    lambda_u = fit.uncertainty_of(lambda p: apex_nm(fit, p).position)
    width_u = fit.uncertainty_of(lambda p: apex_nm(fit, p).fwhm)
    u_ev = fit.uncertainty_of(lambda p: float(p[1]))
    u_fwhm_ev = fit.uncertainty_of(fit.fwhm_ev)
    return (
        Figure(f"{prefix}_peak_nm", apex.position, lambda_u, "nm", f"{noun} peak, maximum of I(λ)", note=FIT_NOTE),
        Figure(f"{prefix}_fwhm_nm", apex.fwhm, width_u, "nm", f"{noun} full width at half maximum, in I(λ)", note=FIT_NOTE),
        Figure(f"{prefix}_fwhm_mev", 1e3 * fwhm_ev, 1e3 * u_fwhm_ev, "meV", f"{noun} full width at half maximum, in I(E)", note=FIT_NOTE),
        Figure(f"{prefix}_peak_ev", centre_ev, u_ev, "eV", f"{noun} peak, maximum of I(E)", note=FIT_NOTE),
        Figure(f"{prefix}_peak_energy_fit_nm", HC_EV_NM / centre_ev, HC_EV_NM * u_ev / centre_ev**2, "nm", f"{noun} peak of I(E), as a wavelength", note=FIT_NOTE),
    )  # fmt: skip


def follows_band(spectrum: Spectrum, fit: BandFit, main: Candidate) -> bool:
    """Say whether the fit stays with the band: within 3 % rms over its width, and at its top."""
    apex = apex_nm(fit)
    near = np.abs(spectrum.wavelength_nm - apex.position) <= apex.fwhm / 2
    near &= ~saturated_points(spectrum.signal)
    smooth, noise = smoothed(spectrum.signal)
    x = spectrum.wavelength_nm[near]
    rest = smooth[near] - fit.band(x) - fit.background(x)
    misfit = float(np.sqrt(max(float(np.mean(rest**2)) - noise**2, 0.0))) if rest.size else 0.0
    saturated = bool(saturated_points(spectrum.signal).any())
    moved = abs(apex.position - main.wavelength_nm) > 0.1 * apex.fwhm and not saturated
    return misfit <= 0.03 * main.height and not moved


def _read_figures(band: BandReading, prefix: str, noun: str) -> tuple[Figure, ...]:
    note = "read off the spectrum"
    return (
        Figure(f"{prefix}_peak_nm", band.peak_nm, band.u_peak_nm, "nm", f"{noun} peak, maximum of I(λ)", note=note),
        Figure(f"{prefix}_fwhm_nm", band.fwhm_nm, None, "nm", f"{noun} full width at half maximum, in I(λ)", note=note),
        Figure(f"{prefix}_fwhm_mev", band.fwhm_mev, None, "meV", f"{noun} full width at half maximum, from I(λ)", note=note),
    )  # fmt: skip


def _fit_warnings(
    spectrum: Spectrum, use: np.ndarray[Any, np.dtype[np.bool_]], fit: BandFit
) -> list[str]:
    warnings = []
    apex = apex_nm(fit)
    clipped = int(saturated_points(spectrum.signal).sum())
    if clipped:
        warnings.append(
            f"The top is flat over {clipped} points: the detector was probably saturated. They were left out "
            "of the fit; measure again with less light."
        )
    if spectrum.counts and 65000 <= float(np.max(spectrum.signal)) <= 65535 and not clipped:
        warnings.append(
            "Counts come close to the 16-bit limit (65535): check the detector's linearity."
        )
    inside = spectrum.wavelength_nm[use]
    if (np.abs(inside - apex.position) < apex.fwhm / 2).sum() < 5:
        warnings.append(
            "Fewer than five points lie within the width: step too coarse for a good width."
        )
    return warnings


def _detail(fit: BandFit, chosen: _Chosen) -> dict[str, Any]:
    return {
        "shape": fit.shape,
        "lorentz_fraction": float(fit.values[3]) if BAND_VALUES[fit.shape] > 3 else 0.0,
        "background": "sloped" if fit.sloped else "level",
        "reduced_chi2": fit.reduced_chi2,
        "highest_point_nm": chosen.main.wavelength_nm,
        "other_features_nm": [c.wavelength_nm for c in chosen.others],
    }


def _colour(spectrum: Spectrum, fit: BandFit) -> tuple[list[float] | None, list[str]]:
    if spectrum.per_energy or spectrum.wavelength_nm[0] > 420 or spectrum.wavelength_nm[-1] < 700:
        return None, ["No CIE colour: the spectrum does not cover 420 to 700 nm per nm."]
    net = spectrum.signal - fit.background(spectrum.wavelength_nm)
    x, y = EmissionSpectrum(spectrum.wavelength_nm, net).cie_xy
    return [x, y], []


def _summary(figures: tuple[Figure, ...], noun: str, how: str) -> str:
    peak, width, width_mev = figures[:3]
    sentence = (
        f"{noun} peak at {peak.value:.1f} nm, {width.value:.1f} nm wide "
        f"({width_mev.value:.0f} meV), {how}"
    )
    if len(figures) > 3:
        sentence += f"; the maximum in energy lies at {figures[4].value:.1f} nm"
    return sentence + "."


def _curves(
    spectrum: Spectrum, use: np.ndarray[Any, np.dtype[np.bool_]], fit: BandFit
) -> tuple[Curve, ...]:
    inside = spectrum.wavelength_nm[use]
    fine = np.linspace(inside[0], inside[-1], 400)
    model: Callable[[Floats], Floats] = lambda x: fit.band(x) + fit.background(x)  # noqa: E731
    rest = spectrum.signal[use] - model(inside)
    return (
        Curve("fit", fine.tolist(), model(fine).tolist()),
        Curve("background", fine.tolist(), fit.background(fine).tolist()),
        Curve("residual", inside.tolist(), rest.tolist(), "residual"),
    )


PL_PEAK = Method("pl-peak", "1", "pl", "PL peak and width", run_pl, PARAMETERS)
EL_SPECTRUM = Method(
    "el-spectrum", "1", "el_spectrum", "EL peak, width and colour", run_el, PARAMETERS
)
