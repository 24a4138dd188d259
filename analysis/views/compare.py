"""Batches side by side: what differs first, what is the same folded, their spectra over one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.comparison import Comparison, Group
from analysis.comparison import compare as side_by_side
from analysis.services.compared import MOST, Compared, load_compared
from analysis.services.compared_spectra import Spectra, load_spectra
from analysis.techniques.registry import title_of
from analysis.views.comparing import drawing
from analysis.views.comparing.causes import causes
from analysis.views.comparing.made import GROUPS
from analysis.views.comparing.measured import forecast_rows, outcome_rows
from analysis.views.exports import csv_file
from labnotebook.records.codes import codes_in
from labnotebook.records.presentation.overlay import Scale
from synthesis.models import Batch

LONGEST_CODE = 20
MANY_CODES = 60  # read from an address, however long it is
OFFERED = 12  # batches that are offered to stand beside the ones there


class Link(NamedTuple):
    """A choice of the page as a link."""

    words: str
    href: str
    current: bool


class Column(NamedTuple):
    """The head of one batch: the batch, the page without it, and the page with it first."""

    one: Compared
    without: str
    first: str


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show two to ten batches side by side; ``?codes=NC-0042,NC-0043``, the first is what counts."""
    codes = codes_of(request)
    compared = load_compared(request.user, codes[:MOST])
    there = [one.batch.code for one in compared]
    context: dict[str, Any] = {
        "compared": compared,
        "codes": ",".join(there),
        "most": MOST,
        "said": _said(codes, there),
        "offered": _offered(request, compared),
    }
    if len(compared) > 1:
        context |= _beside(request, compared)
    return render(request, "analysis/compare_page.html", context)


@require_safe
def compare_csv(request: HttpRequest) -> HttpResponse:
    """Send the same rows as a table."""
    compared = load_compared(request.user, codes_of(request)[:MOST])
    return csv_file(_rows(compared), "comparison")


def _rows(compared: Sequence[Compared]) -> Iterator[list[str]]:
    """Yield a head, and a row for each thing that is known of one of them."""
    yield ["about", "what", "unit", *(one.batch.code for one in compared)]
    if any(one.batch.project.is_simulated for one in compared):
        said = ["yes" if one.batch.project.is_simulated else "no" for one in compared]
        yield ["about", "simulated", "", *said]
    for group in groups_of(compared) if compared else ():
        for row in group.rows:
            if row.is_known:
                yield [group.name, row.name, row.unit, *(a.text for a in row.answers)]


def codes_of(request: HttpRequest, name: str = "codes") -> list[str]:
    """Return the codes that the address names, each once, in their order."""
    found = codes_in(" ".join(request.GET.getlist(name)))
    return [code for code in found if len(code) <= LONGEST_CODE][:MANY_CODES]


def _said(codes: Sequence[str], there: Sequence[str]) -> list[str]:
    """Say which of the codes are not shown, and why."""
    said = []
    missing = [code for code in codes[:MOST] if code not in there]
    if missing:
        said.append(_("There is no batch %(codes)s for you.") % {"codes": ", ".join(missing)})
    if len(codes) > MOST:
        said.append(
            _("Up to %(most)d batches stand side by side. Left out: %(codes)s.")
            % {"most": MOST, "codes": ", ".join(codes[MOST:])}
        )
    return said


def _offered(request: HttpRequest, compared: Sequence[Compared]) -> list[Batch]:
    """Return the newest batches that could stand beside these: of the same recipe, when one is there."""
    rows = Batch.objects.visible_to(request.user).in_use().exclude(state=Batch.State.PLANNED)
    if compared:
        rows = rows.filter(recipe_version__recipe=compared[0].batch.recipe_version.recipe_id)
        rows = rows.exclude(pk__in=[one.batch.pk for one in compared])
    rows = rows.select_related("recipe_version__recipe").only(
        "code", "state", "planned_at", "recipe_version__recipe__name"
    )
    return list(rows.order_by("-pk")[:OFFERED])


def groups_of(compared: Sequence[Compared]) -> list[Group]:
    """Return every question, by subject: what came out first, what was expected last."""
    return [
        outcome_rows(compared),
        *(rows(compared) for rows in GROUPS),
        forecast_rows(compared),
    ]


def _beside(request: HttpRequest, compared: Sequence[Compared]) -> dict[str, Any]:
    compared_rows: Comparison = side_by_side(groups_of(compared))
    spectra = load_spectra(compared, request.GET.get("technique", ""))
    scale = _scale(request)
    return {
        "columns": [_column(one, compared) for one in compared],
        "comparison": compared_rows,
        "causes": causes(compared),
        "spectra": spectra,
        "spectra_title": _technique(spectra.technique) if spectra else "",
        "plot": drawing.spectra_plot(spectra, scale) if spectra and spectra.drawn else None,
        "simulated": [one.batch.code for one in compared if one.batch.project.is_simulated],
        "scales": _scales(request, scale),
        "overlay": _overlay(spectra, scale) if spectra else "",
        "techniques": _techniques(request, spectra),
        "among": drawing.among_others(request.user, compared),
        "csv": f"{reverse('analysis:compare-csv')}?{urlencode({'codes': _codes(compared)})}",
    }


def _codes(compared: Sequence[Compared]) -> str:
    return ",".join(one.batch.code for one in compared)


def _address(compared: Sequence[Compared]) -> str:
    return f"{reverse('analysis:compare')}?codes={_codes(compared)}"


def _column(one: Compared, compared: Sequence[Compared]) -> Column:
    others = [other for other in compared if other is not one]
    return Column(one, _address(others), _address([one, *others]))


def _scale(request: HttpRequest) -> Scale:
    asked = request.GET.get("scale", "")
    return Scale(asked) if asked in {scale.value for scale in Scale} else Scale.NORMALISED


def _here(request: HttpRequest, **changed: str) -> str:
    said = {"codes": ",".join(codes_of(request))}
    said |= {name: request.GET[name] for name in ("technique", "scale") if name in request.GET}
    return f"?{urlencode(said | changed, safe=',')}#spectra"


def _scales(request: HttpRequest, scale: Scale) -> list[Link]:
    words = {
        Scale.NORMALISED: _("Normalised"),
        Scale.MEASURED: _("As measured"),
        Scale.STACKED: _("Stacked"),
    }
    return [
        Link(word, _here(request, scale=one.value), one is scale) for one, word in words.items()
    ]


def _techniques(request: HttpRequest, spectra: Spectra | None) -> list[Link]:
    if spectra is None or len(spectra.techniques) < 2:
        return []
    return [
        Link(_technique(one), _here(request, technique=one), one == spectra.technique)
        for one in spectra.techniques
    ]


def _overlay(spectra: Spectra, scale: Scale) -> str:
    """Return where the same curves can be zoomed, read by keys and taken home."""
    keys = [one.analysis.measurement_id for one in spectra.drawn]
    said = urlencode({"m": keys, "scale": scale.value}, doseq=True)
    return f"{reverse('analysis:overlay')}?{said}"


def _technique(name: str) -> str:
    return title_of(name)
