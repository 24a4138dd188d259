"""A batch of which much is known: nine reagents, twelve steps, thirty entries, four measurements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from analysis.services.measurements import add_measurement
from analysis.services.outcomes import accept_analysis, type_outcome
from analysis.services.phases import assign_phase
from analysis.services.runs import analyse_again
from devices.services.devices import build_device
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.services import jobs
from synthesis.models import Batch, Chemical
from synthesis.services.batches import start_batch
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.materials import add_bottle
from tests.analysis.factories import pl_file, run_jobs, upload
from tests.factories import entry, make_batch, owner_of, shipped_recipe

EVENTS, MEASUREMENTS = 30, 4


def make_told_batch(project: Project, by: Any = None) -> Batch:
    """Plan, make, measure, judge and build with one batch, through the real services."""
    by = by or owner_of(project)
    shipped_recipe()
    bottle = add_bottle(
        by=by, project=project, chemical=Chemical.objects.get(slug="calcium-iodide")
    )
    planned = timezone.now() - timedelta(hours=4)  # before anything of it is done
    with patch("django.utils.timezone.now", return_value=planned):
        batch = make_batch(project, by=by, lots={"cai2": bottle.code})
    start_batch(by=by, batch=batch)
    taken = record_events(by=by, batch=batch, events=_entries(batch))
    assert not taken.refused, taken.refused
    batch = finish_batch(by=by, batch=batch, unrecorded_reason="as in the recipe")
    run_jobs("forecast_batch")
    _measure(by, batch)
    assign_phase(
        by=by, batch=batch, phase="gamma", evidence="xrd_elsewhere", reason="XRD seen elsewhere"
    )
    build_device(by=by, project=project, architecture_slug="fret", emitter_batch_code=batch.code)
    return batch


def _entries(batch: Batch) -> list[dict[str, Any]]:
    """Return 30 entries: weighings with one far off, steps, what was seen, and notes."""
    said = [
        entry("weighing", row.key, f"{row.planned_value:f} {row.unit}")
        for row in batch.additions.all()
        if row.key != "cai2"
    ]
    said.append(entry("weighing", "cai2", "70,1 mg", reason="the spatula slipped"))
    now = timezone.now() - timedelta(hours=3)
    for run in batch.step_runs.all()[:6]:  # each as long as planned
        asked = run.parameters.filter(name="duration_s").first()
        end = now + timedelta(seconds=float(asked.planned_value) if asked else 60)
        said.append(entry("step_start", run.key, at=now.isoformat()))
        said.append(entry("step_finish", run.key, at=end.isoformat()))
        now = end
    said += [
        entry("parameter", "react.duration_s", "5.6"),
        entry("condition", "humidity_percent", "41.5"),
        entry("observation", "observe_precursor", "colloidal"),
        entry("deviation", "react", "Stirred by hand", reason="the stirrer stood still"),
    ]
    said += [
        entry("note", "", f"Note {number}: γ, µ and ½.") for number in range(EVENTS - len(said))
    ]
    return said


def _measure(by: Any, batch: Batch) -> None:
    """Upload four spectra, analyse one of them twice, and stand for what it shows."""
    for number in range(MEASUREMENTS):
        spectrum = upload(pl_file(peak_nm=684.0), f"pl-{number}.csv")
        add_measurement(by=by, subject=batch, technique="pl", upload=spectrum, conditions="298 K")
    first, *others = batch.measurements.order_by("pk")
    jobs.run(first.analyses.get().job_id)
    analyse_again(by=by, measurement=first, parameters={"from_nm": 650})
    done = first.analyses.get(number=1)
    with recorded("test", "the same spectrum, so the same result"):
        for measurement in others:
            measurement.analyses.get().set_fields(
                state=done.state, result=done.result, reading=done.reading
            )
    accept_analysis(by=by, analysis=done)
    type_outcome(by=by, subject=batch, quantity="plqy_percent", text="98", uncertainty_text="2")
    type_outcome(by=by, subject=batch, quantity="lifetime_ns", text="71.5", uncertainty_text="0.5")
