"""Calcium beside lead from a table of EDS: Cliff and Lorimer's ratio, or the per cents that the program gives.

w_A/w_B = k_AB I_A/I_B with net counts I and k factors by weight (Cliff & Lorimer, J. Microsc. 1975, 103, 203). The
k factors are good to 10 % unless they were measured; the counts follow Poisson, with the background under the peak.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.quantity import BATCH, Place, Quantity
from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.technique import Scale
from analysis.techniques.eds.amounts import Amounts, amounts_of
from analysis.techniques.eds.lines import overlaps
from analysis.techniques.shared.calibration import LEVEL, Known, known
from analysis.techniques.shared.settings import settings_for

CLEAR = 3.0  # standard uncertainties of the counting: less is not found
ONE_SIDED = 1.645  # 95 %
WIDE = 0.3  # relative u above which ± misleads
SHARE = Quantity(
    "calcium_share_percent",
    "%",
    "Ca/(Ca+Pb) in the product",
    "Ca/(Ca+Pb)",
    high=100,
    subjects=(BATCH,),
    place=Place.BATCH,
)
K_FACTORS = Scale("k_factor_ratio_percent", "%", 10.0, "Ratio of k factors")  # unless measured
RATIO = "ratio_ca_pb_product"
PARAMETERS = (
    Parameter("k_ca_pb", "k factor of Ca over that of Pb", "", None, 1e-3, 1e3,
              help="By weight, for the lines that were used. Where the table has counts and no k factors."),
    Parameter("live_time_s", "Live time", "s", None, 1e-3, 1e6, help="Where the table has counts a second."),
    Parameter("percent_of", "Per cent of", default="", choices=("atoms", "weight"),
              help="Where the table does not say it."),
)  # fmt: skip


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Return n(Ca)/n(Pb) and Ca/(Ca+Pb) in at%, or a limit; raise `NoResult` where the table cannot carry it."""
    settings = settings_for(PARAMETERS, given)
    amounts = amounts_of(reading, settings)
    warnings = list(amounts.warnings)
    where = {
        name: amounts.elements.index(name) for name in ("Ca", "Pb") if name in amounts.elements
    }
    if "Pb" not in where:
        raise NoResult(
            f"There is no lead in this table ({', '.join(amounts.elements)}), so there is no ratio to it."
        )
    ca, pb = where.get("Ca"), where["Pb"]
    if amounts.atoms[pb] <= 0 or amounts.u_counting[pb] * CLEAR > 1:
        raise NoResult(
            "Lead is not found above the noise of its counts, so there is no ratio to it. Measure longer."
        )
    if ca is None:
        raise NoResult(
            "Calcium is not in this table: it was not asked for. Add calcium to the elements that the program quantifies and "
            "export again; without its counts there is not even a limit."
        )
    k = known(reading, K_FACTORS)
    warnings += _overlap_words(amounts, ca, pb)
    found = amounts.atoms[ca] > 0 and amounts.u_counting[ca] * CLEAR < 1
    figures, summary = (
        _found(amounts, ca, pb, k) if found else _limit(amounts, ca, pb, k.u / 100, warnings)
    )
    total = amounts.atoms.clip(0).sum()
    percent = (100 * amounts.atoms / total).tolist()
    return Result(
        figures=figures,
        summary=f"{summary} From {amounts.basis}.",
        warnings=tuple(warnings),
        curves=(Curve("at%", reading.x.values.tolist(), percent, "sticks"),),
        detail={
            "basis": amounts.basis,
            "calcium_found": bool(found),
            "elements": [
                {"element": name, "line": shell, "atomic_percent": value, "u_counting_relative": u}
                for name, shell, value, u in zip(
                    amounts.elements, amounts.shells, percent,
                    [float(u) if np.isfinite(u) else None for u in amounts.u_counting], strict=True,
                )
            ],
        },
    )  # fmt: skip


def _found(amounts: Amounts, ca: int, pb: int, k: Known) -> tuple[tuple[Figure, ...], str]:
    ratio = float(amounts.atoms[ca] / amounts.atoms[pb])
    counting = float(np.hypot(amounts.u_counting[ca], amounts.u_counting[pb]))
    relative = float(np.hypot(counting, k.u / 100))
    share = ratio / (1 + ratio)
    known = "" if amounts.knows_counting else " (not known)"
    note = f"{amounts.basis}; u: counting {100 * counting:.2g} %{known}, {k.said}"
    low, high = ratio * np.exp(-1.96 * relative), ratio * np.exp(1.96 * relative)
    wide = relative > WIDE
    u_share = 100 * share * (1 - share) * relative
    figures = (
        Figure(SHARE.name, 100 * share, u_share, "%", SHARE.label,
               100 * low / (1 + low) if wide else None, 100 * high / (1 + high) if wide else None,
               note, LEVEL),
        Figure(RATIO, ratio, ratio * relative, "", "R in the product (EDS)",
               float(low) if wide else None, float(high) if wide else None, note, LEVEL),
    )  # fmt: skip
    return figures, (
        f"Ca/(Ca+Pb) {100 * share:.3g} ± {u_share:.2g} at%, Ca:Pb {ratio:.3g} ± {ratio * relative:.2g}."
    )


def _limit(
    amounts: Amounts, ca: int, pb: int, k_u: float, warnings: list[str]
) -> tuple[tuple[Figure, ...], str]:
    """The 95 % upper limit of calcium that was not found."""
    if not np.isfinite(amounts.atoms_limit):
        raise NoResult(
            "No calcium was found, and the table gives neither counts nor errors from which a limit would follow. Export the "
            "net counts with the background."
        )
    if not amounts.knows_background:
        warnings.append(
            "The table does not say the background under the calcium line; the limit holds only where there is none."
        )
    high = float(amounts.atoms_limit / amounts.atoms[pb])
    spread = float(np.hypot(k_u, amounts.u_counting[pb]))
    high *= 1 + ONE_SIDED * spread
    share = 100 * high / (1 + high)
    note = f"not found; upper limit, 95 %; {amounts.basis}"
    figures = (
        Figure(SHARE.name, None, None, "%", SHARE.label, high=share, note=note, level="95 %"),
        Figure(RATIO, None, None, "", "R in the product (EDS)", high=high, note=note, level="95 %"),
    )
    return (
        figures,
        f"No calcium found: Ca/(Ca+Pb) is below {share:.2g} at%, Ca:Pb below {high:.2g} (95 %).",
    )


def _overlap_words(amounts: Amounts, ca: int, pb: int) -> list[str]:
    said = []
    for place in (ca, pb):
        others = [one for one in amounts.elements if one not in ("Ca", "Pb")]
        for one in overlaps(amounts.elements[place], amounts.shells[place], others):
            if one.same:
                said.append(
                    f"{one.line} and {one.other} are one peak to the detector ({1000 * one.distance_kev:.0f} eV apart): the "
                    "program divided it by its own fit, and the number is no better than that. Use another line, or a "
                    "wavelength-dispersive detector."
                )
            else:
                said.append(
                    f"{one.line} stands {1000 * one.distance_kev:.0f} eV beside {one.other}: a little of it may be a rest of the "
                    "stronger line."
                )
    return said


EDS_RATIO = Method("eds-ratio", "1", "eds", "Calcium beside lead", run, PARAMETERS)
