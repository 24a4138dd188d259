"""Fill a lab with a dozen simulated batches and two devices, as people would: plan, weigh, measure, accept.

What people enter is written in one transaction, so an interrupted run leaves nothing or all of it. The
analyses are jobs: the worker does them, or this process where there is none. A second run
only ends what the first one left open.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from analysis.models import Analysis
from analysis.services.measurements import add_measurement
from analysis.services.outcomes import accept_analysis, type_outcome
from devices.models import Pixel
from devices.services.devices import build_device
from devices.services.pixels import set_pixel_state
from labnotebook.demo import files
from labnotebook.records.models import Job, Project
from labnotebook.records.services import jobs
from labnotebook.records.services.files import hashed_upload
from labnotebook.records.services.projects import create_project
from synthesis.models import Batch, Chemical, Material, Recipe
from synthesis.services.batches import abandon_batch, create_batch
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.materials import add_bottle, add_stock
from synthesis.services.recipes import load_shipped

NAME, SLUG = "Demonstration", "demonstration"
DESCRIPTION = (
    "Made by manage.py load_demo to show the notebook. Every weight, observation and instrument file"
    " here is simulated: nothing of it was measured, and none of it is evidence about a material."
)
CONDITIONS = "simulated for the demonstration, not measured"
NOTE = "simulated, not measured"
LONGEST_WAIT_S = 45.0
AT_ONCE = 2  # analyses beside each other, each in a child process
PIXEL_AREA_MM2 = "4"


@dataclass(frozen=True, slots=True)
class Flask:
    """One batch of the demonstration: what was asked for, and what was typed at the bench."""

    ratio: str
    pbi2: str = ""
    cai2: str = ""
    looks: str = ""
    growth: str = "5.0 s"
    phase: str = ""  # of the simulated XRD pattern; empty: none was made
    pl_nm: float = 0.0
    lifetime_ns: float = 0.0
    plqy: str = ""
    size_nm: float = 12.0
    ends: str = "made"  # made, running, planned, abandoned
    hydrate: bool = False
    humidity: str = "62"
    more: tuple[tuple[str, str, Any, str], ...] = field(default=())  # kind, target, value, reason
    growth_reason: str = ""


FLASKS = (
    Flask("0", "173.2", "", "clear", "5.2 s", "alpha", 691.2, 56.9, "54", 13.4),
    Flask("0", "173.5", "", "clear", "5.0 s", "", 690.6, 0, "57", 13.1),
    Flask("0.25", "173.3", "27.7", "clear", "4.9 s", "alpha", 688.9, 0, "66", 12.8),
    Flask("0.25", "173.1", "27.5", "clear", "5.3 s"),
    Flask("0.5", "173.9", "55.1", "colloidal", "5.6 s", "gamma", 686.1, 78.4, "95", 12.0),
    Flask("0.5", "173.3", "55.4", "colloidal", "5.1 s", "gamma", 686.4, 0, "96", 11.9),
    Flask(
        "0.5", "173.4", "55.2", "colloidal", "8.1 s", "", 687.8, 0, "91", 13.2,
        more=(("deviation", "quench", {"kind": "other", "severity": "major",
               "sentence": "The ice bath had run out of ice: cooled in cold water."},
               "the ice machine was empty"),), growth_reason="the ice machine was empty",
    ),
    Flask("0.75", "173.0", "82.6", "turbid", "5.0 s", "gamma", 684.2, 73.3, "93", 9.6),
    Flask("0.75", "173.6", "83.1", "turbid", "5.2 s"),
    Flask("0.5", "173.3", "55.3", "colloidal", "5.1 s", "", 687.6, 0, "83", hydrate=True),
    Flask("0.5", "173.2", "55.2", "", "", ends="running"),
    Flask("0.375", ends="planned"),
)  # fmt: skip
ABANDONED = Flask("0.5", "173.3", "55.3", "precipitate", "", ends="abandoned")
DEVICES = (  # architecture, number of the flask, EQE and EL peak, states of the measured pixels
    ("p-i-n", 5, (18.4, 18.1), 687.0, ("working", "leaky")),
    ("fret", 6, (20.6, 21.2, 20.9, 21.0), 687.2, ("working", "working", "shorted", "open")),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the demonstration holds now."""

    project: Project
    is_new: bool
    batches: int
    measurements: int
    accepted: int
    unfinished: int


def load_demo(by: Any) -> Loaded:
    """Fill the project “Demonstration” for ``by``; safe to run again."""
    project = Project.objects.filter(slug=SLUG).first()
    is_new = project is None
    if project is None:
        with transaction.atomic():
            project = _enter_everything(by)
    unfinished = _do_jobs(project)
    _accept_all(by, project)
    analyses = Analysis.objects.filter(measurement__project=project)
    return Loaded(
        project=project,
        is_new=is_new,
        batches=project_batches(project).count(),
        measurements=analyses.count(),
        accepted=analyses.exclude(accepted_at=None).count(),
        unfinished=unfinished,
    )


def project_batches(project: Project) -> Any:
    """Return the batches of the demonstration."""
    return Batch.objects.filter(project=project)


def _enter_everything(by: Any) -> Project:
    load_shipped()
    project = create_project(
        by=by, name=NAME, slug=SLUG, description=DESCRIPTION, is_simulated=True
    )
    bottles = _enter_bottles(by, project)
    bottles["cs_oleate"] = _make_cs_oleate(by, project)
    began = timezone.now() - timedelta(hours=30)
    batches = []
    for number, flask in enumerate((*FLASKS, ABANDONED)):
        at = began + timedelta(hours=2 * number)
        batches.append(_make(by, project, flask, bottles, _Clock(at), seed=100 * (number + 1)))
    for number, device in enumerate(DEVICES):
        _build(by, project, device, batches[device[1] - 1], seed=5000 + 100 * number)
    return project


# --- bottles


def _enter_bottles(by: Any, project: Project) -> dict[str, Material]:
    said = {"amount_unit": "mg", "opened_date": timezone.localdate(), "note": NOTE}

    def bottle(chemical: str, **more: Any) -> Material:
        found = Chemical.objects.get(slug=chemical)
        return add_bottle(by=by, project=project, chemical=found, **{**said, **more})

    return {
        "pbi2": bottle(
            "lead-iodide", amount_received="25000", assay_percent="99.999",
            assay_kind="trace_metals", place="glovebox, shelf 1", lot_number="DEMO-PB-1",
        ),
        "cai2": bottle(
            "calcium-iodide", amount_received="10000", assay_percent="99",
            assay_uncertainty_percent="0.5", assay_kind="mass_fraction",
            place="glovebox, shelf 1", lot_number="DEMO-CA-1",
        ),
        "hydrate": bottle(
            "calcium-iodide", formula="CaI2·4H2O", amount_received="5000",
            place="desiccator", lot_number="DEMO-CA-4W",
            note="Tetrahydrate: the same name on the label, 19.7 % less calcium in every mg. " + NOTE,
        ),
    }  # fmt: skip


def _make_cs_oleate(by: Any, project: Project) -> Material:
    version = Recipe.objects.get(slug="cs-oleate").current
    batch = create_batch(by=by, project=project, version=version, targets={"scale": "1"})
    clock = _Clock(timezone.now() - timedelta(hours=34))
    record_events(by=by, batch=batch, events=[clock.event("weighing", "cs2co3", "814.2 mg")])
    batch = finish_batch(by=by, batch=batch, unrecorded_reason="volumes and steps as in the recipe")
    return add_stock(
        by=by, batch=batch, amount_received="32", amount_unit="ml", note=NOTE, place="hot plate"
    )


# --- the bench


class _Clock:
    """The time at the bench, and entries stamped with it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def event(self, kind: str, target: str = "", value: Any = None, reason: str = "") -> dict:
        """Return one entry, some seconds after the one before."""
        self.wait(20)
        return {
            "id": str(uuid.uuid4()), "kind": kind, "target": target, "value": value,
            "reason": reason, "at": self.at.isoformat(),
        }  # fmt: skip

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)

    def step(self, key: str, seconds: float) -> Iterator[dict]:
        """Yield the start and the end of a step."""
        yield self.event("step_start", key)
        self.wait(seconds)
        yield self.event("step_finish", key)


def _make(
    by: Any, project: Project, flask: Flask, bottles: dict[str, Material], clock: _Clock, seed: int
) -> Batch:
    keys = ("pbi2", "cs_oleate") if flask.ratio == "0" else ("pbi2", "cai2", "cs_oleate")
    batch = create_batch(
        by=by,
        project=project,
        version=Recipe.objects.get(slug="cspbi3-seed-core-shell").current,
        targets={"ratio_ca_pb": flask.ratio, "lead_mmol": "0.376"},
        lots={key: bottles[key].code for key in keys},
    )
    if flask.ends == "planned":
        return batch
    taken = record_events(by=by, batch=batch, events=list(_entries(flask, bottles, clock)))
    if taken.refused:
        raise RuntimeError(f"The demonstration no longer fits the bench: {taken.refused}")
    batch.refresh_from_db()
    if flask.ends == "abandoned":
        return abandon_batch(by=by, batch=batch, reason="salts fell out before the injection")
    if flask.ends == "made":
        batch = finish_batch(
            by=by, batch=batch, unrecorded_reason="volumes by syringe, as in the recipe"
        )
        _measure(by, batch, flask, seed)
    return batch


def _entries(flask: Flask, bottles: dict[str, Material], clock: _Clock) -> Iterator[dict]:
    """Yield what was typed at the bench, in order."""
    yield clock.event("condition", "humidity_percent", flask.humidity)
    yield clock.event("weighing", "pbi2", f"{flask.pbi2} mg")
    if flask.hydrate:
        weighed = {"text": f"{flask.cai2} mg", "lot": bottles["hydrate"].code}
        yield clock.event("weighing", "cai2", weighed, "the anhydrous bottle was empty")
        yield clock.event("note", "", "Took the other bottle of calcium iodide.")
    elif flask.cai2:
        yield clock.event("weighing", "cai2", f"{flask.cai2} mg")
    yield from clock.step("load", 300)
    if flask.ends == "running":
        yield clock.event("step_start", "degas")
        return
    yield from clock.step("degas", 3600)
    yield from clock.step("inject_ligands", 60)
    yield from clock.step("heat", 900)
    yield clock.event("parameter", "heat.temperature_c", "170")
    yield clock.event("observation", "observe_precursor", {"appearance": flask.looks})
    if flask.ends == "abandoned":
        return
    yield clock.event("weighing", "cs_oleate", "1.0 mL")
    yield from clock.step("inject_cs", 1)
    yield clock.event("parameter", "react.duration_s", flask.growth, flask.growth_reason)
    yield from clock.step("quench", 180)
    for more in flask.more:
        yield clock.event(*more)
    for step in ("spin_crude", "wash", "spin_washed", "redisperse"):
        yield from clock.step(step, 600 if step.startswith("spin") else 120)


# --- measurements


def _measure(by: Any, batch: Batch, flask: Flask, seed: int) -> None:
    name = batch.code.lower()
    if flask.phase:
        pattern = files.diffraction(flask.phase, flask.size_nm, seed)
        _upload(by, batch, "xrd", f"{name}-xrd.xy", pattern)
    if flask.pl_nm:
        _upload(by, batch, "pl", f"{name}-pl.csv", files.emission(flask.pl_nm, 0.034, seed + 1))
    if flask.lifetime_ns:
        _upload(by, batch, "trpl", f"{name}-trpl.csv", files.decay(flask.lifetime_ns, seed + 2))
    if flask.plqy:
        type_outcome(
            by=by, subject=batch, quantity="plqy_percent", text=flask.plqy,
            uncertainty_text="3", note=NOTE,
        )  # fmt: skip


def _build(by: Any, project: Project, plan: tuple, batch: Batch, seed: int) -> None:
    architecture, _, efficiencies, el_nm, states = plan
    device = build_device(
        by=by,
        project=project,
        architecture_slug=architecture,
        emitter_batch_code=batch.code,
        pixels=[{"label": f"P{n}", "area_mm2": PIXEL_AREA_MM2} for n in range(1, 5)],
        note=DESCRIPTION,
        built_at=timezone.now() - timedelta(hours=1),
    )
    pixels = device.pixels.order_by("label")
    for number, pixel, eqe, state in zip(count(), pixels, efficiencies, states, strict=False):
        _measure_pixel(by, pixel, state, eqe, el_nm, seed + 10 * number)


def _measure_pixel(by: Any, pixel: Pixel, state: str, eqe: float, el_nm: float, seed: int) -> None:
    name = f"{pixel.device.code}-{pixel.label}".lower()
    if pixel.label == "P1":
        _upload(by, pixel, "el_spectrum", f"{name}-el.csv", files.emission(el_nm, 0.034, seed))
    spectrum = {"el_peak_nm": el_nm, "el_fwhm_nm": files.EL_FWHM_NM}
    content = files.sweep(state, eqe, el_nm, seed + 1)
    _upload(by, pixel, "jvl", f"{name}-jvl.csv", content, parameters=spectrum)
    set_pixel_state(by=by, pixel=pixel, state=state, version=pixel.version)


def _upload(by: Any, subject: Any, technique: str, name: str, content: bytes, **more: Any) -> None:
    add_measurement(
        by=by,
        subject=subject,
        technique=technique,
        upload=hashed_upload(content, name),
        instrument="load_demo",
        conditions=CONDITIONS,
        **more,
    )


# --- what the worker does


def _do_jobs(project: Project) -> int:
    """Do the project's waiting jobs, beside the worker if there is one; return how many are left."""
    until = time.monotonic() + LONGEST_WAIT_S
    mine = Job.objects.filter(project=project)
    waiting = list(mine.filter(state=Job.State.QUEUED).order_by("pk").values_list("pk", flat=True))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda job_id: _do_one(job_id, until), waiting))
    left = mine.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    while left.exists() and time.monotonic() < until:
        time.sleep(0.2)
    return left.count()


def _do_one(job_id: int, until: float) -> None:
    try:
        if time.monotonic() < until:
            jobs.run(job_id)
    finally:
        connection.close()  # of this thread


def _accept_all(by: Any, project: Project) -> None:
    """Accept what was found; the newest two stay open, for people to try it themselves."""
    done = Analysis.objects.filter(
        measurement__project=project,
        state=Analysis.State.DONE,
        accepted_at=None,
        rejected_at=None,
    ).select_related("measurement__batch", "measurement__pixel__device", "measurement__project")
    left_open = _left_open(project)
    for analysis in done.order_by("pk"):
        if analysis.measurement_id not in left_open:
            accept_analysis(by=by, analysis=analysis, reason="demonstration")


def _left_open(project: Project) -> set[int]:
    """Return the measurements of the hydrate batch: whoever looks at it decides."""
    hydrate = project_batches(project).filter(additions__material__formula__contains="H2O")
    return set(hydrate.values_list("measurements__pk", flat=True)) - {None}
