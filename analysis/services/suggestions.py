"""What to try next in a project: suggestions from its model and its batches, each checked as a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils import timezone

from analysis.forecast.paper import PAPER_ROWS
from analysis.services.suggestion_lab import Lab, conditions_of
from analysis.suggestions import (
    GOALS,
    CauseOfU,
    NothingToSuggest,
    Suggestion,
    Worth,
    confirm_champion,
    fill_gap,
    find_boundary,
    improve,
    repeat_disagreeing,
    value_of_information,
)
from analysis.suggestions.best import in_words
from analysis.suggestions.boundary import boundary
from analysis.suggestions.suggestion import EQE, PLQY
from analysis.suggestions.value import said
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.planning import Plan
from synthesis.services.plans import (
    FORECAST_RATIO,
    SolvedPlan,
    watch_of,
)

MOST = 10
FIGURES = {one.key: one for one in (PLQY, EQE)}
DAYS_OPEN = 7  # that a suggestion can be made into a batch as it was said
_SALT = "analysis.suggestion"
_TRIES = 12  # plans that may be refused before it is said that nothing can be planned


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion that can be planned: what to post to ``batches/``, what the plan warns of, and its seal."""

    suggestion: Suggestion
    inputs: Mapping[str, Any]
    warnings: Sequence[str]
    model_version: int
    seal: str  # what `take` makes a batch of, as it was said

    @property
    def others(self) -> list[str]:
        """The conditions beside R that it varies, in words."""
        return [in_words(name, value) for name, value in self.suggestion.others.items()]


def suggest(lab: Lab, *, goal: str, n: int = 3, figure: str = "plqy") -> list[Offer]:
    """Return up to ``n`` flasks to make for a goal, as plans; refuses where there is nothing to suggest."""
    if goal not in GOALS:
        raise Refusal(f"{goal!r} is no goal known here: {', '.join(GOALS)}.", field="goal")
    if figure not in FIGURES:
        raise Refusal(f"{figure!r} is no figure known here: {', '.join(FIGURES)}.", field="figure")
    if not 1 <= n <= MOST:
        raise Refusal(f"Ask for 1 to {MOST} suggestions.", field="n")
    last = ""
    for _ in range(_TRIES):
        try:
            found = _ASKED[goal](lab, n, figure)
        except NothingToSuggest as nothing:
            raise Refusal(str(nothing), field="goal") from nothing
        try:
            solved = [_planned(lab, one) for one in found]
        except _CannotBePlanned as refused:
            lab.refused.add(refused.ratio)
            last = str(refused)
            continue
        return _offers(lab, found, solved)
    raise Refusal(f"None of the flasks that were tried can be planned. {last}", field="recipe")


def worth_knowing(lab: Lab, ratio: float | None) -> tuple[list[Worth], str]:
    """Return what each cause of u(R), and further flasks, are worth for P(γ) at R, and the answer in a sentence.

    Without R it is asked where the boundary lies.
    """
    if ratio is None:
        low, high = lab.limits
        ratio = round(min(max(boundary(lab.model, lab.at).value, low), high), 4)
    plan = lab.plan(ratio).plan
    found = value_of_information(lab.model, conditions_of(plan), causes_of(plan), lab.ratios())
    return found, said(found)


def causes_of(plan: Plan) -> list[CauseOfU]:
    """Return the independent causes of the uncertainty of R in the flask."""
    known = plan.composition.get(f"{FORECAST_RATIO}_effective")
    if known is None:
        return []
    u = float(known.uncertainty)
    return [
        CauseOfU(part.cause, u * float(part.share) ** 0.5, part.assumed) for part in known.budget()
    ]


def read_seal(seal: str) -> dict[str, Any]:
    """Return a suggestion as it was said; refuses one that is not ours, or too old."""
    try:
        told: dict[str, Any] = signing.loads(seal, salt=_SALT, max_age=DAYS_OPEN * 24 * 3600)
    except signing.SignatureExpired:
        raise Refusal(
            f"This was suggested more than {DAYS_OPEN} days ago; the notebook may know better now."
            " Ask for suggestions again.",
            field="seal",
        ) from None
    except signing.BadSignature:
        raise Refusal("This is no suggestion of this notebook.", field="seal") from None
    return told


class _CannotBePlanned(Exception):
    """The plan of a suggestion is refused."""

    def __init__(self, ratio: float, sentence: str) -> None:
        super().__init__(sentence)
        self.ratio = ratio


def _planned(lab: Lab, one: Suggestion) -> SolvedPlan:
    try:
        solved = lab.plan(one.ratio, one.others)
    except Refusal as refusal:
        raise _CannotBePlanned(one.ratio, refusal.sentence) from refusal
    blocked = next((w.message for w in solved.plan.warnings if w.severity == "block"), "")
    if blocked:
        raise _CannotBePlanned(one.ratio, blocked)
    return solved


def _offers(lab: Lab, found: Sequence[Suggestion], solved: Sequence[SolvedPlan]) -> list[Offer]:
    watch = watch_of(solved)
    offers = []
    for one, plan in zip(found, solved, strict=True):
        inputs = lab.inputs(one.ratio, one.others)
        told = {
            **one.as_dict(),
            "project": lab.project.slug,
            "recipe": lab.planner.version.recipe.slug,
            "inputs": inputs,
            "model_version": lab.version,
            "said_at": timezone.now().isoformat(),
        }
        warnings = [
            caution["message"]
            for caution in plan.as_dict(watch)["warnings"]
            if caution["severity"] in ("review", "caution")
        ]
        offers.append(
            Offer(
                one, inputs, warnings, lab.version, signing.dumps(told, salt=_SALT, compress=True)
            )
        )
    return offers


def _boundary(lab: Lab, n: int, _figure: str) -> list[Suggestion]:
    return find_boundary(lab.model, lab.at, lab.ratios(), n=n, pending=lab.pending()[:MOST])


def _quality(lab: Lab, n: int, figure: str) -> list[Suggestion]:
    made = lab.made(figure)
    tried = defaultdict(list)
    for flask in made:
        for name, value in flask.others.items():
            tried[name].append(value)
    return improve(
        lab.model,
        lab.at,
        lab.ratios(),
        made,
        FIGURES[figure],
        tried=tried,
        n=n,
        pending=lab.pending()[:MOST],
    )


def _repeat(lab: Lab, n: int, _figure: str) -> list[Suggestion]:
    return repeat_disagreeing(lab.made(), n=n)


def _confirm(lab: Lab, n: int, figure: str) -> list[Suggestion]:
    return confirm_champion(lab.made(figure), FIGURES[figure], n=n)


def _gap(lab: Lab, n: int, _figure: str) -> list[Suggestion]:
    known = [row.conditions.ratio_ca_pb for row in PAPER_ROWS]
    return fill_gap(lab.made(), lab.ratios(), known, n=n)


_ASKED: Mapping[str, Callable[[Lab, int, str], list[Suggestion]]] = {
    "boundary": _boundary,
    "quality": _quality,
    "repeat": _repeat,
    "confirm": _confirm,
    "gap": _gap,
}
