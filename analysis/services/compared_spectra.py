"""One curve a batch, to be drawn over one another: the accepted run of a technique, else the newest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.drawing import Drawn, DrawnCurve
from analysis.models import Analysis
from analysis.services.compared import Compared
from analysis.techniques.absorbance.technique import ABSORBANCE
from analysis.techniques.emission.technique import PL
from analysis.techniques.trpl.technique import TRPL
from analysis.techniques.xrd.technique import XRD

FIRST = (PL.name, ABSORBANCE.name, XRD.name, TRPL.name)


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The curve of one batch and the run that it was read in."""

    letter: str
    code: str
    analysis: Analysis
    curve: DrawnCurve


@dataclass(frozen=True, slots=True)
class Spectra:
    """What can be laid over one another, and what was left out because its axis is another one."""

    technique: str
    techniques: tuple[str, ...]  # that at least one of the batches has
    drawn: tuple[Spectrum, ...]
    other_axis: tuple[Spectrum, ...]


def load_spectra(compared: Sequence[Compared], asked: str = "") -> Spectra | None:
    """Return the curves of one technique, two queries whatever the batches; None when there is none.

    asked: the technique; the first one that most batches have when it is empty or not there.
    """
    runs = _runs(compared)
    techniques = _in_order({technique for _, technique in runs}, runs)
    if not techniques:
        return None
    technique = asked if asked in techniques else techniques[0]
    chosen = [runs.get((one.batch.pk, technique)) for one in compared]
    whole = Analysis.objects.only("reading").in_bulk([run.pk for run in chosen if run])
    found = []
    for one, run in zip(compared, chosen, strict=True):
        if run is None:
            continue
        run.reading = whole[run.pk].reading
        curve = Drawn("", run.reading or {}, {}).measured
        if curve is not None:
            found.append(Spectrum(one.letter, one.batch.code, run, curve))
    same = [one for one in found if one.curve.x_unit == found[0].curve.x_unit]
    return Spectra(
        technique, techniques, tuple(same), tuple(one for one in found if one not in same)
    )


def _runs(compared: Sequence[Compared]) -> dict[tuple[int, str], Analysis]:
    """Return for each batch and technique the run that counts, without its arrays."""
    rows = Analysis.objects.filter(
        measurement__batch__in=[one.batch for one in compared],
        state=Analysis.State.DONE,
        rejected_at=None,
    )
    rows = rows.select_related("measurement").defer("reading", "result")
    found: dict[tuple[int, str], Analysis] = {}
    for run in rows.order_by("pk"):
        key = (run.measurement.batch_id, run.measurement.technique)
        standing = found.get(key)
        if standing is None or run.accepted_at or not standing.accepted_at:
            found[key] = run
    return found


def _in_order(there: set[str], runs: dict[tuple[int, str], Analysis]) -> tuple[str, ...]:
    """Return the techniques, those of most batches first, and among these PL first."""
    many = {name: sum(technique == name for _, technique in runs) for name in there}
    place = {name: FIRST.index(name) if name in FIRST else len(FIRST) for name in there}
    return tuple(sorted(there, key=lambda name: (-many[name], place[name], name)))
