"""What is drawn of batches side by side: their spectra, and an outcome along the recipe's own ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from analysis.curves.overlaid import opened_of
from analysis.history.catalogue import Catalogue
from analysis.history.columns import Column
from analysis.history.count import count
from analysis.history.language import read_with
from analysis.history.overview import MapPoint, look_over
from analysis.services.compared import Compared
from analysis.services.compared_spectra import Spectra
from analysis.services.measured import shaded
from analysis.techniques.registry import drawing_of, title_of
from analysis.views.history_figure import ground_of
from labnotebook.records.presentation.overlay import (
    Lettered,
    Overlaid,
    Scale,
    lettered_scatter,
    overlay,
)
from labnotebook.records.presentation.plots import Plot

UPWARDS = ("eqe_percent", "plqy_percent", "pl_peak_nm")  # the first that two of the batches have


class Among(NamedTuple):
    """The batches by an outcome along their ratio, among the others."""

    plot: Plot
    title: str
    others: int


def spectra_plot(spectra: Spectra, scale: Scale) -> Plot:
    """Draw the spectra over one another."""
    first = spectra.drawn[0].curve
    technique, drawing = title_of(spectra.technique), drawing_of(spectra.technique)
    opened = opened_of([one.curve for one in spectra.drawn], drawing)
    shown = [(one.letter, one.curve.within(opened)) for one in spectra.drawn]
    curves = [Overlaid(letter, curve.x, curve.y) for letter, curve in shown]
    names = ", ".join(f"{one.letter} {one.code}" for one in spectra.drawn)
    sentence = _("%(technique)s of %(names)s over one another.") % {
        "technique": technique,
        "names": names,
    }
    return overlay(
        curves,
        sentence,
        scale=scale,
        x_label=first.x_label,
        x_unit=first.x_unit,
        y_label=technique if scale is not Scale.MEASURED else first.y_label,
        y_unit=first.y_unit,
        log=drawing.log,
    )


def among_others(user: Any, compared: Sequence[Compared]) -> Among | None:
    """Return where the batches stand among all others; None when too few have both numbers."""
    leading = compared[0].leading
    if leading is None:
        return None
    for name in UPWARDS:
        marks = _marks(compared, leading.key, name)
        if len(marks) > 1:
            return _among(user, compared, marks, leading.key, name)
    return None


def _marks(compared: Sequence[Compared], ratio: str, name: str) -> list[Lettered]:
    marks = []
    for one in compared:
        known, best, outcome = one.ratios.get(ratio), one.best.get(name), one.outcomes.get(name)
        value = best.outcome.value if best else outcome.value if outcome else None
        if known is None or known.weighed is None or value is None:
            continue
        at = known.weighed.value
        title = f"{one.batch.code}: {known.name} {at:.3g}, {value:.4g}"
        marks.append(Lettered(one.letter, at, value, title))
    return marks


def _among(
    user: Any, compared: Sequence[Compared], marks: list[Lettered], ratio: str, name: str
) -> Among | None:
    catalogue = Catalogue(user)
    x, y = catalogue.find(f"{ratio}_weighed"), catalogue.find(name)
    if x is None or y is None:
        return None
    codes = {one.batch.code for one in compared}
    others = [(p.x, p.y) for p in _points(user, catalogue, x, y) if p.code not in codes]
    told = "; ".join(f"{m.letter} {m.x:.3g}, {m.y:.4g}" for m in marks)
    sentence = _("%(y)s against %(x)s: %(told)s; %(n)d other batches in grey.") % {
        "y": y.label,
        "x": x.label,
        "told": told,
        "n": len(others),
    }
    gap = shaded(catalogue.gaps_along(x))
    plot = lettered_scatter(
        marks, others, sentence, ground_of(x, y, gap, gap_words=_("no phase known"))
    )
    title = _("%(y)s along %(x)s") % {"y": y.label, "x": x.label}
    return Among(plot, title, len(others))


def _points(user: Any, catalogue: Catalogue, x: Column, y: Column) -> Sequence[MapPoint]:
    question = read_with(catalogue, [])
    counted = count(user, question)
    return look_over(user, question, counted, x, y).points
