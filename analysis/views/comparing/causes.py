"""What stands out: a batch planned like the first one whose ratio came out otherwise, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from analysis.comparison import Answer, Judgement, judge
from analysis.services.compared import Compared
from synthesis.models import Addition

FAR_AMOUNT = 0.05  # of an amount, that explains a ratio


class Cause(NamedTuple):
    """One sentence about one batch, and the bottle it speaks of."""

    sentence: str
    bottle: str


def causes(compared: Sequence[Compared]) -> list[Cause]:
    """Return a sentence for each batch whose ratio differs for one plain cause.

    Planned alike, weighed beyond both uncertainties apart, and exactly one reagent of the ratio with
    another bottle's formula or another amount: more causes than one are not plain.
    """
    first, *others = compared
    return [cause for one in others if (cause := _cause(one, first)) is not None]


def _cause(one: Compared, first: Compared) -> Cause | None:
    key = first.leading.key if first.leading else ""
    mine, other = one.ratios.get(key), first.ratios.get(key)
    if mine is None or other is None or mine.asked != other.asked:
        return None
    if mine.weighed is None or other.weighed is None:
        return None
    answers = [Answer(r.value, r.uncertainty) for r in (mine.weighed, other.weighed)]
    if judge(*answers) is not Judgement.FAR:
        return None
    found = [said for name in one.additions if (said := _otherwise(one, first, name)) is not None]
    if len(found) != 1:
        return None
    words, bottle = found[0]
    sentence = _("%(letter)s was planned like %(first)s. %(cause)s, so %(ratio)s became %(value)s.")
    told = {
        "letter": one.letter,
        "first": first.letter,
        "cause": words,
        "ratio": mine.name,
        "value": answers[0].quantity.value,
    }
    return Cause(sentence % told, bottle)


def _otherwise(one: Compared, first: Compared, key: str) -> tuple[str, str] | None:
    """Say how one reagent that carries the ratio went in otherwise than in the first batch."""
    mine, other = one.additions[key], first.additions.get(key)
    if other is None or not _carries(mine):
        return None
    formulas = [_formula(addition) for addition in (mine, other)]
    if mine.material and formulas[0] and formulas[1] and formulas[0] != formulas[1]:
        said = _("Its bottle %(code)s holds %(formula)s, that of %(first)s %(other)s") % {
            "code": mine.material.code,
            "formula": formulas[0],
            "first": first.letter,
            "other": formulas[1],
        }
        return said, mine.material.code
    a, b = mine.weighed_value, other.weighed_value
    if a is None or not b or abs(float(a / b) - 1) <= FAR_AMOUNT:
        return None
    unit = "mg" if mine.unit == "mg" else "mL"
    said = _("%(amount)s %(unit)s of %(name)s went in where %(first)s has %(other)s") % {
        "amount": f"{a.normalize():f}",
        "unit": unit,
        "name": mine.formula or mine.name,
        "first": first.letter,
        "other": f"{b.normalize():f}",
    }
    return said, ""


def _carries(addition: Addition) -> bool:
    return "source" in addition.role


def _formula(addition: Addition) -> str:
    """Return what the numbers of its batch take it for; with no bottle said, what was planned."""
    if addition.material is None:
        return addition.formula
    return (addition.source_facts or {}).get("formula") or addition.material.formula
