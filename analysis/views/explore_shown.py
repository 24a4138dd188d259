"""What the explorer shows of a question, in each of its ways: on its own page, on a board, in a frame."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import now

from analysis.history.axes import BESIDE, IDLE, OF_ONE_NUMBER, View, read_looked_at
from analysis.history.catalogue import Catalogue
from analysis.history.count import Counted
from analysis.history.explored import Explored, Looked, explore
from analysis.history.language import Question
from analysis.services.measured import shaded
from analysis.views import (
    explore_brush,
    explore_control,
    explore_figure,
    explore_groups,
    explore_map,
    explore_multiples,
)
from analysis.views.explore_words import ExploreLinks, counted_note, heading
from analysis.views.history import asked

# What is not chosen where it makes no difference.
UNUSED = {"groups": ("x", "split"), "map": ("by", "split"), "control": ("x", "split")}


def asked_of(request: HttpRequest, catalogue: Catalogue) -> tuple[Question, View]:
    """Return what the address asks and how it is drawn; refuse what is not understood."""
    return read_looked_at(catalogue, asked(request, catalogue, (*BESIDE, *IDLE)), request.GET)


def look(user: Any, question: Question, counted: Counted, view: View) -> Explored:
    """Return the batches of a question; groups and control charts take those that have the one number."""
    along = view.y if view.show in OF_ONE_NUMBER else view.x
    split = {"scatter": view.split, "control": "recipe"}.get(view.show, "")
    return explore(user, question, counted, Looked(along, view.y, view.by, split), now())


def shown(
    links: ExploreLinks, counted: Counted, view: View, catalogue: Catalogue
) -> dict[str, Any]:
    """Return what the template ``part`` shows."""
    explored = look(links.request.user, links.question, counted, view)
    context = {
        "view": view,
        "links": links,
        "explored": explored,
        "counted_note": counted_note(explored, view),
        "idle": UNUSED.get(view.show, ()),
        "heading": heading(view),
        "of_one": view.show in OF_ONE_NUMBER,
        "part": f"analysis/_explore_{view.show}.html",
    }
    if explored.batches:
        context |= _SHOWN[view.show](links, explored, view, catalogue)
    return context


def _scatter(
    links: ExploreLinks, explored: Explored, view: View, catalogue: Catalogue
) -> dict[str, Any]:
    drawn, gap = explored.drawn, shaded(catalogue.gaps_along(view.x))
    many = len(drawn) > explore_figure.MOST_STOPS
    if view.split:
        return {"many": many, **explore_multiples.shown_parts(explored, view, gap, links)}
    figure = explore_figure.scatter(drawn, view, gap)
    return {
        "figure": figure,
        "brush": explore_brush.brush_over(figure, view, links),
        "many": many,
        "has_bars": any(one.u_x or one.u_y for one in drawn),
    }


def _groups(
    links: ExploreLinks, explored: Explored, view: View, catalogue: Catalogue
) -> dict[str, Any]:
    return explore_groups.shown_groups(explored.evidence, view, links.request.GET)


def _map(
    links: ExploreLinks, explored: Explored, view: View, catalogue: Catalogue
) -> dict[str, Any]:
    return {"map": explore_map.shown_map(explored.evidence, view, links)}


def _control(
    links: ExploreLinks, explored: Explored, view: View, catalogue: Catalogue
) -> dict[str, Any]:
    return explore_control.shown_control(explored, view, links)


_SHOWN = {"scatter": _scatter, "groups": _groups, "map": _map, "control": _control}
