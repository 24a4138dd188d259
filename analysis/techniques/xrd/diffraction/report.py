"""The result of a phase identification: figures, curves, evidence, warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np

from analysis.result import Curve, Figure, Result
from analysis.techniques.shared.calibration import TWO_THETA, Known
from analysis.techniques.xrd.diffraction import evidence
from analysis.techniques.xrd.diffraction.byproducts import Amount
from analysis.techniques.xrd.diffraction.fit import USUAL_BYPRODUCTS, Floats
from analysis.techniques.xrd.diffraction.identify import Findings
from analysis.techniques.xrd.diffraction.profiles import scherrer_size_nm
from analysis.techniques.xrd.diffraction.simulator import sticks
from analysis.techniques.xrd.diffraction.structures import (
    Structure,
    pseudo_cubic_angstrom,
    structures,
)
from analysis.techniques.xrd.diffraction.tilt import GAMMA_DELTA_CHI2
from analysis.techniques.xrd.diffraction.verdict import (
    NAMES,
    Verdict,
    decide,
    other_lattice,
    rivals,
)

# Line shape, displacement and a 2θ scale of the default u, at the strongest line.
_LATTICE_SYSTEMATIC_ANGSTROM = 0.005
_LINE_DEG = 28.6  # (200) of CsPbI3, Cu Kα
# Scherrer constant, shape and line profile: whole cubes from the Debye equation read 5 to 20 % too large.
_SIZE_RELATIVE_UNCERTAINTY = 0.15


def result(findings: Findings, warnings: tuple[str, ...], scale: Known) -> Result:
    """Put findings in the shape every method answers in."""
    verdict = decide(findings)
    detail = {
        "evidence": evidence.tilt_lines(findings.fitter, findings.solution)
        if findings.perovskite
        else [],
        "rivals": [asdict(rival) for rival in rivals(findings, verdict)]
        if findings.perovskite
        else [],
        "unexplained": [
            {
                "two_theta_deg": line.two_theta_deg,
                "relative_percent": round(line.relative_percent, 1),
                "candidates": list(line.candidates),
            }
            for line in findings.alarm.unexplained
        ],
        "lines": evidence.assigned(findings.fitter, findings.solution, findings.alarm.peaks),
        "fit": _fit_settings(findings),
        "structures": [
            {"key": s.key, "name": s.name, "source": s.source, "confidence": s.confidence}
            for s in structures().values()
        ],
    }
    return Result(
        figures=_figures(findings, scale),
        summary=verdict.sentence + _byproduct_sentence(findings, verdict),
        warnings=warnings + findings.fitter.scan.warnings + _warnings(findings, verdict),
        curves=_curves(findings),
        detail=detail,
        phase=verdict.phase,
    )


def _fit_settings(findings: Findings) -> dict[str, object]:
    setting = findings.solution.setting
    scan = findings.fitter.scan
    return {
        "radiation": findings.fitter.radiation.name,
        "wavelength_angstrom": round(findings.fitter.radiation.mean_angstrom, 5),
        "from_deg": round(float(scan.two_theta_deg[0]), 3),
        "to_deg": round(float(scan.two_theta_deg[-1]), 3),
        "points": int(scan.two_theta_deg.size),
        "shift_deg": round(setting.shift_deg, 3),
        "extra_b_angstrom2": round(setting.extra_b_angstrom2, 2),
        "delta_chi2_untilted": round(findings.profile.delta_chi2_untilted, 1),
        "line_width_deg": round(scan.fwhm_deg, 3),
    }


def _lattice_systematic_angstrom(edge: float, scale: Known) -> float:
    """Return the systematic u of a lattice edge on a 2θ scale that is known better or worse than by default.

    Bragg: Δa = a cot θ Δθ.
    """
    per_deg = edge / np.tan(np.radians(_LINE_DEG / 2)) * np.radians(0.5)
    square = _LATTICE_SYSTEMATIC_ANGSTROM**2 + per_deg**2 * (scale.u**2 - TWO_THETA.u**2)
    return float(np.sqrt(max(square, (_LATTICE_SYSTEMATIC_ANGSTROM / 2) ** 2)))


def _figures(findings: Findings, scale: Known) -> tuple[Figure, ...]:
    profile, setting = findings.profile, findings.solution.setting
    figures: list[Figure] = []
    # A number that a person may accept is given only where the fit stands behind it.
    sound = findings.perovskite and not findings.alarm.rings
    edge_u, march_u = findings.fitter.uncertainty(findings.solution, findings.kept, profile.scale)
    if sound and findings.lattice_is_plausible:
        label = "Octahedral tilt, 0 cubic, 1 published γ"
        figures.append(Figure("xrd_tilt", profile.tilt, profile.tilt_u, "", label))
    if sound or other_lattice(findings):
        size, size_u = crystallite_nm(findings)
        edge, label = setting.lattice_a_angstrom, "Pseudo-cubic lattice edge"
        edge_u = float(np.hypot(min(edge_u, 0.2), _lattice_systematic_angstrom(edge, scale)))
        note = f"fit, line shape and displacement, and {scale.said}"
        figures.append(Figure("lattice_a_pc_angstrom", edge, edge_u, "Å", label, note=note))
        label, note = (
            "Crystallite size (Scherrer)",
            "from the width at half height, no strain assumed",
        )
        figures.append(Figure("crystallite_nm", size, size_u, "nm", label, note=note))
    if sound:
        march_u = float(np.clip(march_u, 0.02, 1.0))
        label = "March texture, 1 random, small flat-lying"
        figures.append(Figure("march_r", setting.march_r, march_u, "", label))
    figures += [_amount(findings, amount) for amount in findings.amounts]
    figures += [
        Figure("reduced_chi2", findings.alarm.reduced_chi2, None, "", "Reduced χ² of the fit"),
        Figure("r_wp_percent", findings.alarm.r_wp_percent, None, "%", "R_wp of the fit"),
    ]
    return tuple(figures)


def _amount(findings: Findings, amount: Amount) -> Figure:
    quantity = f"{amount.phase}_volume_percent"
    label = f"{NAMES[amount.phase]}, share of the crystalline volume"
    if findings.alarm.strong:
        return Figure(
            quantity, None, None, "%", label, note="not given: strong lines are unexplained"
        )
    if amount.found:
        note = "random or usual texture assumed; shares tend to read 10 to 20 % too high"
        u = min(amount.uncertainty_percent, 100.0)
        return Figure(quantity, amount.volume_percent, u, "%", label, note=note)
    high = min(max(amount.limit_percent, amount.volume_percent), 100.0)
    return Figure(quantity, None, None, "%", label, high=high, note="not found; upper limit, 95 %")


def crystallite_nm(findings: Findings) -> tuple[float, float]:
    """Crystallite size of the perovskite from the width of its lines, and its standard uncertainty."""
    sizes, amount = findings.solution.blocks[0].sizes_nm, findings.solution.amounts[0]
    size = scherrer_size_nm(sizes, amount)
    return size, _SIZE_RELATIVE_UNCERTAINTY * size


def _byproduct_sentence(findings: Findings, verdict: Verdict) -> str:
    if findings.alarm.rings:
        return ""
    told = {verdict.phase, *verdict.told}
    found = [a for a in findings.amounts if a.found and a.phase not in told]
    if not found:
        return ""
    parts = [
        f"{NAMES[a.phase]} {a.volume_percent:.0f} ± {a.uncertainty_percent:.0f} %" for a in found
    ]
    return f" Beside it, of the crystalline volume: {', '.join(parts)}."


def _warnings(findings: Findings, verdict: Verdict) -> tuple[str, ...]:
    notes: list[str] = []
    weak = [u for u in findings.alarm.unexplained if u not in findings.alarm.strong]
    if weak:
        places = ", ".join(
            f"{u.two_theta_deg:.2f}°" + (f" ({' or '.join(u.candidates)}?)" if u.candidates else "")
            for u in weak
        )
        notes.append(f"Weak lines are not explained by any phase on offer: {places}.")
    if findings.alarm.poor_fit:
        notes.append(
            "The fit misses a large part of the lines' signal: treat every number with care."
        )
    for amount in findings.amounts:
        if amount.phase in findings.kept and not amount.found and not findings.alarm.rings:
            notes.append(
                f"A trace of {NAMES[amount.phase]} (about {amount.volume_percent:.1f} %) improves the fit; "
                "below 3 % it does not count as found."
            )
    if 0.35 < findings.profile.march_r < 0.7 and verdict.phase in {"alpha", "gamma", None}:
        notes.append(
            f"The film is textured (March r = {findings.profile.march_r:.2f}): the tilt-only lines are weakened."
        )
    if findings.perovskite:
        notes += _size_notes(findings)
    share = findings.mixture[0]
    excluded = findings.mixture_delta_chi2 > GAMMA_DELTA_CHI2
    if verdict.phase == "gamma" and 0.1 < share < 0.9 and not excluded:
        notes.append(
            f"Partly tilted γ and a mixture of α with about {100 * share:.0f} % γ give nearly the same "
            "pattern: this one does not clearly exclude the mixture."
        )
    if verdict.phase in {"gamma", "alpha", "mixed"}:
        notes.append(
            "A CaI2 shell or seed of a few nanometres makes no line that XRD can tell from the "
            "background: look for calcium by XPS or EDS."
        )
    return tuple(notes)


def _size_notes(findings: Findings) -> list[str]:
    size = crystallite_nm(findings)[0]
    if size > 60:
        return [
            "The lines are as narrow as the instrument's: the crystallite size is a lower limit."
        ]
    return []


def _rounded(values: Floats, digits: int) -> list[float]:
    return [float(v) for v in np.round(values, digits)]


def _curves(findings: Findings) -> tuple[Curve, ...]:
    scan, solution = findings.fitter.scan, findings.solution
    x = _rounded(scan.two_theta_deg, 4)
    digits = 2 if float(np.ptp(scan.intensity)) > 50 else 6
    curves = [
        Curve("fit", x, _rounded(solution.fit, digits)),
        Curve("background", x, _rounded(solution.background, digits)),
        Curve("residual", x, _rounded(scan.intensity - solution.fit, digits), "residual"),
    ]
    low, high = float(scan.two_theta_deg[0]), float(scan.two_theta_deg[-1])
    for key in dict.fromkeys(("gamma", "alpha", *USUAL_BYPRODUCTS, *findings.kept)):
        structure = _at_room_temperature(structures()[key])
        hkl, angle, percent = sticks(structure, findings.fitter.radiation, low, high)
        seen = percent > 0.5
        places, heights = _rounded(angle[seen], 3), _rounded(percent[seen], 1)
        names = [indices(line) for line in hkl[seen].tolist()]
        curves.append(Curve(structure.name, places, heights, "sticks", names=names))
    return tuple(curves)


def indices(hkl: Sequence[int]) -> str:
    """Return Miller indices as they stand beside a line: 220, or 1 0 −2 where that could be misread."""
    if all(0 <= index <= 9 for index in hkl):
        return "".join(map(str, hkl))
    return " ".join(str(index).replace("-", "−") for index in hkl)


def _at_room_temperature(structure: Structure) -> Structure:
    """Shrink α from its 634 K cell to γ's volume, where nanocrystals at room temperature are."""
    if structure.key != "alpha":
        return structure
    edge = pseudo_cubic_angstrom()
    return replace(structure, cell=(edge, edge, edge, 90.0, 90.0, 90.0))
