"""Runs as the worker leaves them, named as evidence of a structure."""

from django.utils import timezone

from analysis.models import Analysis, HistoryRow
from analysis.services.measurements import add_measurement
from analysis.services.phases import assign_phase
from analysis.services.runs import analyse_again
from analysis.services.structures import name_evidence
from labnotebook.records.history import recorded
from tests.analysis.factories import upload
from tests.factories import owner_of

NO_RESULT = {"figures": [], "summary": "", "warnings": [], "curves": [], "phase": None}


def say_gamma(batch, by, structure="seed_core_shell", reason="XRD elsewhere"):
    return assign_phase(by=by, batch=batch, phase="gamma", structure=structure, reason=reason)


def kept(batch, technique, content=b"x", name="file.txt"):
    by = owner_of(batch.project)
    return add_measurement(by=by, subject=batch, technique=technique, upload=upload(content, name))


def told(batch, technique, detail, *, measurement=None, phase=None):
    """A run as the worker leaves it, with this detail; another one of the same file when it is given."""
    if measurement is None:
        run = kept(
            batch, technique, f"{technique} {detail}".encode(), f"{technique}.txt"
        ).analyses.get()
    else:
        run = analyse_again(by=owner_of(batch.project), measurement=measurement)
    with recorded("test", "as if by the worker"):
        result = {**NO_RESULT, "phase": phase, "structure": None, "detail": detail}
        run.set_fields(state="done", result=result, finished_at=timezone.now())
    return Analysis.objects.select_related("measurement__project", "measurement__batch").get(
        pk=run.pk
    )


def row_of(batch):
    row = HistoryRow.objects.get(batch=batch)
    return row.structure, row.structure_level, row.structure_evidence


def confirm(batch, part, run=None, verdict="confirms", **said):
    by = said.pop("by", owner_of(batch.project))
    return name_evidence(by=by, batch=batch, part=part, verdict=verdict, analysis=run, **said)
