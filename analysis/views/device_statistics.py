"""The page of statistics of pixels: every one of them, in groups, and whether two groups differ."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from analysis.control_chart import LEAST
from analysis.pixel_numbers import UNMEASURED
from analysis.pixel_statistics import Compared, GroupStatistics
from analysis.services.device_statistics.question import (
    EQE,
    FIELDS,
    GROUPINGS,
    TARGET,
    read_question,
)
from analysis.services.device_statistics.statistics import Statistics, askable, statistics_of
from analysis.views.explore_control import finding_words
from analysis.views.explore_figure import MOST_STOPS
from devices.models import Pixel
from labnotebook.records.presentation.explorer_figures import control_plot
from labnotebook.records.presentation.figure import Figure
from labnotebook.records.presentation.figures import histogram
from labnotebook.records.presentation.numbers import format_quantity, plain_number
from labnotebook.records.presentation.plots import Point
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import my_projects
from synthesis.models import Recipe


@require_safe
def device_statistics(request: HttpRequest) -> HttpResponse:
    """Show the statistics that the address asks for."""
    context = _offered(request)
    try:
        found = statistics_of(request.user, read_question(request.GET))
    except Refusal as refusal:
        context |= {"refused": refusal.sentence, "field": refusal.field}
        return render(request, "analysis/device_statistics_page.html", context, status=422)
    context |= {
        "found": found,
        "whole": found.whole,
        "unit": found.quantity.written_unit,
        "left_out": left_out(found.whole),
        "groups": [(one, left_out(one.statistics)) for one in found.groups],
        "histogram": _histogram(found),
        "said": difference_in_words(found),
        "chart": _chart(found),
        "chart_said": chart_in_words(found),
        "bys": [*_groupings(), *((TARGET + one, one) for one in found.targets)],
    }
    return render(request, "analysis/device_statistics_page.html", context)


def left_out(said: GroupStatistics) -> str:
    """Return which pixels are in no median, and why: ``3 shorted, 1 without a number``."""
    words = {state: str(word).lower() for state, word in Pixel.State.choices}
    words[UNMEASURED] = _("without a number")
    return ", ".join(f"{n} {words[why]}" for why, n in said.out.items())


def difference_in_words(found: Statistics) -> list[str]:
    """Return in sentences how the two groups differ, how large that is and what it takes to see it."""
    compared = found.compared
    if compared is None or found.pair is None:
        return []
    one, unit = compared.difference, found.quantity.written_unit
    a, b = found.pair
    numbers = {
        "a": a, "b": b, "n_a": one.n_a, "n_b": one.n_b,
        "shift": format_quantity(one.shift, unit=unit, low=one.low, high=one.high, digits=3).text,
    }  # fmt: skip
    said = [
        _(
            "%(a)s (n %(n_a)d) against %(b)s (n %(n_b)d): %(shift)s apart, by the medians of substrates."
        )
        % numbers
    ]
    if one.p_value is None:
        said.append(_("With fewer than five substrates in each nothing can be said about chance."))
    else:
        p = {"p": f"{one.p_value:.2g}"}
        if one.is_claimed:
            said.append(
                _("The difference is real: chance gives it in p = %(p)s (rank test on substrates).")
                % p
            )
        else:
            said.append(
                _(
                    "No difference is shown: chance gives as much in p = %(p)s (rank test on substrates)."
                )
                % p
            )
    return [*said, *_effect_in_words(compared, found)]


def _effect_in_words(compared: Compared, found: Statistics) -> list[str]:
    if compared.spread is None:
        return []
    unit = found.quantity.written_unit
    size = compared.difference.shift if found.question.wanted is None else found.question.wanted
    said = []
    if compared.effect is not None:
        said.append(
            _(
                "Effect size: %(g)s standard deviations between substrates (Hedges’ g), Cliff’s delta %(d)s."
            )
            % {"g": f"{compared.effect:.2g}", "d": f"{compared.difference.delta:.2g}"}
        )
    numbers = {
        "size": format_quantity(abs(size), unit=unit, digits=2).text,
        "sd": format_quantity(compared.spread, unit=unit, digits=2).text,
        "n": compared.needed,
    }
    if compared.needed is None:
        words = _(
            "A difference of %(size)s beside %(sd)s between substrates takes more than anybody can make."
        )
    else:
        words = _(
            "To see a difference of %(size)s beside %(sd)s between substrates takes %(n)d substrates of each, four"
            " times out of five."
        )
    return [*said, words % numbers]


def chart_in_words(found: Statistics) -> list[str]:
    """Return in sentences whether the substrates stay the same from one to the next."""
    if found.chart is None:
        if len(found.series) < LEAST:
            words = _("A control chart takes %(least)d substrates with a number; there are %(n)d.")
            return [words % {"least": LEAST, "n": len(found.series)}]
        return []
    chart, unit = found.chart, found.quantity.written_unit
    said = [
        _("Mean %(middle)s, limits %(low)s to %(high)s (3 σ of the moving range).")
        % {
            "middle": format_quantity(chart.middle, unit=unit, digits=3).text,
            "low": plain_number(chart.low, 3),
            "high": format_quantity(chart.high, unit=unit, digits=3).text,
        }
    ]
    if chart.is_provisional:
        said.append(_("With fewer than 20 substrates the limits still move."))
    said += [finding_words(one, found.series) for one in chart.findings[:6]]
    if not chart.findings:
        said.append(_("Nothing stands out."))
    return said


def _chart(found: Statistics) -> Figure | None:
    chart = found.chart
    if chart is None:
        return None
    linked = len(found.series) <= MOST_STOPS  # each link is a stop of the keyboard
    points = [
        Point(n, one.median, "g1", one.code, href=_page_of(one.code) if linked else "")
        for n, one in enumerate(found.series)
    ]
    sentence = _(
        "%(y)s of %(n)d substrates in the order they were made, %(out)d beyond the limits."
    )
    numbers = {"y": found.quantity.label, "n": chart.n, "out": len(chart.beyond)}
    return control_plot(
        points, [], sentence % numbers, chart.beyond, (chart.low, chart.middle, chart.high),
        x_label=_("substrates, in the order made"),
        y_label=found.quantity.title,
        y_unit=found.quantity.written_unit,
    )  # fmt: skip


def _page_of(code: str) -> str:
    return reverse("devices:device-detail", args=[code])


def _histogram(found: Statistics) -> Figure | None:
    if len(found.values) < 2:
        return None
    whole = found.whole
    pixels = ngettext("%(n)d pixel", "%(n)d pixels", whole.measured) % {"n": whole.measured}
    substrates = ngettext("%(n)d substrate", "%(n)d substrates", whole.measured_on)
    words = _("%(pixels)s of %(substrates)s") % {
        "pixels": pixels,
        "substrates": substrates % {"n": whole.measured_on},
    }
    sentence = _("%(y)s of %(words)s.") % {"y": found.quantity.label, "words": words}
    unit = found.quantity.written_unit
    figure = histogram(found.values, found.quantity.label, unit, sentence, counted=_("Pixels"))
    return figure.titled("", words)


def _offered(request: HttpRequest) -> dict[str, Any]:
    architectures = Recipe.objects.visible_to(request.user).filter(kind=Recipe.Kind.DEVICE)
    return {
        "asked": {
            "quantity": EQE,
            **{name: request.GET.get(name, "") for name in (*FIELDS[1:], "since", "wanted")},
            **({"quantity": request.GET["quantity"]} if request.GET.get("quantity") else {}),
        },
        "quantities": askable(),
        "bys": _groupings(),
        "architectures": architectures.only("slug", "name").order_by("name"),
        "projects": my_projects(request),
        "crumbs": [(reverse("devices:device-list"), _("Devices")), ("", _("Statistics"))],
    }


def _groupings() -> list[tuple[str, str]]:
    words = {
        "architecture": _("architecture"), "batch": _("batch of the emitter"), "lot": _("bottle"),
        "run": _("run"), "substrate": _("substrate"), "week": _("week"), "person": _("person"), "project": _("project"),
    }  # fmt: skip
    return [(name, words[name]) for name in GROUPINGS]
