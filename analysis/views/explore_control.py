"""The control chart of the explorer: one number of the batches of a question, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from analysis.control_chart import LEAST, ControlChart, Finding, Rule, chart_of
from analysis.history.axes import View
from analysis.history.explored import Batch, Explored
from analysis.views.explore_figure import MOST_STOPS, marked, points_of
from analysis.views.explore_words import ExploreLinks
from labnotebook.records.presentation.explorer_figures import control_plot
from labnotebook.records.presentation.figure import Figure

MOST_CHARTED = 500  # the newest
MOST_FINDINGS = 12
MOST_RECIPES = 6


class SaidFinding(NamedTuple):
    """What stands out, in words, and the batches of it that lead to their pages."""

    words: str
    batches: list[tuple[str, str]]  # code, address


class OtherRecipe(NamedTuple):
    """One of several recipes: how many of the batches are its own, and where these alone are."""

    slug: str
    n: int
    href: str


class Charted(NamedTuple):
    """The batches in the order they were planned, and their chart; None with the reason in ``refusal``."""

    batches: tuple[Batch, ...]
    chart: ControlChart | None
    refusal: str


def charted(explored: Explored, view: View) -> Charted:
    """Return the newest batches that count, in their order, with the chart of their y."""
    if explored.sampled:
        words = _(
            "This question finds too many batches to follow one after the other. Narrow it, to a recipe"
            " and a stretch of time."
        )
        return Charted((), None, words)
    ordered = sorted(explored.evidence, key=lambda one: (one.planned_at, one.code))
    batches = tuple(ordered[-MOST_CHARTED:])
    chart = chart_of([one.y for one in batches])
    if chart is not None:
        return Charted(batches, chart, "")
    if len(batches) < LEAST:
        words = _(
            "Too few to say: %(n)d batches have %(y)s. From %(least)d on there are limits, firm ones from 20 on."
        )
    else:
        words = _("All %(n)d batches have the same %(y)s: there is nothing to follow.")
    said = {"n": len(batches), "y": view.y.label, "least": LEAST}
    return Charted(batches, None, words % said)


def shown_control(explored: Explored, view: View, links: ExploreLinks) -> dict[str, Any]:
    """Return what the page shows of the chart."""
    found = charted(explored, view)
    shown: dict[str, Any] = {"refusal": found.refusal, "recipes": _recipes(found.batches, links)}
    if found.chart is None:
        return shown
    return shown | {
        "figure": _figure(found, view),
        "many": len(found.batches) > MOST_STOPS,
        "said": in_words(found, view),
        "findings": [_said(one, found.batches) for one in found.chart.findings[:MOST_FINDINGS]],
        "more_findings": max(len(found.chart.findings) - MOST_FINDINGS, 0),
    }


def in_words(found: Charted, view: View) -> list[str]:
    """Return in sentences what the chart says of all its batches."""
    chart = found.chart
    assert chart is not None
    numbers = {
        "n": chart.n,
        "y": view.y.label,
        "first": _day(found.batches[0]),
        "last": _day(found.batches[-1]),
        "middle": _amount(chart.middle, view),
        "low": f"{chart.low:.4g}",
        "high": _amount(chart.high, view),
        "sigma": _amount(chart.sigma, view),
    }
    said = [
        _(
            "%(n)d batches, planned from %(first)s to %(last)s: mean %(middle)s, limits %(low)s to %(high)s:"
            " 3 σ, with σ %(sigma)s from one batch to the next (mean moving range / 1.128)."
        )
        % numbers
    ]
    if chart.is_provisional:
        said.append(_("With fewer than 20 batches the limits still move with each new one."))
    if not chart.findings:
        said.append(_("Nothing stands out: no batch is beyond a limit, and there is no run."))
    return said


def finding_words(one: Finding, batches: Sequence[Batch]) -> str:
    """Return in a sentence what stands out, with the codes of its ends."""
    first, last = batches[one.first].code, batches[one.last].code
    ends = first if one.first == one.last else _("%(a)s to %(b)s") % {"a": first, "b": last}
    return f"{ends}: {_rule_words(one)}."


def _rule_words(one: Finding) -> str:
    n = one.last - one.first + 1
    if one.rule is Rule.BEYOND:
        return _("above the upper limit") if one.up else _("below the lower limit")
    if one.rule is Rule.TREND:
        words = _("%(n)d in a row rise") if one.up else _("%(n)d in a row fall")
        return words % {"n": n}
    if one.rule is Rule.EIGHT:
        words = _("%(n)d in a row above the mean") if one.up else _("%(n)d in a row below the mean")
        return words % {"n": n}
    many = _("two of three") if one.rule is Rule.TWO_OF_THREE else _("four of five")
    sigmas = 2 if one.rule is Rule.TWO_OF_THREE else 1
    words = (
        _("%(many)s in a row more than %(sigmas)d σ above the mean")
        if one.up
        else _("%(many)s in a row more than %(sigmas)d σ below the mean")
    )
    return words % {"many": many, "sigmas": sigmas}


def _said(one: Finding, batches: Sequence[Batch]) -> SaidFinding:
    codes = [batches[one.first].code]
    if one.last != one.first:
        codes.append(batches[one.last].code)
    linked = [(code, reverse("synthesis:batch-detail", args=[code])) for code in codes]
    return SaidFinding(_rule_words(one), linked)


def _figure(found: Charted, view: View) -> Figure:
    chart = found.chart
    assert chart is not None
    ones, key = marked(found.batches, view.by)
    points = points_of(ones, view, aside=len(ones) > MOST_STOPS)
    sentence = _(
        "%(y)s of %(n)d batches in the order they were planned, %(out)d beyond the limits."
    )
    numbers = {"y": view.y.label, "n": chart.n, "out": len(chart.beyond)}
    return control_plot(
        points,
        key,
        sentence % numbers,
        chart.beyond,
        (chart.low, chart.middle, chart.high),
        x_label=_("batches, in the order planned"),
        y_label=str(view.y.label),
        y_unit=view.y.unit,
    )


def _recipes(batches: Sequence[Batch], links: ExploreLinks) -> list[OtherRecipe]:
    """Return the recipes where there are several: only one that is made again and again has a chart."""
    counts = Counter(one.part for one in batches).most_common(MOST_RECIPES)
    if len(counts) < 2:
        return []
    return [OtherRecipe(slug, n, links.to(recipe=slug)) for slug, n in counts]


def _day(batch: Batch) -> str:
    return date_format(localtime(batch.planned_at), "j M Y")


def _amount(value: float, view: View) -> str:
    return f"{value:.4g} {view.y.unit}".strip()
