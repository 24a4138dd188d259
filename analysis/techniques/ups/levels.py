"""UPS: Fermi level and band edges against the vacuum from the secondary cut-off and the valence onset.

E_F = −(hν − E_cut), VBM = E_F − E_onset, CBM = VBM + E_g; both edges as binding energies, by lines through their steep
parts (Cahen & Kahn, Adv. Mater. 2003, 15, 271).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.shared.settings import settings_for
from analysis.techniques.ups.edges import Edge, Floats, edge_of

LEVEL = "standard uncertainty"
HE_I_EV = 21.22
SCALE_U_EV = 0.05  # the stated default for Fermi edge and bias of an analyser
PLAUSIBLE_EV = (2.0, 7.5)  # work functions that solids have
BINDING, KINETIC = "binding energy", "kinetic energy"
CUT_REACH_EV, ONSET_REACH_EV = 1.5, 2.5  # behind the first rise: how far its edge may reach
TAKEN_OFF = 0.75  # of what a resolution alone would shift
BROAD = (
    np.sqrt(2 * np.pi) / 2 / 2.563
)  # of the 10-90 % width of a step: how far its tangent lands before it

PARAMETERS = (
    Parameter("photon_ev", "Photon energy hν", "eV", None, 5, 150, help=f"Without it that of the file, or He I ({HE_I_EV} eV)."),
    Parameter("axis", "The axis is", default="", choices=(BINDING, KINETIC), help="Where the head does not say it."),
    Parameter("bias_v", "Bias that the axis still holds", "V", None, -50, 50,
              help="As applied to the sample, −5 for instance; 0 when the axis was corrected."),
    Parameter("gap_ev", "Band gap E_g, for the CBM", "eV", None, 0.1, 12),
    Parameter("gap_u_ev", "Its standard uncertainty", "eV", None, 0, 3),
)  # fmt: skip


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Levels of a UPS spectrum; raises `NoResult` where axis or bias must be said, or no edge is seen."""
    settings = settings_for(PARAMETERS, given)
    if len(reading.channels) < 2:
        raise NoResult("This file has one column only: UPS needs energy and counts.")
    photon = settings["photon_ev"] or reading.metadata.get("photon_ev") or HE_I_EV
    warnings: list[str] = []
    if not settings["photon_ev"] and "photon_ev" not in reading.metadata:
        warnings.append(f"The photon energy is not said: He I, {HE_I_EV} eV, was taken.")
    energy, counts = _binding(reading, settings, photon)
    bias = settings["bias_v"] if settings["bias_v"] is not None else reading.metadata.get("bias_v")
    cut, onset = _edges(energy - (bias or 0.0), counts, photon)
    _check_bias(cut, photon, bias, warnings)
    energy = energy - (bias or 0.0)
    if isinstance(cut, str) and isinstance(onset, str):
        raise NoResult(
            f"Neither edge can be read. Secondary cut-off: {cut}. Valence onset: {onset}."
        )
    figures = _figures(cut, onset, photon, settings, warnings)
    return Result(
        figures=tuple(figures),
        summary=_summary(figures),
        warnings=tuple(warnings),
        curves=_curves(energy, counts, cut, onset),
        detail={
            "photon_ev": photon,
            "bias_v": bias,
            "edges": {
                name: edge if isinstance(edge, str)
                else {"value": edge.value, "lowest": edge.lowest, "highest": edge.highest, "rise_10_90_ev": edge.width_ev}
                for name, edge in (("cut_off", cut), ("onset", onset))
            },
        },
    )  # fmt: skip


def _binding(reading: Reading, settings: dict[str, Any], photon: float) -> tuple[Floats, Floats]:
    """Return binding energy (eV, rising; a bias still in it) and counts."""
    name = {BINDING: "binding_energy", KINETIC: "kinetic_energy"}.get(
        settings["axis"], reading.x.name
    )
    if name not in ("binding_energy", "kinetic_energy"):
        raise NoResult(
            f"The axis “{reading.x.label or reading.x.name}” may be binding or kinetic energy: say it by the setting “The axis is”."
        )
    known = np.isfinite(reading.x.values) & np.isfinite(reading.y.values)
    x, y = reading.x.values[known], reading.y.values[known]
    if x.size < 20 or np.ptp(x) < 1 or float(np.max(np.abs(y))) > 1e30:
        raise NoResult(
            f"Only {x.size} usable points over {np.ptp(x) if x.size else 0:.2g} eV: too few for an edge."
        )
    if np.mean(y < 0) > 0.5:
        raise NoResult("The counts are negative: this is no photoelectron spectrum.")
    if name == "kinetic_energy":
        x = photon - x
    elif x[0] < -5 and x[-1] < 5:
        x = -x  # some programs count binding energies below the Fermi level as negative
    order = np.argsort(x, kind="stable")
    return x[order], y[order]


def _edges(energy: Floats, counts: Floats, photon: float) -> tuple[Edge | str, Edge | str]:
    """Return the cut-off, from the side of high binding energy, and the onset, from above the Fermi level."""
    cut: Edge | str = "the spectrum does not reach up to it"
    onset: Edge | str = "the spectrum does not reach down to it"
    if energy[-1] > photon - PLAUSIBLE_EV[1]:
        part = energy > max(photon - PLAUSIBLE_EV[1] - 3, energy[-1] - 14)
        cut = edge_of(energy[part][::-1], counts[part][::-1], CUT_REACH_EV)
    if energy[0] < 1.5 and energy[-1] > 2:
        part = energy < min(9.0, photon - PLAUSIBLE_EV[1])
        onset = edge_of(energy[part], counts[part], ONSET_REACH_EV)
    return cut, onset


def _check_bias(cut: Edge | str, photon: float, bias: float | None, warnings: list[str]) -> None:
    """Refuse a bias, told or none, whose work function no solid has; say that none was taken where it may be right."""
    if isinstance(cut, str):
        if bias is not None or cut == "the spectrum does not reach up to it":
            return
        raise NoResult(
            f"The secondary cut-off cannot be found ({cut}), and the bias is not said. Say it (−5 V for instance; 0 when the "
            "axis was corrected for it)."
        )
    work = photon - cut.value
    if PLAUSIBLE_EV[0] <= work <= PLAUSIBLE_EV[1]:
        if bias is None:
            warnings.append("The bias is not said: the axis was taken as corrected for it.")
        return
    if not bias:
        raise NoResult(
            f"Without a bias the work function would be {work:.2f} eV, which no solid has. Say the bias that the axis still holds."
        )
    raise NoResult(
        f"With a bias of {bias:g} V the work function would be {work:.2f} eV, which no solid has: the sign of the bias may be turned "
        f"({-bias:g} V is meant), or the axis was corrected for it (0 V). Say it by the setting “Bias that the axis still holds”."
    )


def _figures(
    cut: Edge | str,
    onset: Edge | str,
    photon: float,
    settings: dict[str, Any],
    warnings: list[str],
) -> list[Figure]:
    figures = []
    if isinstance(cut, str):
        warnings.append(f"No Fermi level: the secondary cut-off cannot be read ({cut}).")
    else:
        # The resolution moves the tangent of a step outwards by so much, unequal work functions by less.
        shift = BROAD * cut.width_ev
        at = cut.value - TAKEN_OFF * shift
        u_cut = float(np.sqrt(cut.uncertainty**2 + shift**2 / 12 + SCALE_U_EV**2))
        figures += [
            Figure("cutoff_ev", at, u_cut, "eV", "Secondary cut-off, binding energy", level=LEVEL,
                   note=f"ranges of the line {cut.lowest:.2f} to {cut.highest:.2f} eV, resolution, scale {SCALE_U_EV} eV (default)"),
            Figure("fermi_level_ev", at - photon, u_cut, "eV", "Fermi level against the vacuum, −(hν − E_cut)", level=LEVEL,
                   note="the negative of the work function"),
        ]  # fmt: skip
    if isinstance(onset, str):
        warnings.append(f"No valence band: its onset cannot be read ({onset}).")
        return figures
    if onset.value < 0:
        warnings.append("The valence onset lies above the Fermi level: check bias and axis.")
    shift_on = BROAD * min(onset.width_ev, 0.3) / 2
    u_onset = float(np.hypot(onset.uncertainty, shift_on))
    figures.append(
        Figure("valence_onset_ev", onset.value, float(np.hypot(u_onset, SCALE_U_EV)), "eV", "Valence onset below the Fermi level",
               level=LEVEL, note=f"ranges of the line {onset.lowest:.2f} to {onset.highest:.2f} eV, on a linear scale")
    )  # fmt: skip
    if isinstance(cut, str):
        return figures
    vbm = at - photon - onset.value
    u_vbm = float(np.sqrt(u_cut**2 + u_onset**2))  # the scale shifts both edges: it counts once
    figures.append(
        Figure("vbm_ev", vbm, u_vbm, "eV", "Valence band maximum, E_F − E_onset", level=LEVEL)
    )
    gap = settings["gap_ev"]
    if gap is None:
        warnings.append("No CBM: the band gap is not said (setting “Band gap E_g”).")
        return figures
    u_gap = settings["gap_u_ev"]
    if u_gap is None:
        u_gap = 0.05
        warnings.append("The uncertainty of the gap is not said: 0.05 eV was taken.")
    note = f"gap {gap:g} ± {u_gap:g} eV as told; an optical gap is smaller by the exciton's binding energy"
    figures.append(
        Figure("cbm_ev", vbm + gap, float(np.hypot(u_vbm, u_gap)), "eV", "Conduction band minimum, VBM + E_g", note=note, level=LEVEL)
    )  # fmt: skip
    if onset.value > gap + 0.2:
        warnings.append(
            f"The onset lies {onset.value:.2f} eV below the Fermi level, more than the gap: check bias, axis, or charging."
        )
    return figures


def _summary(figures: list[Figure]) -> str:
    names = {"fermi_level_ev": "E_F", "vbm_ev": "VBM", "cbm_ev": "CBM", "valence_onset_ev": "onset"}
    known = {f.quantity: f for f in figures}
    if "fermi_level_ev" in known:
        known.pop("valence_onset_ev", None)
    parts = [
        f"{words} {known[q].value:.2f} ± {known[q].uncertainty:.2f} eV"
        for q, words in names.items()
        if q in known
    ]
    return ", ".join(parts) + "."


def _curves(
    energy: Floats, counts: Floats, cut: Edge | str, onset: Edge | str
) -> tuple[Curve, ...]:
    curves = [Curve("binding", energy.tolist(), counts.tolist())]
    for name, edge in (("cut-off line", cut), ("onset line", onset)):
        if not isinstance(edge, str):
            far = edge.value + (1 if edge.slope > 0 else -1) * edge.width_ev
            x = [edge.value, far]
            curves.append(Curve(name, x, [edge.slope * one + edge.intercept for one in x]))
    return tuple(curves)


UPS_LEVELS = Method(
    "ups-levels", "1", "ups", "Cut-off, onset and levels", run, PARAMETERS, leaves_out=True
)
