"""Identify the phase: fit, question the fit, then decide what may be said."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.reading import Reading
from analysis.result import NoResult
from analysis.techniques.xrd.diffraction import byproducts as by
from analysis.techniques.xrd.diffraction import tilt as tilts
from analysis.techniques.xrd.diffraction.alarm import Alarm, check
from analysis.techniques.xrd.diffraction.byproducts import Amount
from analysis.techniques.xrd.diffraction.fit import (
    USUAL_BYPRODUCTS,
    Block,
    Fitter,
    Setting,
    Solution,
)
from analysis.techniques.xrd.diffraction.radiation import Radiation, other_tubes
from analysis.techniques.xrd.diffraction.scan import Peak, prepare
from analysis.techniques.xrd.diffraction.tilt import (
    ANY_LATTICE_ANGSTROM,
    PLAUSIBLE_LATTICE_ANGSTROM,
    TiltProfile,
)

_CLEARLY = 25.0  # Δχ² over the reduced χ²
_MIXTURE_SHARE = (0.2, 0.9)  # detection limits of γ in α and of α in γ, ideal conditions
# A mixture that fits about as well as one tilted crystal, and better than an untilted one: neither may be named.
# Whole crystals from the Debye equation: mixtures read −98 to 7 here, and −11 at most where their tilt comes out
# at 0.7 or more; single crystals of tilt 0.75 read −9 to 57.
_ALIKE_SHARE = (0.15, 0.85)
_ALIKE_DELTA_CHI2 = 9.0
_ALIKE_DELTA_CHI2_TILTED = -10.0
_ALIKE_TILT = 0.7
_ALIKE_LEAST_TILT = 0.2  # a γ share without any tilt mends the line shape of α, no more
_ALIKE_OVER_CUBIC = 12.0


@dataclass(frozen=True, slots=True)
class Rival:
    """Another reading of the pattern and what speaks against it (positive Δχ²: it fits worse)."""

    phase: str
    against: str
    delta_chi2: float | None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the fit of one pattern found, before it is put in words."""

    fitter: Fitter
    profile: TiltProfile
    solution: Solution
    kept: tuple[str, ...]
    amounts: tuple[Amount, ...]
    perovskite: bool
    alarm: Alarm
    mixture: tuple[float, float]  # share of γ, evidence (ΔBIC over one tilted perovskite)
    mixture_delta_chi2: float  # how much worse α beside γ fits than one tilted perovskite
    beta_delta_chi2: float
    better_tube: Radiation | None

    def amount(self, phase: str) -> Amount:
        """The amount of one by-product."""
        return next(a for a in self.amounts if a.phase == phase)

    @property
    def lattice_is_plausible(self) -> bool:
        """Whether the perovskite's lattice can be CsPbI3's."""
        return tilts.lattice_is_plausible(self.solution.setting.lattice_a_angstrom)

    def share_of_signal(self, phase: str) -> float:
        """Part of the fitted area of all lines that one phase makes."""
        areas = {b.phase: float(self.solution.curve(b.phase).sum()) for b in self.solution.blocks}
        return areas.get(phase, 0.0) / (sum(areas.values()) or 1.0)

    def owner(self, peak: Peak) -> str | None:
        """The fitted phase that makes most of a line, if one does."""
        here = int(np.abs(self.fitter.scan.two_theta_deg - peak.two_theta_deg).argmin())
        curves = {b.phase: float(self.solution.curve(b.phase)[here]) for b in self.solution.blocks}
        phase = max(curves, key=lambda name: curves[name])
        return phase if curves[phase] > 0.5 * peak.height else None


def identify(
    reading: Reading,
    radiation: Radiation,
    *,
    assumed: bool,
    instrument_fwhm_deg: float,
    from_deg: float | None,
    to_deg: float | None,
) -> Findings:
    """Fit the pattern and question the fit. Raises NoResult in words."""
    fitter = Fitter(prepare(reading, radiation, from_deg, to_deg), radiation, instrument_fwhm_deg)
    start, lattice_range = _start(fitter)
    kept = by.select(fitter, start, lattice_range)
    profile = tilts.profile(fitter, start.setting, kept, lattice_range)
    again = by.select(fitter, profile.best, lattice_range)
    if again != kept:
        kept = again
        profile = tilts.profile(fitter, profile.best.setting, kept, lattice_range)
    solution = profile.best
    alarm = check(fitter, solution)
    if not alarm.peaks:
        raise NoResult(
            "No diffraction line stands out of the background: measure longer or put more material "
            "on the holder."
        )
    share, evidence, mixture_delta_chi2 = _mixture(fitter, profile, kept)
    findings = Findings(
        fitter=fitter,
        profile=profile,
        solution=solution,
        kept=kept,
        amounts=by.amounts(fitter, solution, kept),
        perovskite=by.has_perovskite(fitter, solution, kept),
        alarm=alarm,
        mixture=(share, evidence),
        mixture_delta_chi2=mixture_delta_chi2,
        beta_delta_chi2=_beta(fitter, profile, kept, lattice_range),
        better_tube=None,
    )
    doubtful = alarm.rings or not findings.perovskite or not findings.lattice_is_plausible
    if assumed and doubtful:
        tube = _better_tube(reading, findings, instrument_fwhm_deg)
        findings = replace(findings, better_tube=tube)
    return findings


def _start(fitter: Fitter) -> tuple[Solution, tuple[float, float]]:
    """Best start with a lattice that CsPbI3 may have, or another where that fits clearly better."""
    near = _rough(
        fitter,
        tilts.search(fitter, USUAL_BYPRODUCTS, PLAUSIBLE_LATTICE_ANGSTROM),
        PLAUSIBLE_LATTICE_ANGSTROM,
    )
    far_start = tilts.search(fitter, USUAL_BYPRODUCTS, ANY_LATTICE_ANGSTROM)
    far = _rough(fitter, far_start, ANY_LATTICE_ANGSTROM)
    edge = far.setting.lattice_a_angstrom
    scale = max(far.chi2 / fitter.scan.intensity.size, 1.0)
    if tilts.lattice_is_plausible(edge) or (near.chi2 - far.chi2) / scale < _CLEARLY:
        return near, PLAUSIBLE_LATTICE_ANGSTROM
    low, high = ANY_LATTICE_ANGSTROM
    return far, (max(edge * 0.99, low), min(edge * 1.01, high))


def _rough(fitter: Fitter, start: Setting, lattice_range: tuple[float, float]) -> Solution:
    tried = [
        fitter.refine(replace(start, tilt=tilt), USUAL_BYPRODUCTS, lattice_range, steps=5)
        for tilt in (0.0, 0.5, 1.0)
    ]
    return min(tried, key=lambda solution: solution.chi2)


def _mixture(
    fitter: Fitter, profile: TiltProfile, kept: tuple[str, ...]
) -> tuple[float, float, float]:
    """Fit published γ beside the cubic crystal: share of γ, evidence and Δχ² over one tilted crystal."""
    setting = profile.best.setting
    others = [fitter.byproduct(key, setting.shift_deg) for key in kept]
    gamma = fitter.perovskite(replace(setting, tilt=1.0))
    gamma = Block("gamma", gamma.columns, gamma.sizes_nm)
    best: Solution | None = None
    for stretch in (0.996, 1.0, 1.004):
        cubic_setting = replace(
            setting, tilt=0.0, lattice_a_angstrom=setting.lattice_a_angstrom * stretch
        )
        cubic = fitter.perovskite(cubic_setting)
        blocks = [gamma, Block("alpha", cubic.columns, cubic.sizes_nm), *others]
        solution = fitter.solve(setting, blocks)
        if best is None or solution.chi2 < best.chi2:
            best = solution
    assert best is not None
    both = best.volume("gamma") + best.volume("alpha")
    share = best.volume("gamma") / both if both > 0 else 0.0
    evidence = by.delta_bic(profile.best, best, fitter.scan.intensity.size)
    return share, evidence, (best.chi2 - profile.best.chi2) / profile.scale


def _beta(
    fitter: Fitter,
    profile: TiltProfile,
    kept: tuple[str, ...],
    lattice_range: tuple[float, float],
) -> float:
    """How much worse β fits than the best tilted perovskite, Δχ² over its reduced χ²."""
    start = replace(profile.best.setting, structure="beta")
    beta = fitter.refine(start, kept, lattice_range)
    return (beta.chi2 - profile.best.chi2) / profile.scale


def _better_tube(
    reading: Reading, findings: Findings, instrument_fwhm_deg: float
) -> Radiation | None:
    """Another anode with which the lines are CsPbI3, δ or PbI2 and nothing is left over."""
    best: tuple[float, Radiation] | None = None
    for radiation in other_tubes(findings.fitter.radiation):
        try:
            scan = prepare(reading, radiation, None, None)
        except NoResult:
            continue
        fitter = Fitter(scan, radiation, instrument_fwhm_deg)
        start = tilts.search(fitter, USUAL_BYPRODUCTS, PLAUSIBLE_LATTICE_ANGSTROM)
        solution = _rough(fitter, start, PLAUSIBLE_LATTICE_ANGSTROM)
        alarm = check(fitter, solution)
        at_home = tilts.lattice_is_plausible(solution.setting.lattice_a_angstrom)
        explained = bool(alarm.peaks) and not alarm.rings and len(alarm.peaks) >= 3
        if explained and at_home and (best is None or alarm.net_misfit < best[0]):
            best = alarm.net_misfit, radiation
    if best is None or best[0] > 0.7 * findings.alarm.net_misfit:
        return None
    return best[1]


def is_mixture(findings: Findings) -> bool:
    """Say whether two perovskites side by side are clearly better than one."""
    share, evidence = findings.mixture
    low, high = _MIXTURE_SHARE
    random_enough = findings.profile.march_r > 0.5
    return evidence > _CLEARLY and low < share < high and random_enough


def is_alike(findings: Findings) -> bool:
    """Say whether one partly tilted crystal and α beside γ describe the pattern equally well."""
    low, high = _ALIKE_SHARE
    well_tilted = findings.profile.tilt >= _ALIKE_TILT
    limit = _ALIKE_DELTA_CHI2_TILTED if well_tilted else _ALIKE_DELTA_CHI2
    over_cubic = findings.profile.delta_chi2_untilted - findings.mixture_delta_chi2
    return (
        low < findings.mixture[0] < high
        and findings.profile.tilt > _ALIKE_LEAST_TILT
        and findings.mixture_delta_chi2 < limit
        and over_cubic > _ALIKE_OVER_CUBIC
        and findings.profile.march_r > 0.5
    )
