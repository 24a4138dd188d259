"""Measurements of one technique over one another: an address that can be shared, ``?m=1&m=2&axis=eV&scale=stacked``."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.curves.chart import SIMULATED
from analysis.curves.overlaid import MOST, MOST_POINTS, overlaid
from analysis.curves.processed import head_of, table_of_overlay
from analysis.services.overlays import (
    Overlay,
    drawing_as,
    load_overlay,
    measured_of,
    offered,
)
from analysis.techniques.registry import drawing_of, title_of
from analysis.views.charts import unit_asked
from analysis.views.compare import codes_of
from analysis.views.exports import csv_file, facts_of, pdf_file, svg_file
from labnotebook.records.presentation.overlay import Overlaid, Scale, overlay
from labnotebook.records.presentation.plots import Plot

KEPT = ("axis", "scale", "show")  # of the address, beside the measurements
FIRST_PAINT = 6_000  # points of all curves that the page itself holds
MANY = 200  # keys that are read from an address, however long it is


class Link(NamedTuple):
    """A choice of the page as a link."""

    words: str
    href: str
    current: bool


@require_safe
def overlay_page(request: HttpRequest) -> HttpResponse:
    """Show up to fifty measurements of one technique over one another."""
    keys = keys_of(request)
    found = _shown(
        request, load_overlay(request.user, keys, unit_asked(request), show=show_of(request))
    )
    if found and (codes := codes_of(request, "of")):
        more = measured_of(request.user, found.technique, codes)
        return redirect(_here(request, m=list(dict.fromkeys([*keys, *more]))))
    context: dict[str, Any] = {"most": MOST, "said": _said(keys, found), "found": found}
    if found:
        for one in found.laid:
            others = [key for key in keys if key != one.measurement.pk]
            one.measurement.without = _here(request, m=others)
        context |= {
            "title": title_of(found.technique),
            "plot": _plot(request, found) if found.laid else None,
            "scales": _scales(request),
            "axes": _axes(request, found),
            "ways": _ways(request, found),
            "offered": offered(request.user, found.technique, keys),
            "room": len(found.laid) < MOST,
            "query": _query(request),
            "keys": keys,
            "kept": {name: request.GET[name] for name in KEPT if request.GET.get(name)},
            "simulated": [o.one.letter for o in found.laid if o.measurement.project.is_simulated],
        }
    return render(request, "analysis/overlay_page.html", context)


@require_safe
def overlay_data(request: HttpRequest) -> HttpResponse:
    """Return what the zoomable chart draws."""
    found = _found(request)
    return JsonResponse(_chart(request, found) if found else {"series": []})


@require_safe
def overlay_svg(request: HttpRequest) -> HttpResponse:
    """Hand out the figure as SVG, 85 mm wide."""
    found = _found(request)
    return svg_file(_chart(request, found), _name(found)) if found else _to_page(request)


@require_safe
def overlay_pdf(request: HttpRequest) -> HttpResponse:
    """Hand out the same figure as PDF."""
    found = _found(request)
    return pdf_file(_chart(request, found), _name(found)) if found else _to_page(request)


@require_safe
def overlay_csv(request: HttpRequest) -> HttpResponse:
    """Hand out the curves as they were measured, every point of each file, and where they come from."""
    found = load_overlay(
        request.user, keys_of(request), unit_asked(request), show=show_of(request), every_point=True
    )
    if found is None or not found.laid:
        return _to_page(request)
    facts = {
        f"{laid.one.letter} {name}": words
        for laid in found.laid
        for name, words in facts_of(laid.measurement, laid.run, laid.left_out, laid.missing).items()
    }
    return csv_file(table_of_overlay(found.ones, title_of(found.technique), facts), _name(found))


def _name(found: Overlay) -> str:
    return f"{found.technique}-overlay"


def _to_page(request: HttpRequest) -> HttpResponse:
    """Lead to the page, which says why there is nothing to hand out."""
    return redirect(_here(request))


def keys_of(request: HttpRequest) -> list[int]:
    """Return the measurements that the address names, each once, in their order."""
    words = request.GET.getlist("m")[:MANY]
    return list(dict.fromkeys(int(word) for word in words if word.isdecimal() and len(word) < 10))


def scale_of(request: HttpRequest) -> Scale:
    """Return how the heights are asked for; else normalised, or as measured where other columns are shown."""
    asked = request.GET.get("scale", "")
    if asked in {scale.value for scale in Scale}:
        return Scale(asked)
    return Scale.MEASURED if show_of(request) else Scale.NORMALISED


def show_of(request: HttpRequest) -> str:
    """Return the other pair of columns that the address asks for; empty for those of the technique."""
    return request.GET.get("show", "")[:20]


def _found(request: HttpRequest) -> Overlay | None:
    """Return what is laid over one another; None where there is nothing."""
    found = load_overlay(request.user, keys_of(request), unit_asked(request), show=show_of(request))
    return _shown(request, found) if found and found.laid else None


def _shown(request: HttpRequest, found: Overlay | None) -> Overlay | None:
    """Return what shares one axis: as measured, only curves of one ordinate."""
    if found and found.laid and scale_of(request) is Scale.MEASURED:
        return found.of_one_ordinate()
    return found


def _chart(request: HttpRequest, found: Overlay, most: int = MOST_POINTS) -> dict[str, Any]:
    title = title_of(found.technique)
    if any(one.measurement.project.is_simulated for one in found.laid):
        title = f"{title}. {SIMULATED}"
    drawing, way = drawing_as(found.technique, show_of(request))
    title = f"{title}, {way.title}" if way else title
    return overlaid(found.ones, drawing, title, scale_of(request), most)


def _plot(request: HttpRequest, found: Overlay) -> Plot:
    """Return the drawing that stands until the script has drawn, and on paper."""
    chart = _chart(request, found, FIRST_PAINT)
    names = ", ".join(f"{one.letter} {one.name}" for one in found.ones)
    low, high = chart.get("open") or (float("-inf"), float("inf"))
    curves = []
    for one, series in zip(found.ones, chart["series"], strict=True):
        points = [
            (x, y)
            for x, y in zip(series["x"], series["y"], strict=True)
            if x is not None and low <= x <= high
        ]
        heights = [float("nan") if y is None else y for _x, y in points]
        curves.append(Overlaid(one.letter, [x for x, _y in points], heights))
    return overlay(
        curves,
        _("%(technique)s of %(names)s over one another.")
        % {"technique": chart["title"], "names": names},
        scale=Scale.MEASURED,
        x_label=chart["x"]["label"],
        x_unit=chart["x"]["unit"],
        y_label=chart["y"]["label"],
        y_unit=chart["y"]["unit"],
        log=chart["y"]["scale"] == "log",
    )


def _said(keys: list[int], found: Overlay | None) -> list[str]:
    """Say which of the measurements are not drawn, and why."""
    said = []
    if len(keys) > MOST:
        said.append(
            _("Up to %(most)d measurements are laid over one another; the first are shown.")
            % {"most": MOST}
        )
    aside = found.aside if found else ()
    there = {one.measurement.pk for one in (*found.laid, *aside)} if found else set()
    other = found.not_laid if found else ()
    missing = [str(k) for k in keys[:MOST] if k not in there and k not in {m.pk for m in other}]
    if missing:
        said.append(_("There is no measurement %(keys)s for you.") % {"keys": ", ".join(missing)})
    for laid in aside:
        first = found.laid[0].one.curve if found else laid.one.curve
        said.append(
            _(
                "%(name)s is not drawn as measured: its ordinate is %(own)s, that of A %(first)s. Normalised"
                " or staggered they stand together; the CSV holds all."
            )
            % {
                "name": laid.one.name,
                "own": head_of(laid.one.curve.y_label, laid.one.curve.y_unit),
                "first": head_of(first.y_label, first.y_unit),
            }
        )
    for one in other:
        said.append(
            _(
                "%(name)s is not drawn: it is of another technique or axis, or nothing of it was read."
            )
            % {"name": one}
        )
    return said


def _query(request: HttpRequest, **changed: Any) -> str:
    said: dict[str, Any] = {"m": keys_of(request)}
    said |= {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    return urlencode(said | changed, doseq=True)


def _here(request: HttpRequest, **changed: Any) -> str:
    return f"{reverse('analysis:overlay')}?{_query(request, **changed)}"


def _scales(request: HttpRequest) -> list[Link]:
    words = {
        Scale.NORMALISED: _("Normalised"),
        Scale.STACKED: _("Staggered"),
        Scale.MEASURED: _("As measured"),
    }
    now = scale_of(request)
    return [Link(w, _here(request, scale=one.value), one is now) for one, w in words.items()]


def _ways(request: HttpRequest, found: Overlay) -> list[Link]:
    """Return the pairs of columns of the technique as links; none where it has one."""
    others = drawing_of(found.technique).ways
    if not others:
        return []
    now = show_of(request)
    known = {one.name for one in others}
    own = Link(title_of(found.technique), _here(request, show="", scale=""), now not in known)
    return [
        own,
        *(Link(o.title, _here(request, show=o.name, scale=""), now == o.name) for o in others),
    ]


def _axes(request: HttpRequest, found: Overlay) -> list[dict[str, Any]]:
    return [
        {"unit": unit, "href": _here(request, axis=unit), "current": unit == found.unit}
        for unit in found.units
    ]
