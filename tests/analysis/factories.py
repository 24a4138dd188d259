"""Small rows for the tests of this room, made by the real services."""

from __future__ import annotations

import numpy as np
from django.urls import reverse

from devices.models import Device, Pixel
from labnotebook.records.codes import next_code
from labnotebook.records.history import recorded
from labnotebook.records.models import Job, Project
from labnotebook.records.services import jobs
from labnotebook.records.services.files import hashed_upload
from synthesis.models import Batch
from synthesis.services.batches import start_batch
from tests.factories import make_batch as plan_batch
from tests.factories import make_project, owner_of

HC_EV_NM = 1239.841984


def make_batch(project: Project | None = None, ratio: str = "0.5") -> Batch:
    """Plan a batch and start it: only what was begun has a phase."""
    batch = plan_batch(project, ratio=ratio)
    return start_batch(by=batch.planned_by, batch=batch)


def make_pixel(project: Project | None = None, area_mm2="4") -> Pixel:
    project = project or make_project()
    owner = owner_of(project)
    with recorded(owner, "test"):
        device = Device.objects.create(project=project, code=next_code("D"), built_by=owner)
        return Pixel.objects.create(device=device, label="P1", area_mm2=area_mm2)


def pl_file(peak_nm: float = 686.0, width_ev: float = 0.034) -> bytes:
    """Return a PL spectrum as an instrument would export it: a Gaussian in energy.

    ``peak_nm`` is where I(λ), which carries the Jacobian E²/hc, has its maximum.
    """
    rng = np.random.default_rng(7)
    x = np.arange(600.0, 780.0, 0.5)
    top_ev = HC_EV_NM / peak_nm
    centre_ev = top_ev - 2 * width_ev**2 / top_ev  # d/dE of E²·exp(-(E-c)²/2w²) is zero at the top
    energy = HC_EV_NM / x
    shape = energy**2 * np.exp(-0.5 * ((energy - centre_ev) / width_ev) ** 2)
    y = rng.poisson(20 + 20_000 * shape / shape.max())
    rows = "\n".join(f"{a:.1f},{b}" for a, b in zip(x, y, strict=True))
    return f"Wavelength (nm),Intensity (counts)\n{rows}\n".encode()


def upload(content: bytes | None = None, name: str = "pl.csv"):
    return hashed_upload(pl_file() if content is None else content, name)


def run_jobs(kind: str | None = None) -> None:
    """Do the waiting jobs here, as the worker would."""
    rows = Job.objects.filter(state=Job.State.QUEUED)
    for job in rows.filter(kind=kind) if kind else rows:
        jobs.run(job.pk)


def address(name, *args):
    """Return the path of a page of this room."""
    return reverse(f"analysis:{name}", args=args)


def text(response):
    """Return a page as it was sent."""
    return response.getvalue().decode()
