"""What a region says: metallic lead beside that of the perovskite, calcium there or below a limit, carbon's place."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.quantity import BATCH, Place, Quantity
from analysis.reading import Reading, Scan
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.shared.calibration import LEVEL
from analysis.techniques.shared.settings import settings_for
from analysis.techniques.xps.fitting import Floats, noise_of
from analysis.techniques.xps.lines import C_1S_EV, CA_2P, PB_4F, PB_METAL_EV
from analysis.techniques.xps.reference import Reference, carbon_ev, reference_of
from analysis.techniques.xps.weak import Weak, calcium, metallic_lead, strongest

METAL = Quantity("metallic_lead_percent", "%", "Pb(0) of all lead (XPS)", "Pb(0)", high=100,
                 subjects=(BATCH,), place=Place.BATCH)  # fmt: skip
SURFACE = Quantity("ratio_ca_pb_surface", "", "R at the surface (XPS)", "R at the surface", high=1000,
                   subjects=(BATCH,), place=Place.BATCH)  # fmt: skip
AREA = Quantity("ca_2p_area_counts_ev", "counts eV", "Area of Ca 2p", of_the_fit=True)
PARAMETERS = (
    Parameter("c_1s_ev", "C 1s stands at", "eV", None, 250, 320,
              help="In this file, before any correction. Where it has a C 1s region, that is taken."),
    Parameter("c_1s_reference_ev", "C 1s is set to", "eV", C_1S_EV, 280, 290),
)  # fmt: skip
UNSURE_EV = 2.0  # how far charging may have moved a region without a reference
LONGEST_EV, COARSEST_EV = 120.0, 0.6
SENSITIVITY_U = 0.2  # of the ratio of two sensitivities and the analyser's transmission
SMOOTHED = 0.3  # of Poisson's variance: less scatter than counting has
METAL_ITSELF_EV = 137.5


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Say what the region shows; raise `NoResult` where it is none of Pb 4f, Ca 2p and C 1s."""
    settings = settings_for(PARAMETERS, given)
    x, y = reading.x.values, reading.y.values
    reference = reference_of(
        [scan for scan in reading.scans if scan.key != reading.scan] or list(reading.scans),
        settings["c_1s_ev"], settings["c_1s_reference_ev"],
    )  # fmt: skip
    _check(x, y)
    shift, unsure = reference.shift_ev or 0.0, 0.0 if reference.shift_ev is not None else UNSURE_EV
    warnings = [] if reference.words else [
        "There is no charge reference (a C 1s region in the file, or told): positions are as the file has them, and lines are "
        f"sought {UNSURE_EV:g} eV further to both sides."
    ]  # fmt: skip
    if reading.y.unit == "counts" and _scatter(y) < SMOOTHED:
        warnings.append(
            "The points scatter less than counting does: the region was smoothed, or these are no counts. Uncertainties and "
            "limits are too small then; export it as measured."
        )
    if _covers(x, PB_4F.low_ev - shift - 2.5, PB_4F.high_ev - shift + 4.0):
        return _lead(reading, reference, unsure, warnings)
    if _covers(x, CA_2P.low_ev - shift - 2.0, CA_2P.high_ev - shift + 3.5):
        return _calcium(reading, reference, unsure, warnings)
    carbon = carbon_ev(x, y)
    if carbon is not None:
        return Result(
            (), f"C 1s stands at {carbon:.2f} eV: the energies are off by {carbon - settings['c_1s_reference_ev']:+.2f} eV.",
            detail={"c_1s_ev": carbon},
        )  # fmt: skip
    raise NoResult(
        f"This region runs from {x[0]:.1f} to {x[-1]:.1f} eV and holds none of Pb 4f (134 to 145 eV), Ca 2p (344 to 353 eV) and "
        "C 1s (283 to 288 eV) with its background on both sides."
    )


def _covers(x: Floats, low: float, high: float) -> bool:
    return bool(x[0] <= low and x[-1] >= high)


def _check(x: Floats, y: Floats) -> None:
    step = float(np.median(np.diff(x)))
    if np.ptp(x) > LONGEST_EV or step > COARSEST_EV:
        raise NoResult(
            f"This is a survey or a coarse region ({np.ptp(x):.0f} eV in steps of {step:.2g} eV). Weak lines need a region of their "
            f"own, in steps of at most {COARSEST_EV:g} eV."
        )
    if x.size < 30 or np.ptp(y) == 0 or (y < 0).any():
        raise NoResult(
            "A region needs at least 30 points of counts that differ and are not negative. Export it as measured."
        )


def _scatter(y: Floats) -> float:
    return float(np.median(noise_of(y) ** 2 / np.maximum(y, 1.0)))


def _lead(reading: Reading, reference: Reference, unsure: float, warnings: list[str]) -> Result:
    weak = _of_lead(reading.x.values, reading.y.values, reference, unsure)
    if weak.main < 5 * weak.u_main:
        raise NoResult("No Pb 4f stands out of the background of this region. Measure longer.")
    shift = reference.shift_ev or 0.0
    main_ev, place_ev = weak.main_ev + shift, weak.place_ev + shift
    total = weak.main + max(weak.area, 0.0)
    share, u = 100 * weak.area / total, 100 * weak.u * weak.main / total**2
    where = f"{weak.main_ev - weak.place_ev:.1f} eV below the main doublet at {main_ev:.1f} eV"
    if reference.words and main_ev < METAL_ITSELF_EV:
        warnings.append(
            f"The main doublet stands at {main_ev:.1f} eV, where metallic lead does ({PB_METAL_EV:g} eV): most of the lead may be "
            "metal, and what is given is what lies below it."
        )
    note = f"area of both lines; {reference.words or 'no charge reference'}"
    if weak.found:
        figure = Figure(METAL.name, share, u, "%", METAL.label, note=note, level=LEVEL)
        words = (
            f"Pb(0) is there: {share:.2g} ± {u:.1g} % of the lead, at {place_ev:.1f} eV ({where})."
        )
    else:
        limit = 100 * weak.limit / (weak.limit + weak.main)
        figure = Figure(METAL.name, None, None, "%", METAL.label, high=limit,
                        note=f"not found; upper limit, 95 %; {note}", level="95 %")  # fmt: skip
        words = f"No Pb(0) found 1.1 to 2.0 eV below the main doublet at {main_ev:.1f} eV: less than {limit:.2g} % of the lead (95 %)."
    detail = {
        "region": "Pb 4f",
        "metallic_lead": bool(weak.found),
        "main_ev": main_ev,
        "metal_ev": place_ev,
    }
    return _result((figure,), words, weak, warnings, detail | {"shift_ev": reference.shift_ev})


def _of_lead(x: Floats, y: Floats, reference: Reference, unsure: float) -> Weak:
    shift = reference.shift_ev or 0.0
    low, high = max(PB_4F.low_ev - shift - unsure, x[0] + 2), PB_4F.high_ev - shift + unsure
    return metallic_lead(x, y, strongest(x, y, PB_4F, low, high))


def _calcium(reading: Reading, reference: Reference, unsure: float, warnings: list[str]) -> Result:
    shift = reference.shift_ev or 0.0
    x, y = reading.x.values, reading.y.values
    weak = calcium(
        x,
        y,
        max(CA_2P.low_ev - shift - unsure, x[0] + 1),
        min(CA_2P.high_ev - shift + unsure, x[-1] - 4),
    )
    figures = []
    seconds = _seconds_of(reading)
    if seconds is None:
        warnings.append(
            "The signal is a rate, and how long each point was counted is not said: the area of Ca 2p in counts is left out. "
            "Export counts, or VAMAS with its collection time."
        )
    else:
        figures.append(_area(weak, seconds, reference))
    if weak.found:
        words = f"Ca 2p is there: its 3/2 line at {weak.place_ev + shift:.1f} eV, {weak.area / weak.u:.0f} standard uncertainties high."
    else:
        words = f"No Ca 2p found: its area is below {weak.limit:.3g} {reading.y.unit} eV (95 %)."
    ratio = _beside_lead(reading, weak, reference, unsure)
    if ratio is not None:
        figures.insert(0, ratio)
        said = (
            f"{ratio.value:.2g} ± {ratio.uncertainty:.1g}"
            if ratio.value is not None
            else f"below {ratio.high:.2g} (95 %)"
        )
        words += f" Ca:Pb at the surface {said}."
    detail = {
        "region": "Ca 2p",
        "calcium": bool(weak.found),
        "ca_2p_ev": weak.place_ev + shift,
        "shift_ev": reference.shift_ev,
    }
    return _result(tuple(figures), words, weak, warnings, detail)


def _area(weak: Weak, seconds: float, reference: Reference) -> Figure:
    """Return the area of Ca 2p or its limit in counts eV, of a signal of which each unit is ``seconds`` counts."""
    note = f"both lines; {reference.words or 'no charge reference'}"
    if weak.found:
        return Figure(AREA.name, weak.area * seconds, weak.u * seconds, AREA.unit, AREA.label, note=note, level=LEVEL)  # fmt: skip
    return Figure(AREA.name, None, None, AREA.unit, AREA.label, high=weak.limit * seconds,
                  note=f"not found; upper limit, 95 %; {note}", level="95 %")  # fmt: skip


def _seconds_of(reading: Reading) -> float | None:
    """Return what turns the signal into counts: 1 for counts, the time of a point (s) for rates, None where it is not said."""
    return _told_seconds(reading.metadata) if reading.y.unit == "counts/s" else 1.0


def _beside_lead(reading: Reading, ca: Weak, reference: Reference, unsure: float) -> Figure | None:
    """Return Ca:Pb where the file has a Pb 4f region measured alike, None where it has none."""
    shift = reference.shift_ev or 0.0
    own = next((scan for scan in reading.scans if scan.key == reading.scan), None)
    for scan in reading.scans:
        if own is None or scan is own or np.ptp(scan.x.values) > LONGEST_EV:
            continue
        if not _covers(scan.x.values, PB_4F.low_ev - shift - 2.5, PB_4F.high_ev - shift + 4.0):
            continue
        times = _time(own), _time(scan)
        if own.metadata.get("pass_ev") != scan.metadata.get("pass_ev") or None in times:
            return None
        lead = _of_lead(scan.x.values, scan.ys[0].values, reference, unsure)
        total = (lead.main + max(lead.area, 0.0)) / times[1] / PB_4F.sensitivity  # type: ignore[operator]
        if lead.main < 5 * lead.u_main:
            return None
        factor = 1 / times[0] / CA_2P.sensitivity / total  # type: ignore[operator]
        relative = float(np.hypot(SENSITIVITY_U, lead.u_main / lead.main))
        note = f"sensitivities after Scofield, {100 * SENSITIVITY_U:g} %"
        if ca.found:
            ratio = ca.area * factor
            return Figure(SURFACE.name, ratio, ratio * float(np.hypot(relative, ca.u / ca.area)), "",
                          SURFACE.label, note=note, level=LEVEL)  # fmt: skip
        return Figure(SURFACE.name, None, None, "", SURFACE.label, high=ca.limit * factor * (1 + 1.645 * relative),
                      note=f"not found; upper limit, 95 %; {note}", level="95 %")  # fmt: skip
    return None


def _time(scan: Scan) -> float | None:
    """Return how long each point was counted (s), 1 for rates, None where counts do not say it."""
    if scan.ys[0].unit == "counts/s":
        return 1.0
    return _told_seconds(scan.metadata)


def _told_seconds(metadata: dict[str, Any]) -> float | None:
    time = float(metadata.get("dwell_s") or 0) * float(metadata.get("sweeps") or 0)
    return time if 0 < time < 1e9 else None


def _result(
    figures: tuple[Figure, ...], words: str, weak: Weak, warnings: list[str], detail: dict[str, Any]
) -> Result:
    at = weak.energy.tolist()
    curves = (
        Curve("fit", at, weak.fit.curve.tolist()),
        Curve("background", at, weak.background.tolist()),
    )
    reduced = weak.fit.chi2 / max(weak.fit.points - len(weak.fit.heights) - len(weak.fit.shape), 1)
    return Result(
        (*figures, Figure("reduced_chi2", reduced, None, "", "Reduced χ² of the fit")),
        words, tuple(warnings), curves, detail,
    )  # fmt: skip


XPS_PRESENCE = Method(
    "xps-presence", "1", "xps", "Metallic lead and calcium", run, PARAMETERS, leaves_out=True
)
