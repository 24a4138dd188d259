"""What the paper says about phase: six rows, each with how it is known.

Guo et al., ACS Nano 2023, 17, 9290 (doi 10.1021/acsnano.3c00789), the only labelled data on
alpha or gamma CsPbI3 against the calcium feed that could be found.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from analysis.forecast.conditions import Conditions
from synthesis.chemistry.gaps import OpenGap

SOURCE = "Guo et al., ACS Nano 2023, 17, 9290"
PAPER_GAPS = (
    OpenGap(Decimal("0.25"), Decimal("0.5"), "Nobody has measured R between 0.25 and 0.5."),
)
# Nothing was made in between, and the text's thresholds exclude both ends.
GAP = (float(PAPER_GAPS[0].low), float(PAPER_GAPS[0].high))
HIGHEST_RATIO = 0.75
TEMPERATURE_RANGE_C = (150.0, 170.0)  # Results; Methods say 170 only


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One outcome of the paper. ``known`` is "stated" (in words) or "inferred" (by us)."""

    conditions: Conditions
    phase: str
    known: str
    sentence: str
    appearance: str | None = None


PAPER_ROWS = (
    PaperRow(
        Conditions(ratio_ca_pb=0.0),
        "alpha",
        "stated",
        "The paper reports α at R = 0.",
        "clear",
    ),
    PaperRow(
        Conditions(ratio_ca_pb=0.25),
        "alpha",
        "inferred",
        "The paper implies α at R = 0.25 but never says so: its text covers R below 0.25.",
        "clear",
    ),
    PaperRow(
        Conditions(ratio_ca_pb=0.5),
        "gamma",
        "stated",
        "The paper reports γ at R = 0.5.",
        "colloidal",
    ),
    PaperRow(
        Conditions(ratio_ca_pb=0.75),
        "gamma",
        "stated",
        "The paper reports γ at R = 0.75, from a precursor with turbid precipitates.",
        "turbid",
    ),
    PaperRow(
        Conditions(ratio_ca_pb=0.5, seed="PbS"),
        "alpha",
        "stated",
        "The paper reports α on PbS seeds; it does not print their R, so 0.5 is assumed here.",
    ),
    PaperRow(
        Conditions(ratio_ca_pb=0.5, purification_cycles=2),
        "gamma",
        "inferred",
        "After a second wash at R = 0.5 the Cs, Pb and I signals are unchanged (XPS), so γ is inferred.",
    ),
)
