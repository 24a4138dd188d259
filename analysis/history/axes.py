"""What a question can be drawn as: the parameters that say it, and the axes that there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from analysis.history.catalogue import Catalogue
from analysis.history.columns import Column, Kind
from analysis.history.explored import DRAWN_ONLY, GROUPINGS, TEMPERATURE
from analysis.history.language import Question, UnclearQuestion, read_with
from labnotebook.records.refusals import Refusal

BESIDE = ("x", "y", "by", "split", "show", "a", "b")  # parameters that say how a question is drawn
# Of the history, where nothing is paged here; and whether a page stands in a frame.
IDLE = ("ordering", "columns", "page_size", "cursor", "embed")
SHOWS = {
    "scatter": _("Scatter"),
    "groups": _("Groups"),
    "map": _("Phase map"),
    "control": _("Control chart"),
}
OF_ONE_NUMBER = ("groups", "control")  # shown of the batches that have y, whatever x they have
UPWARDS = "plqy_percent"


@dataclass(frozen=True, slots=True)
class View:
    """How a question is looked at."""

    x: Column
    y: Column
    by: str
    show: str
    split: str = ""  # of a scatter: a small figure for each of these


def view_of(said: Mapping[str, str], catalogue: Catalogue) -> View:
    """Return how a question is looked at; what is not known is refused.

    said: the parameters, as of a request. Without ``x`` it is the lab's ratio, without ``y`` the
    PLQY, on a map the injection temperature.
    """
    show = said.get("show") or "scatter"
    if show not in SHOWS:
        raise Refusal(f"A question is shown as {', '.join(SHOWS)}.", field="show")
    upwards = TEMPERATURE.name if show == "map" else UPWARDS
    axes = {}
    for name, usual in (("x", catalogue.ratio), ("y", upwards)):
        asked = said.get(name) or usual
        column = DRAWN_ONLY.get(asked) or catalogue.find(asked)
        if column is None or not is_drawable(column):
            raise Refusal(
                f"There is no number called {asked[:60]!r} to draw. Choose one of"
                f" {', '.join(drawable(catalogue))}.",
                field=name,
            )
        axes[name] = column
    by = said.get("by") or "phase"
    if by not in GROUPINGS:
        raise Refusal(f"Batches are grouped by {', '.join(GROUPINGS)}.", field="by")
    split = said.get("split") or ""
    if split and split not in GROUPINGS:
        raise Refusal(f"Batches are split by {', '.join(GROUPINGS)}.", field="split")
    return View(axes["x"], axes["y"], by, show, split)


def drawable(catalogue: Catalogue) -> dict[str, Column]:
    """Return every number that can be an axis."""
    return {name: c for name, c in catalogue.numbers.items() if is_drawable(c)} | DRAWN_ONLY


def read_looked_at(
    catalogue: Catalogue, pairs: Iterable[tuple[str, str]], said: Mapping[str, str]
) -> tuple[Question, View]:
    """Return the question and how it is looked at; refuse all that is not understood at once."""
    refusals: list[Refusal] = []
    try:
        question = read_with(catalogue, pairs)
    except UnclearQuestion as unclear:
        refusals += unclear.refusals
    try:
        view = view_of(said, catalogue)
    except Refusal as refusal:
        refusals.append(refusal)
    if refusals:
        raise UnclearQuestion(refusals)
    return question, view


def is_drawable(column: Column | None) -> bool:
    """Whether a column can be an axis: a number, and not how uncertain another one is."""
    return (
        column is not None
        and column.kind is Kind.NUMBER
        and not column.name.endswith("uncertainty")
    )
