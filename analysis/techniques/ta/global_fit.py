"""Global fit of a map of ΔA: shared lifetimes, their spectra, the bleach and its shift."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.quantity import Place, Quantity
from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.shared.calibration import LEVEL, WAVELENGTH, Known, known
from analysis.techniques.shared.rounding import rounded
from analysis.techniques.shared.settings import settings_for
from analysis.techniques.ta.bleach import (
    Apex,
    HalfLife,
    Spectra,
    apex_at,
    corrected,
    half_life,
    last_clear_ps,
    spectra_of,
)
from analysis.techniques.ta.choice import FWHM, MISFIT, SURE, Choice, chosen
from analysis.techniques.ta.kinetics import Data, data_of
from analysis.techniques.ta.matrix import map_of

Floats = NDArray[np.float64]

LEAST_SIGNAL = 5.0  # size of the largest group over its noise
EARLY_PS = 1.0  # carriers of lead halides have cooled to the band edge by then, but for the densest
STILL = 0.1  # of the early depth: a late bleach that is shallower is not read

PARAMETERS = (
    Parameter("exponentials", "Exponentials", default="by evidence", choices=("by evidence", "1", "2", "3")),
    Parameter("from_nm", "From", "nm", None, 150, 3500, help="Where the probe has light and no pump scatters."),
    Parameter("to_nm", "To", "nm", None, 150, 3500),
    Parameter("early_ps", "Early bleach at", "ps", None, 0, 1e7, help="After time zero. Left out: 1 ps, or when the response is over."),
    Parameter("late_ps", "Late bleach at", "ps", None, 0, 1e9, help="Left out: the last delay at which the bleach is clear of the noise."),
)  # fmt: skip

QUANTITIES = (
    *(
        Quantity(f"ta_tau{n}_ps", "ps", f"TA lifetime {n}", f"τ{n} (TA)", place=Place.NOWHERE)
        for n in (1, 2, 3)
    ),
    Quantity("bleach_half_life_ps", "ps", "Half-life of the bleach (TA)", "Bleach t½", place=Place.BATCH),
    Quantity("bleach_early_nm", "nm", "Bleach, early (TA)", "Bleach", place=Place.BATCH),
    Quantity("bleach_late_nm", "nm", "Bleach, late (TA)", "Bleach, late", place=Place.BATCH),
    Quantity("bleach_shift_nm", "nm", "Shift of the bleach, late − early (TA)", "Bleach shift", low=-1e3, place=Place.BATCH),
    Quantity("ta_response_fwhm_ps", "ps", "Response (TA), full width", "Response", of_the_fit=True),
)  # fmt: skip


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Lifetimes, bleach and its shift of one map; raises `NoResult` for one without a signal."""
    settings = settings_for(PARAMETERS, given)
    found = map_of(reading, settings["from_nm"], settings["to_nm"])
    data = data_of(found)
    _check_signal(data)
    wanted = None if settings["exponentials"] == "by evidence" else int(settings["exponentials"])
    choice = chosen(data, wanted)
    spectra = spectra_of(
        found, choice.best, data.resolved, min(data.zero_ps, float(found.delays_ps[0]))
    )
    plain = corrected(spectra)
    warnings = [*found.warnings, *_doubts(choice, data)]
    figures = _lifetimes(choice, data)
    early, late = _bleaches(spectra, plain, settings, choice, warnings)
    scale = known(reading, WAVELENGTH)
    figures += _positions(early, late, scale)
    half = HalfLife(None)
    if early is not None:
        half = half_life(spectra, early)
        figures.append(_half(half, early))
    if data.resolved:
        figures.append(
            Figure("ta_response_fwhm_ps", FWHM * choice.best.sigma_ps, None, "ps", "Response, full width", note="of the fit")
        )  # fmt: skip
    return Result(
        figures=tuple(figures),
        summary=_summary(choice, early, late, figures),
        warnings=tuple(warnings),
        curves=_curves(spectra, plain, early, late),
        detail={
            "models": [
                {"model": words, "bic_over_best": bic, "reduced_chi2": chi2}
                for words, bic, chi2 in choice.evidence
            ],
            "reduced_chi2": choice.reduced_chi2,
            "time_zero_ps": {
                "at_nm": [
                    float(w) for w in found.wavelengths_nm[[0, found.wavelengths_nm.size // 2, -1]]
                ],
                "ps": [float(z) for z in spectra.zero_ps[[0, spectra.zero_ps.size // 2, -1]]],
            },
            "wavelengths_nm": [float(found.wavelengths_nm[0]), float(found.wavelengths_nm[-1])],
            "stays": choice.stays,
            "bleach_window_nm": None if early is None else list(early.window),
        },
    )


def _check_signal(data: Data) -> None:
    late = data.delays_ps > data.zero_ps
    if late.sum() < 8:
        raise NoResult(
            f"Only {late.sum()} delays lie behind the rise of the signal: no decay can be read. Measure, or export, the "
            "delays after time zero."
        )
    size = np.sqrt((data.values[:, late] ** 2).mean(axis=1)) / data.noise
    if size.max() < LEAST_SIGNAL / np.sqrt(late.sum()) + 1:
        raise NoResult(
            "Nothing in this map stands out of its noise. Average more scans, or use a stronger pump."
        )


def _doubts(choice: Choice, data: Data) -> list[str]:
    said = []
    if not data.resolved:
        said.append(
            "Fewer than three delays lie before the rise: response, zero of time and baseline cannot be fitted. Zero is "
            "taken at the first delay."
        )
    if choice.reduced_chi2 > MISFIT:
        said.append(
            f"No sum of {choice.best.model.exponentials} exponentials describes this map (reduced χ² "
            f"{choice.reduced_chi2:.2g} against the scatter from delay to delay): its lifetimes are undetermined."
        )
    if choice.unsettled:
        said.append(
            f"How many lifetimes this map has is not settled: {choice.unsettled} describe it as well as "
            f"the {choice.best.model.exponentials} taken, with other lifetimes. Each u holds both, or the lifetime is undetermined."
        )
    if choice.stays:
        said.append(
            "Part of the signal does not decay within the delays measured: its lifetime is undetermined."
        )
    return said


def _lifetimes(choice: Choice, data: Data) -> list[Figure]:
    best, span = choice.best, float(data.delays_ps[-1] - data.zero_ps)
    figures = []
    for n, (tau, u) in enumerate(zip(best.lifetimes_ps, choice.u_ln, strict=True), 1):
        label = f"Lifetime {n} of {best.model.exponentials}"
        quantity = f"ta_tau{n}_ps"
        if choice.reduced_chi2 > MISFIT or u > SURE or tau > span:
            low, high = tau * np.exp(-2 * u), tau * np.exp(2 * min(u, 3))
            longer = tau > span
            figures.append(
                Figure(quantity, None, None, "ps", label, float(low), None if longer else float(high),
                       "undetermined: longer than the window" if longer else "undetermined", "95 %")
            )  # fmt: skip
            continue
        figures.append(
            Figure(quantity, float(tau), float(tau * u), "ps", label,
                   note=f"statistics by delay {tau * best.u_ln[n - 1]:.2g} ps; models, halves of the spectrum, form of the response "
                        f"{tau * choice.spread_ln[n - 1]:.2g} ps", level=LEVEL)
        )  # fmt: skip
    return figures


def _bleaches(
    spectra: Spectra, plain: Floats, settings: dict[str, Any], choice: Choice, warnings: list[str]
) -> tuple[Apex | None, Apex | None]:
    """Return the early and the late bleach, None where it cannot be read."""
    spread = float(np.ptp(spectra.zero_ps))
    over = 3 * choice.best.sigma_ps + (0.1 * spread if spectra.baseline else 0.0)
    first = settings["early_ps"] or max(EARLY_PS, over)
    early = apex_at(spectra, plain, first)
    if early is None:
        warnings.append(
            f"No bleach (negative ΔA with a lowest point inside the map) is clear of the noise at {first:.3g} ps: its "
            "place is undetermined. Where the file holds −ΔA, export ΔA."
        )
        return None, None
    last = settings["late_ps"] or last_clear_ps(spectra, plain, early, STILL)
    late = apex_at(spectra, plain, last) if last else None
    if late is None:
        warnings.append(
            "No later bleach is clear of the noise: the shift is undetermined. Average more scans or measure more delays."
        )
    return early, late


def _positions(early: Apex | None, late: Apex | None, scale: Known) -> list[Figure]:
    figures = []
    for quantity, words, one in (
        ("bleach_early_nm", "early", early),
        ("bleach_late_nm", "late", late),
    ):
        if one is not None:
            figures.append(
                Figure(quantity, one.nm, float(np.hypot(one.u_nm, scale.u)), "nm", f"Bleach, {words}, at {one.delay_ps:.3g} ps",
                       note=f"noise {one.noise_nm:.2g} nm, order of the polynomial {abs(one.order_nm):.2g} nm, "
                            f"zero of time {one.zero_nm:.2g} nm, {scale.said}",
                       level=LEVEL)
            )  # fmt: skip
    if early is not None and late is not None:
        order = abs(late.order_nm - early.order_nm)
        u = float(np.linalg.norm([early.noise_nm, late.noise_nm, order, early.zero_nm]))
        figures.append(
            Figure("bleach_shift_nm", late.nm - early.nm, u, "nm",
                   f"Shift of the bleach, {early.delay_ps:.3g} to {late.delay_ps:.3g} ps",
                   note=f"noise, order of the polynomial {order:.2g} nm, zero of time {early.zero_nm:.2g} nm; the wavelength scale cancels", level=LEVEL)
        )  # fmt: skip
    return figures


def _half(half: HalfLife, early: Apex) -> Figure:
    label = f"Half-life of the bleach, {early.window[0]:.0f} to {early.window[1]:.0f} nm"
    if half.ps is None:
        return Figure("bleach_half_life_ps", None, None, "ps", label, half.longer_than_ps,
                      note=f"undetermined: {half.why}", level="" if half.longer_than_ps is None else "lower bound")  # fmt: skip
    return Figure("bleach_half_life_ps", half.ps, half.u_ps, "ps", label,
                  note="noise; the fit and the points near the crossing; the zero of time", level=LEVEL)  # fmt: skip


def _summary(choice: Choice, early: Apex | None, late: Apex | None, figures: list[Figure]) -> str:
    by_name = {one.quantity: one for one in figures}
    told = [
        rounded(one.value, one.uncertainty, "ps")
        for n in (1, 2, 3)
        if (one := by_name.get(f"ta_tau{n}_ps")) and one.value is not None
    ]
    words = ", ".join(told) if told else "no lifetime determined"
    if choice.stays:
        words += ", and a level that stays"
    parts = [f"Shared lifetimes: {words}."]
    shift = by_name.get("bleach_shift_nm")
    if early is not None and late is not None and shift is not None and shift.value is not None:
        parts.append(
            f"The bleach moves from {early.nm:.1f} to {late.nm:.1f} nm ({rounded(shift.value, shift.uncertainty, 'nm')})."
        )
    return " ".join(parts)


def _curves(
    spectra: Spectra, plain: Floats, early: Apex | None, late: Apex | None
) -> tuple[Curve, ...]:
    found = spectra.found
    x = found.wavelengths_nm.tolist()
    after = found.delays_ps - float(np.median(spectra.zero_ps))
    curves = []
    for words, one in (("early", early), ("late", late)):
        if one is not None:
            place = int(np.argmin(np.abs(after - one.delay_ps)))
            near = plain[:, max(place - 1, 0) : place + 2].mean(axis=1)
            curves.append(Curve(f"{words} spectrum", x, near.tolist()))
            curves.append(Curve(f"{words} model", x, spectra.at(one.delay_ps).tolist()))
    names = [f"{tau:.3g} ps" for tau in spectra.best.lifetimes_ps]
    names += ["stays"] * spectra.best.model.offset
    for k, name in enumerate(names):
        curves.append(Curve(f"DAS {name}", x, spectra.amplitudes[:, k].tolist()))
    if early is not None:
        inside = (found.wavelengths_nm >= early.window[0]) & (
            found.wavelengths_nm <= early.window[1]
        )
        kept = after > 0
        t = after[kept]
        curves += [
            Curve("kinetics", t.tolist(), plain[inside][:, kept].mean(axis=0).tolist(), x_unit="ps"),
            Curve("kinetics model", t.tolist(), [float(spectra.at(float(d))[inside].mean()) for d in t], x_unit="ps"),
        ]  # fmt: skip
    return tuple(curves)


TA_GLOBAL = Method(
    "ta-global", "2", "ta", "Global fit and bleach", run, PARAMETERS, leaves_out=True
)
