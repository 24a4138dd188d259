"""The sentences beside a forecast: what is known, what is guessed, what nobody has tried."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from analysis.forecast import conditions as paper_values
from analysis.forecast.appearance import tells_something, trust
from analysis.forecast.conditions import Conditions
from analysis.forecast.evidence import beyond_ratio, beyond_temperature, seedless_above_gap
from analysis.forecast.labelled import Labelled
from analysis.forecast.learned import LabModel
from analysis.forecast.paper import GAP, HIGHEST_RATIO, PAPER_GAPS, PAPER_ROWS
from analysis.forecast.structure import structure_of
from synthesis.chemistry.gaps import OpenGap

ENOUGH_TO_CONTRADICT = 5
_SAME_RATIO = 0.005  # 55.3 mg of 99 % CaI2 is R = 0.496: still the paper's R = 0.5


def remarks(
    conditions: Conditions,
    doubt: float,
    gaps: Sequence[OpenGap] = PAPER_GAPS,
    rows: Sequence[Labelled] = (),
    made_alike: bool = False,
) -> tuple[str, ...]:
    """Return the plain-English remarks; ``doubt`` is the share that was spread evenly.

    ``gaps`` are those of R that nobody has measured, the lab's own batches taken out; ``rows`` the
    lab's labelled flasks; ``made_alike`` whether one of them is close enough to speak for this one.
    """
    said = [
        *_on_the_paper(conditions, gaps),
        *([] if made_alike else _on_leaving_the_evidence(conditions)),
        *_on_doubt(doubt),
        *_on_guesses(conditions, rows),
        *_on_structure(conditions),
        *_on_appearance(conditions),
    ]
    return tuple(said)


def on_the_lab(model: LabModel) -> list[str]:
    """Say what the lab's own flasks did to the forecast; nothing when there are none."""
    if not model.rows:
        return []
    count = len(model.rows)
    said = [f"Learned from {count} labelled batch{'es' if count > 1 else ''} of this lab."]
    if model.prior_contradicted:
        since = f" since {model.contradicted_since}" if model.contradicted_since else ""
        said.append(
            f"This lab's batches contradict the paper{since}: its picture, fitted to them, counts "
            f"for {model.weights['prior']:.0%} of the forecast."
        )
    elif count < ENOUGH_TO_CONTRADICT:
        said.append(
            "So few batches cannot show that this lab is unlike the paper: they hardly could yet."
        )
    return said


def _on_the_paper(conditions: Conditions, gaps: Sequence[OpenGap]) -> list[str]:
    ratio = conditions.ratio_ca_pb
    said = []
    if conditions.seed == "PbS":
        said.append(
            "The paper reports α on PbS seeds, without their size, amount or R: "
            "this forecast rests on that one control."
        )
    same = [row for row in PAPER_ROWS if abs(row.conditions.ratio_ca_pb - ratio) <= _SAME_RATIO]
    if not same and GAP[0] < ratio < GAP[1]:
        here = [gap.message for gap in gaps if gap.holds(Decimal(repr(ratio)))]
        said += here or ["The paper measured nothing between R 0.25 and 0.5; your own batches did."]
    elif conditions.seed != "PbS":
        if same:
            said.append(same[0].sentence)
        elif ratio < GAP[0]:
            said.append("The paper reports α below R = 0.25, naming no single value but 0.")
    return said


def _on_leaving_the_evidence(conditions: Conditions) -> list[str]:
    said = []
    if beyond_ratio(conditions):
        said.append(
            f"R = {conditions.ratio_ca_pb:g} is above {HIGHEST_RATIO:g}, the highest in the paper: "
            "this is extrapolation."
        )
    if beyond_temperature(conditions):
        said.append(
            f"{conditions.injection_temperature_c:g} °C is outside the paper's 150 to 170 °C: "
            "the effect of temperature is a guess."
        )
    if seedless_above_gap(conditions):
        said.append(
            "No seeds are expected here, but the paper saw CaIx particles at this R: "
            "the forecast goes by R alone."
        )
    return said


def _on_doubt(doubt: float) -> list[str]:
    if doubt <= 0:
        return []
    return [
        f"This is far from all evidence, so {100 * doubt:.2g} % of the forecast is spread "
        "evenly over the five outcomes."
    ]


def _on_guesses(conditions: Conditions, rows: Sequence[Labelled]) -> list[str]:
    """Name the inputs that differ from the paper's: guesses, unless the lab has tried others, too."""
    tried = [_changed(row.conditions) for row in rows]
    lab = {name for changed in tried for name in changed}
    names = _changed(conditions)
    said = []
    if guessed := [name for name in names if name not in lab]:
        said.append(
            f"The paper gives no evidence on the effect of {' and '.join(guessed)}: "
            "it is a guess here."
        )
    if known := [name for name in names if name in lab]:
        said.append(
            f"Only this lab's own batches speak of the effect of {' and '.join(known)}; "
            "the paper does not."
        )
    return said


def _changed(conditions: Conditions) -> list[str]:
    changed = [
        (
            conditions.injection_temperature_c != 170 and not beyond_temperature(conditions),
            "temperature",
        ),
        (abs(conditions.reaction_seconds - 5) > 0.5, "reaction time"),
        (_differs(conditions.cs_to_pb, paper_values.PAPER_CS_TO_PB), "Cs:Pb"),
        (_differs(conditions.oa_to_pb, paper_values.PAPER_OA_TO_PB), "oleic acid"),
        (_differs(conditions.ola_to_pb, paper_values.PAPER_OLA_TO_PB), "oleylamine"),
        (
            conditions.humidity_percent is not None and not 60 <= conditions.humidity_percent <= 80,
            "humidity",
        ),
        (conditions.purification_cycles not in (1, 2), "other than one or two washes"),
    ]
    return [name for differs, name in changed if differs]


def _differs(value: float | None, printed: float) -> bool:
    return value is not None and abs(value / printed - 1.0) > 0.1


def _on_structure(conditions: Conditions) -> list[str]:
    ratio = conditions.ratio_ca_pb
    if conditions.seed == "PbS":
        return ["The paper does not state the structure on PbS seeds."]
    if ratio == 0:
        return ["No calcium is fed at R = 0, so there are neither CaIx seeds nor a shell."]
    said = [
        f"If α forms it is expected to be an alloy CsPb(y)Ca(1−y)I3; the feed alone would give y = "
        f"{1 / (1 + ratio):.2f}, and nobody has measured y."
    ]
    parts = structure_of("gamma", conditions).parts
    if "shell" in parts:
        said.append(
            "If γ forms, its CaIx seed and CaI2 shell are expected until Ca 2p XPS, EDS or HRTEM "
            "confirms them."
        )
    elif parts:
        said.append(
            "If γ forms, the second wash removes the CaI2 shell; the CaIx seed is expected "
            "until EDS or HRTEM confirms it."
        )
    return said


def _on_appearance(conditions: Conditions) -> list[str]:
    look = conditions.precursor_appearance
    if look is None:
        return []
    if not tells_something(conditions):
        return ["The precursor's look is kept but not used: PbS seeds hide what CaIx would show."]
    return [
        f"The precursor looked {look}. The second forecast trusts that look to tell α from γ "
        f"{trust():.0%} of the time, on four rows of the paper; the first does not use it."
    ]
