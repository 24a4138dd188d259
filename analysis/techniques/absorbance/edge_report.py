"""What is said of an absorption edge: the exciton first, then the gap, and what one means for the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.result import Figure
from analysis.techniques.absorbance.elliott import EdgeFit
from analysis.techniques.absorbance.exciton import Exciton
from analysis.techniques.shared.calibration import LEVEL, Known
from analysis.techniques.shared.rounding import rounded_figure
from analysis.techniques.shared.spectrum import HC_EV_NM

LEAST_BEHIND_EXCITON_EV = 0.008
EXCITON_NOTE = "fit, spread over what lies under the band, and {}"
NOTES = {
    "Tauc": "the plot neglects excitons: ±0.02 eV at best",
    "Elliott": "fit, spread over three ranges, and {}",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap with its standard uncertainty, and how it was read."""

    value_ev: float
    u_ev: float
    how: str  # a key of NOTES


def gap_behind(edges: list[EdgeFit], wavelength: Known) -> Gap:
    """The gap behind an exciton, from fits over several ranges."""
    gaps = np.array([edge.gap_ev for edge in edges])
    value = float(np.mean(gaps))
    fit = float(np.mean([edge.u_gap_ev**2 for edge in edges]))
    # a continuum that is not quite Elliott's moves gap and binding energy together
    family = (0.7 * float(np.mean([edge.binding_ev for edge in edges]))) ** 2
    scale = (wavelength.u * value**2 / HC_EV_NM) ** 2
    u = float(np.sqrt(fit + np.var(gaps) + family + scale))
    return Gap(value, max(u, LEAST_BEHIND_EXCITON_EV), "Elliott")


def exciton_figures(
    exciton: Exciton | None, edges: list[EdgeFit], wavelength: Known
) -> tuple[Figure, ...]:
    """Energy and width of the first exciton: of its band, else of the Elliott fits."""
    if exciton is not None:
        return (
            Figure("first_exciton_ev", exciton.energy_ev, exciton.u_energy_ev, "eV",
                   "First exciton", note=EXCITON_NOTE.format(wavelength.said), level=LEVEL),
            Figure("first_exciton_fwhm_ev", exciton.fwhm_ev, exciton.u_fwhm_ev, "eV",
                   "First exciton, full width at half maximum", note="of a Gaussian on the continuum under it",
                   level=LEVEL),
        )  # fmt: skip
    if not edges:
        return ()
    lines = np.array([edge.gap_ev - edge.binding_ev for edge in edges])
    value = float(np.mean(lines))
    scale = wavelength.u * value**2 / HC_EV_NM
    u = float(np.sqrt(np.var(lines) + scale**2 + np.mean([e.u_gap_ev**2 for e in edges])))
    return (
        Figure("first_exciton_ev", value, max(u, LEAST_BEHIND_EXCITON_EV / 2), "eV", "First exciton, from the edge",
               note=NOTES["Elliott"].format(wavelength.said), level=LEVEL),
    )  # fmt: skip


def hidden(gap: Gap | None, exciton: Exciton | None) -> bool:
    """Say whether a Tauc line lies above the exciton: it reads a higher transition."""
    above = gap is not None and exciton is not None and gap.value_ev > exciton.energy_ev
    return above and gap is not None and gap.how == "Tauc"


def gap_figures(gap: Gap | None, exciton: Exciton | None, wavelength: Known) -> tuple[Figure, ...]:
    """The gap, none where only a higher transition was read."""
    if gap is None or hidden(gap, exciton):
        return ()
    label = {
        "Tauc": "Optical gap, direct, Tauc",
        "Elliott": "Optical gap behind the exciton, Elliott",
    }
    return (
        Figure(
            "gap_ev",
            gap.value_ev,
            gap.u_ev,
            "eV",
            label[gap.how],
            note=NOTES[gap.how].format(wavelength.said),
            level=LEVEL,
        ),
    )


def words(
    gap: Gap | None, exciton: Exciton | None, edges: list[EdgeFit], pl_peak_nm: float | None
) -> list[str]:
    """Warnings about gap and exciton, and about both against the emission."""
    said = []
    if exciton is not None and gap is not None and hidden(gap, exciton):
        said.append(
            f"An exciton stands at {exciton.energy_ev:.3f} eV, below the straight part of the Tauc plot "
            f"({gap.value_ev:.2f} eV): that is a higher transition, so no gap is given."
        )
    elif exciton is not None and gap is not None and gap.how == "Tauc":
        said.append(
            f"An excitonic peak stands at {exciton.energy_ev:.2f} eV: the Tauc plot neglects excitons and reads "
            "the gap low."
        )
    if gap is None and exciton is not None:
        said.append(
            f"No gap is given: an exciton stands at {exciton.energy_ev:.3f} eV and the Tauc plot beyond it has no straight part."
        )
    if edges and gap is not None:
        binding = 1e3 * float(np.mean([edge.binding_ev for edge in edges]))
        said.append(
            f"An exciton lies below the gap (about {binding:.0f} meV): the edge was fitted with it, after Elliott."
        )
    lowest = exciton.energy_ev if exciton is not None else gap.value_ev if gap is not None else None
    if pl_peak_nm is not None and lowest is not None and lowest < HC_EV_NM / pl_peak_nm:
        what = "first exciton" if exciton is not None else "gap"
        said.append(
            f"The {what} ({lowest:.3f} eV) lies below the emission ({HC_EV_NM / pl_peak_nm:.3f} eV): it is too low "
            "by at least that difference."
        )
    return said


def summary(figures: tuple[Figure, ...], gap: Gap | None) -> str:
    """One sentence: the exciton, then the gap."""
    said = []
    for figure in figures:
        if figure.quantity == "first_exciton_ev" and figure.value:
            said.append(
                f"First exciton at {rounded_figure(figure)} ({HC_EV_NM / figure.value:.0f} nm)"
            )
        if figure.quantity == "gap_ev" and figure.value and gap is not None:
            how = (
                "from the straight part of the Tauc plot"
                if gap.how == "Tauc"
                else "behind the exciton, after Elliott"
            )
            said.append(
                f"direct optical gap {rounded_figure(figure)} ({HC_EV_NM / figure.value:.0f} nm), {how}"
            )
    sentence = "; ".join(said)
    return sentence[:1].upper() + sentence[1:] + "."
