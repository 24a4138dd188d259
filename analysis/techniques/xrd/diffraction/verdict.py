"""From findings to words: the phase that may be named, why, and what else it could be."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.techniques.xrd.diffraction.alarm import on_main_lines
from analysis.techniques.xrd.diffraction.halides import bromide_in_words, is_mixed_halide
from analysis.techniques.xrd.diffraction.identify import Findings, Rival, is_alike, is_mixture
from analysis.techniques.xrd.diffraction.tilt import (
    ALPHA_TILT,
    ANY_LATTICE_ANGSTROM,
    GAMMA_DELTA_CHI2,
    GAMMA_TILT,
    PLAUSIBLE_LATTICE_ANGSTROM,
    TEXTURED_MARCH_R,
    TILTS,
    call,
)

NAMES = {
    "delta": "δ-CsPbI3",
    "pbi2": "PbI2",
    "cai2": "CaI2",
    "cs4pbi6": "Cs4PbI6 (its structure is a model)",
    "csi": "CsI",
    "pbs": "PbS",
    "zno": "ZnO",
}
_BETA_DELTA_CHI2 = -25.0
_DOMINANT = 0.5
# Pseudo-cubic edges in Å of halide perovskites a chemist may meet instead, room temperature.
_OTHER_PEROVSKITES = (
    (5.605, "CsPbCl3"),
    (5.675, "MAPbCl3"),
    (5.87, "CsPbBr3"),
    (5.93, "MAPbBr3"),
    (5.99, "FAPbBr3"),
    (6.28, "MAPbI3"),
    (6.36, "FAPbI3"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The phase (None: undetermined) and the sentence that says so."""

    phase: str | None
    sentence: str
    told: tuple[str, ...] = ()  # by-products the sentence already speaks of


def decide(findings: Findings) -> Verdict:
    """Apply the rules, most serious doubt first."""
    for rule in (_wrong_tube, _dominated, _foreign_perovskite, _alarm, _delta, _nothing):
        verdict = rule(findings)
        if verdict is not None:
            return verdict
    return _perovskite(findings)


def _wrong_tube(findings: Findings) -> Verdict | None:
    tube = findings.better_tube
    if tube is None:
        return None
    return Verdict(
        None,
        f"Undetermined: the lines do not fit with the assumed {findings.fitter.radiation.name}, but they do "
        f"with {tube.name} ({tube.mean_angstrom:.4f} Å); set the wavelength and run the analysis again.",
    )


def _dominated(findings: Findings) -> Verdict | None:
    strongest = findings.alarm.peaks[0]
    phase = findings.owner(strongest)
    amount = next((a for a in findings.amounts if a.phase == phase and a.found), None)
    if phase is None or phase == "delta" or amount is None:
        return None
    # Plates that lie flat make more signal than their random powder would.
    if max(findings.share_of_signal(phase), amount.volume_percent / 100) <= _DOMINANT:
        return None
    sentence = (
        f"{NAMES[phase]} dominates: it makes the strongest line ({strongest.two_theta_deg:.2f}°) and most of the "
        f"signal, about {amount.volume_percent:.0f} % of the crystalline volume; no perovskite phase is named."
    )
    remark = other_lattice(findings)
    sentence += f" The other lines fit {remark}" if remark else ""
    return Verdict(None, sentence + _unexplained_sentence(findings), (phase,))


def _foreign_perovskite(findings: Findings) -> Verdict | None:
    remark = other_lattice(findings)
    if not remark:
        return None
    sentence = f"Undetermined: the lines fit {remark}{_unexplained_sentence(findings)}"
    return Verdict(None, sentence)


def other_lattice(findings: Findings) -> str:
    """Name the other perovskite the lines stand for, when most of them do stand for one."""
    edge = findings.solution.setting.lattice_a_angstrom
    low, high = ANY_LATTICE_ANGSTROM
    at_the_end = not low * 1.005 < edge < high * 0.995
    if findings.lattice_is_plausible or not findings.perovskite or at_the_end:
        return ""
    own = tuple(p for p in findings.alarm.peaks if findings.owner(p) not in findings.kept)
    count, share = on_main_lines(findings.fitter, findings.solution, own)
    if count < 3 or share < 0.7:
        return ""
    distance, name = min((abs(edge - a), name) for a, name in _OTHER_PEROVSKITES)
    could = [name] if distance < 0.06 else []
    could += [bromide_in_words(edge)] if is_mixed_halide(edge) else []
    guess = f" (it could be {' or '.join(could)})" if could else ""
    low, high = PLAUSIBLE_LATTICE_ANGSTROM
    return (
        f"a cubic perovskite with a = {edge:.2f} Å, not CsPbI3, whose pseudo-cubic edge is "
        f"{low:.2f} to {high:.2f} Å{guess}."
    )


def _unexplained_sentence(findings: Findings) -> str:
    strong = findings.alarm.strong
    if not strong:
        return ""
    named = []
    for line in sorted(strong, key=lambda u: -u.relative_percent)[:5]:
        could = f", could be {' or '.join(line.candidates)}" if line.candidates else ""
        named.append(f"{line.two_theta_deg:.2f}° ({line.relative_percent:.0f} %{could})")
    more = f" and {len(strong) - 5} more" if len(strong) > 5 else ""
    return f" Not explained by any phase on offer: {'; '.join(named)}{more}."


def _alarm(findings: Findings) -> Verdict | None:
    if not findings.alarm.rings:
        return None
    strong = _unexplained_sentence(findings)
    if strong:
        return Verdict(None, "Undetermined: strong lines are left over." + strong)
    missed = 100 * findings.alarm.net_misfit
    return Verdict(
        None,
        f"Undetermined: the best fit misses {missed:.0f} % of the lines' signal (R_wp "
        f"{findings.alarm.r_wp_percent:.0f} %); line positions fit, intensities or widths do not.",
    )


def _delta(findings: Findings) -> Verdict | None:
    amount = findings.amount("delta")
    if not amount.found or amount.volume_percent <= 100 * _DOMINANT:
        return None
    rest = f"about {amount.volume_percent:.0f} % of the crystalline volume"
    return Verdict("delta", f"δ-CsPbI3 (yellow, non-perovskite) is the main phase: {rest}.")


def _nothing(findings: Findings) -> Verdict | None:
    if findings.perovskite:
        return None
    found = [NAMES[a.phase] for a in findings.amounts if a.found]
    what = f" Found instead: {', '.join(found)}." if found else ""
    return Verdict(None, f"Undetermined: the pattern asks for no perovskite.{what}")


def _perovskite(findings: Findings) -> Verdict:
    profile = findings.profile
    setting = findings.solution.setting
    numbers = (
        f"tilt {profile.tilt:.2f} ± {profile.tilt_u:.2f} (0 cubic, 1 published γ), "
        f"pseudo-cubic a = {setting.lattice_a_angstrom:.3f} Å"
    )
    phase = call(profile.tilt, profile.march_r, profile.delta_chi2_untilted)
    textured = profile.march_r <= TEXTURED_MARCH_R
    if textured:
        return Verdict(
            None,
            f"Undetermined between α and γ: the film is strongly textured (March r = {profile.march_r:.2f}), so "
            "the lines that tell them apart are out of sight. Measure a scraped-off powder.",
        )
    if is_mixed_halide(setting.lattice_a_angstrom):
        tilted = "γ" if phase == "gamma" else "α" if phase == "alpha" else "α or γ"
        return Verdict(
            None,
            f"Undetermined between CsPbI3 ({tilted}, with a smaller lattice than any published) and "
            f"{bromide_in_words(setting.lattice_a_angstrom)}, tilted alike: {numbers}. Only an elemental analysis or "
            "the PL tells them apart.",
        )
    if is_mixture(findings):
        share = 100 * findings.mixture[0]
        return Verdict(
            "mixed",
            f"α and γ side by side: about {share:.0f} % γ. Less than 20 % γ in α or 10 % α in γ cannot be seen.",
        )
    if findings.beta_delta_chi2 < _BETA_DELTA_CHI2:
        return Verdict(
            "beta",
            f"β-CsPbI3 (tetragonal) fits better than any tilt between α and γ, by Δχ² = "
            f"{-findings.beta_delta_chi2:.0f}; its coordinates are a model, so check by another way.",
        )
    if is_alike(findings):
        share = 100 * findings.mixture[0]
        return Verdict(
            None,
            f"Undetermined: one CsPbI3 with tilt {profile.tilt:.2f} ± {profile.tilt_u:.2f} (0 cubic, 1 published γ), or "
            f"α with about {share:.0f} % γ beside it: this pattern does not tell them apart. Pseudo-cubic a = "
            f"{setting.lattice_a_angstrom:.3f} Å.",
        )
    if phase == "gamma":
        return Verdict("gamma", f"γ-CsPbI3 (orthorhombic): {numbers}.")
    if phase == "alpha":
        return Verdict(
            "alpha", f"α-CsPbI3: cubic, or tilted less than this pattern shows; {numbers}."
        )
    if profile.tilt >= GAMMA_TILT:
        why = (
            f"the tilt-only lines are too weak to be sure (Δχ² = {profile.delta_chi2_untilted:.0f}, "
            f"{GAMMA_DELTA_CHI2:.0f} needed)"
        )
    else:
        why = f"the tilt lies between {ALPHA_TILT} and {GAMMA_TILT}"
    return Verdict(None, f"Undetermined between α and γ: {why}; {numbers}. Count longer.")


def rivals(findings: Findings, verdict: Verdict) -> list[Rival]:
    """Other readings of the pattern and what speaks against each."""
    profile = findings.profile
    found = []
    if verdict.phase != "alpha":
        worse = profile.delta_chi2_untilted
        found.append(
            Rival("alpha", f"Without any tilt the fit is {_worse(worse)}.", round(worse, 1))
        )
    if verdict.phase != "gamma":
        full = profile.solutions[TILTS.index(1.0)].chi2
        worse = max((full - profile.best.chi2) / profile.scale, 0.0)
        found.append(
            Rival(
                "gamma",
                f"With the tilt of published γ the fit is {_worse(worse)}.",
                round(worse, 1),
            )
        )
    if verdict.phase != "beta":
        worse = findings.beta_delta_chi2
        found.append(
            Rival("beta", f"β-CsPbI3 instead makes the fit {_worse(worse)}.", round(worse, 1))
        )
    if verdict.phase != "mixed":
        share, evidence = findings.mixture
        found.append(
            Rival(
                "mixed",
                f"α and γ side by side ({100 * share:.0f} % γ) instead of one crystal is "
                f"{_worse(findings.mixture_delta_chi2)}; ΔBIC = {evidence:.0f}, and {GAMMA_DELTA_CHI2:.0f} is needed to "
                "prefer it. Less than 20 % γ in α or 10 % α in γ cannot be seen.",
                round(findings.mixture_delta_chi2, 1),
            )
        )
    edge = findings.solution.setting.lattice_a_angstrom
    if is_mixed_halide(edge):
        found.append(
            Rival(
                "CsPb(I,Br)3",
                f"{bromide_in_words(edge)} has this lattice: only an elemental analysis or the PL excludes it.",
                0.0,
            )
        )
    if verdict.phase == "alpha":
        found.append(
            Rival(
                "MAPbI3",
                "The lines of MAPbI3 coincide with those of α-CsPbI3 within a normal zero error: "
                "only the recipe or an elemental analysis excludes it.",
                0.0,
            )
        )
    return found


def _worse(delta_chi2: float) -> str:
    if delta_chi2 > GAMMA_DELTA_CHI2:
        return f"clearly worse (Δχ² = {delta_chi2:.0f})"
    if delta_chi2 > 4:
        return f"worse, not decisively (Δχ² = {delta_chi2:.0f})"
    if delta_chi2 > -4:
        return f"as good (Δχ² = {delta_chi2:.1f}): not excluded"
    return f"better (Δχ² = {delta_chi2:.0f}): not excluded"
